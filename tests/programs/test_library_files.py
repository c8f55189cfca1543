"""What is wrong in a library file is said with file, line and a plain sentence: all of it at once."""

import pytest

from programs.domain.library import LibraryErrors, load_directory, load_file
from tests.programs.library_cases import SAMPLE, changed, errors_of

KEYS_OF_A_BLUEPRINT = (
    "key, version, title, difficulty, focus, minutes, objective, opening, case, coach_plays, constraint,"
    " demonstration, look_for, job_aid, transfer, debrief"
)


def test_a_right_file_becomes_a_pillar(tmp_path):
    (tmp_path / "asking.yaml").write_text(SAMPLE, encoding="utf-8")

    file = load_file(tmp_path / "asking.yaml")

    assert (file.pillar.key, file.rubric.version, file.blueprints[0].minutes) == ("asking", 1, 10)
    assert [behaviour.key for behaviour in file.rubric.behaviours] == ["asks", "waits", "sums-up"]
    assert file.rubric.behaviours[1].anchors == {
        1: "Level one of waits",
        2: "Level two of waits",
        3: "Level three of waits",
        4: "Level four of waits",
    }
    assert (file.rubric.behaviours[0].meets_level, file.rubric.behaviours[0].example) == (3, "")
    assert file.blueprints[0].case == 'A customer rings.\n\nShe says: "Where is it?"'
    assert file.blueprints[0].look_for == ("The first word", "The wait")
    assert file.questions[0].text == "Did a moment come?"


WRONG = {
    # Keys
    "a key is missing": (
        "    transfer: Ask once today.\n",
        "",
        ["line 53: blueprint “The late parcel” has no “transfer”."],
    ),
    "a part is missing": (SAMPLE[SAMPLE.index("questions:") :], "", ["line 1: the file has no “questions”."]),
    "a line of the criterion is missing": (
        "        tone: Calm\n",
        "",
        ["line 13: the criterion of behaviour “Asks first” has no “tone”."],
    ),
    "a misspelt key gets the nearest": (
        "success:",
        "sucess:",
        ["line 18: behaviour “Asks first” has an unknown key “sucess”; did you mean “success”?"],
    ),
    "an unknown key gets the list": (
        "    minutes: 10\n",
        "    minutes: 10\n    colour: red\n",
        [f"line 59: blueprint “The late parcel” has an unknown key “colour”; the keys here are {KEYS_OF_A_BLUEPRINT}."],
    ),
    "an unknown part": (
        "questions:",
        "author: Ana\nquestions:",
        ["line 79: the file has an unknown key “author”; the keys here are pillar, rubric, blueprints, questions."],
    ),
    "a key written twice": (
        "  short: Asking\n",
        "  short: Asking\n  name: Other\n",
        ["line 5: “name” stands here twice, first on line 3; keep one."],
    ),
    "a level written twice": (
        "        4: Level four of asks\n",
        "        3: Level four of asks\n",
        [
            "line 19: “Asks first” has no level 4; it needs levels 1, 2, 3 and 4.",
            "line 23: “3” stands here twice, first on line 22; keep one.",
        ],
    ),
    "a key that is a list": (
        "  short: Asking\n",
        "  short: Asking\n  [a, b]: c\n",
        ["line 5: a key must be one word followed by a colon."],
    ),
    # Texts
    "a level without text": (
        "3: Level three of waits",
        "3:",
        ["line 36: level 3 of “Waits” has no text."],
    ),
    "a text of spaces": (
        "outcome: Fewer repeat calls",
        'outcome: "  "',
        ["line 5: “outcome” of the pillar has no text."],
    ),
    "a text too long": (
        "short: Asking",
        "short: Asking before advising",
        ["line 4: “short” of the pillar has 22 characters; 20 is the most."],
    ),
    "an entry too long": (
        "- Listen.",
        f"- {'L' * 101}",
        ["line 74: entry 3 of “job_aid” of blueprint “The late parcel” has 101 characters; 100 is the most."],
    ),
    "a group instead of text": (
        "- The wait",
        "- She says: nothing",
        [
            "line 70: entry 2 of “look_for” of blueprint “The late parcel” must be text;"
            " put a text that contains a colon in quotes."
        ],
    ),
    "text instead of a list": (
        "    debrief:\n      - What did you hear?\n      - What is next?\n",
        "    debrief: What next?\n",
        ["line 76: “debrief” of blueprint “The late parcel” must be a list; begin each line with “- ”."],
    ),
    "text instead of a group": (
        SAMPLE[SAMPLE.index("pillar:") : SAMPLE.index("rubric:")],
        "pillar: Asking\n",
        ["line 1: “pillar” must have keys of its own: key, name, short, outcome, purpose."],
    ),
    "an entry that is only text": (
        "  - key: cue\n    text: Did a moment come?\n",
        "  - Did a moment come?\n",
        ["line 80: question 1 must have keys of its own: key, text."],
    ),
    # Numbers
    "a word for a number": (
        "minutes: 10",
        "minutes: ten",
        ["line 58: “minutes” of blueprint “The late parcel” must be a whole number, not “ten”."],
    ),
    "a list for a number": (
        "minutes: 10",
        "minutes: [10]",
        ["line 58: “minutes” of blueprint “The late parcel” must be a whole number."],
    ),
    "minutes too few": (
        "minutes: 10",
        "minutes: 9",
        ["line 58: “minutes” of blueprint “The late parcel” is 9; it must be between 10 and 20."],
    ),
    "minutes too many": (
        "minutes: 10",
        "minutes: 21",
        ["line 58: “minutes” of blueprint “The late parcel” is 21; it must be between 10 and 20."],
    ),
    "a difficulty off the scale": (
        "difficulty: 1",
        "difficulty: 5",
        ["line 56: “difficulty” of blueprint “The late parcel” is 5; it must be between 1 and 4."],
    ),
    "a version of nought": (
        "version: 1",
        "version: 0",
        ["line 8: “version” of the rubric is 0; it must be between 1 and 9999."],
    ),
    "a meets level of one": (
        "      levels:\n",
        "      meets_level: 1\n      levels:\n",
        ["line 19: “meets_level” of behaviour “Asks first” is 1; it must be between 2 and 4."],
    ),
    # Keys and what points at them
    "a key with capitals": (
        "- key: cue",
        "- key: The Cue",
        [
            "line 80: “key” of question “The Cue” may hold small letters, digits and “-”,"
            " 40 at most, and starts with a letter."
        ],
    ),
    "a key without text": ("- key: cue", "- key:", ["line 80: “key” of question 1 has no text."]),
    "a behaviour key used twice": (
        "- key: waits",
        "- key: asks",
        ["line 24: another behaviour above has the key “asks” already."],
    ),
    "a question key used twice": (
        "- key: effect",
        "- key: cue",
        ["line 82: another question above has the key “cue” already."],
    ),
    "a blueprint key used twice": (
        "blueprints:\n",
        "blueprints:\n" + SAMPLE[SAMPLE.index("  - key: late-parcel") : SAMPLE.index("questions:")],
        ["line 79: another blueprint above has the key “late-parcel” already."],
    ),
    "a focus that is no behaviour": (
        "focus: asks",
        "focus: listens",
        [
            "line 57: the focus “listens” of blueprint “The late parcel”"
            " is no behaviour of this file (asks, waits, sums-up)."
        ],
    ),
    # Levels and counts
    "a level too few": (
        "        2: Level two of asks\n",
        "",
        ["line 19: “Asks first” has no level 2; it needs levels 1, 2, 3 and 4."],
    ),
    "a level too many": (
        "        4: Level four of asks\n",
        "        4: Level four of asks\n        5: Level five of asks\n",
        ["line 24: “Asks first” has a level “5”; the levels are 1, 2, 3 and 4."],
    ),
    "two levels that say the same": (
        "3: Level three of asks",
        "3: Level two  of asks",
        ["line 22: level 3 of “Asks first” says the same as level 2."],
    ),
    "too few behaviours": (
        SAMPLE[SAMPLE.index("    - key: sums-up") : SAMPLE.index("blueprints:")],
        "",
        ["line 9: the rubric has 2 behaviours; it needs 3 to 5."],
    ),
    "too few entries": (
        "      - Listen.\n",
        "",
        ["line 71: blueprint “The late parcel” has 2 lines in its job aid; it needs 3 to 5."],
    ),
    "too few questions": (
        "  - key: effect\n    text: Did you try it?\n",
        "",
        ["line 79: the file has 2 questions; it needs 3 to 12."],
    ),
}


@pytest.mark.parametrize(("old", "new", "expected"), WRONG.values(), ids=WRONG.keys())
def test_a_mistake_is_reported_with_file_line_and_sentence(tmp_path, old, new, expected):
    assert errors_of(tmp_path, changed(old, new)) == [f"asking.yaml, {error}" for error in expected]


def test_everything_wrong_in_a_file_is_reported_at_once(tmp_path):
    text = changed("short: Asking", "short:").replace("minutes: 10", "minutes: 5").replace("focus: asks", "focus: x")

    assert errors_of(tmp_path, text) == [
        "asking.yaml, line 4: “short” of the pillar has no text.",
        "asking.yaml, line 57: the focus “x” of blueprint “The late parcel”"
        " is no behaviour of this file (asks, waits, sums-up).",
        "asking.yaml, line 58: “minutes” of blueprint “The late parcel” is 5; it must be between 10 and 20.",
    ]


def test_a_missing_file_is_reported(tmp_path):
    with pytest.raises(LibraryErrors) as caught:
        load_file(tmp_path / "none.yaml")

    assert str(caught.value) == "none.yaml, line 1: the file cannot be read (No such file or directory)."


def test_a_folder_reports_the_problems_of_all_its_files(tmp_path):
    (tmp_path / "b.yaml").write_text(changed("minutes: 10", "minutes: 5"), encoding="utf-8")
    (tmp_path / "a.yml").write_text("", encoding="utf-8")

    with pytest.raises(LibraryErrors) as caught:
        load_directory(tmp_path)

    assert str(caught.value).split("\n") == [
        "a.yml, line 1: the file is empty.",
        "b.yaml, line 58: “minutes” of blueprint “The late parcel” is 5; it must be between 10 and 20.",
    ]


def test_two_files_may_not_share_a_pillar_key_even_if_one_is_wrong(tmp_path):
    (tmp_path / "a.yaml").write_text(changed("short: Asking", "short:"), encoding="utf-8")
    (tmp_path / "b.yaml").write_text(SAMPLE, encoding="utf-8")

    with pytest.raises(LibraryErrors) as caught:
        load_directory(tmp_path)

    assert [str(error) for error in caught.value.errors] == [
        "a.yaml, line 4: “short” of the pillar has no text.",
        "b.yaml, line 2: the pillar key “asking” is used already in a.yaml, line 2.",
    ]


def test_a_folder_passes_by_what_is_no_library_file(tmp_path):
    (tmp_path / "asking.yaml").write_text(SAMPLE, encoding="utf-8")
    (tmp_path / "README.md").write_text("text", encoding="utf-8")
    (tmp_path / "._asking.yaml").write_text("left by another system", encoding="utf-8")
    (tmp_path / "old.yaml").mkdir()

    assert [file.pillar.key for file in load_directory(tmp_path)] == ["asking"]


@pytest.mark.parametrize(
    ("name", "sentence"), [("none", "there is no such folder."), (".", "the folder holds no .yaml file.")]
)
def test_a_folder_without_files_is_reported(tmp_path, name, sentence):
    with pytest.raises(LibraryErrors) as caught:
        load_directory(tmp_path / name)

    assert str(caught.value) == f"{tmp_path / name}: {sentence}"


def test_the_hash_tells_changed_content_from_a_raised_version(tmp_path):
    def hashes(text: str) -> tuple[str, str]:
        (tmp_path / "asking.yaml").write_text(text, encoding="utf-8")
        file = load_file(tmp_path / "asking.yaml")
        return file.rubric.content_hash, file.blueprints[0].content_hash

    rubric, blueprint = hashes(SAMPLE)

    assert hashes(SAMPLE.replace("version: 1", "version: 2")) == (rubric, blueprint)
    assert hashes(changed("frequency: Once", "frequency:   Once\n")) == (rubric, blueprint)
    assert hashes(changed("  short: Asking", "  short: Ask")) == (rubric, blueprint)
    assert hashes(changed("      levels:", "      meets_level: 3\n      levels:")) == (rubric, blueprint)
    assert hashes(changed("3: Level three", "3: Level 3"))[1] == blueprint
    assert hashes(changed("3: Level three", "3: Level 3"))[0] != rubric
    assert hashes(changed("minutes: 10", "minutes: 11"))[0] == rubric
    assert hashes(changed("minutes: 10", "minutes: 11"))[1] != blueprint


def test_the_hash_stays_the_same_for_ever(tmp_path):
    # Stored with every published version: another way to compute it would call all of them changed.
    (tmp_path / "asking.yaml").write_text(SAMPLE, encoding="utf-8")

    file = load_file(tmp_path / "asking.yaml")

    assert file.rubric.content_hash == "5b0d3d865e884d66d8bd95d6afa995c48b2e134efb8d493e0a243c5514ce7a4e"
    assert file.blueprints[0].content_hash == "c1ede38e170a4a26670a98ec7efca767123b3bf849979e8d7a2482cbb1d1ca44"


def test_a_later_problem_finds_its_line(tmp_path):
    (tmp_path / "asking.yaml").write_text(SAMPLE, encoding="utf-8")

    file = load_file(tmp_path / "asking.yaml")

    assert str(file.problem("it changed.", "blueprints", 0, "version")) == "asking.yaml, line 54: it changed."
    assert str(file.problem("it changed.", "rubric", "none")) == "asking.yaml, line 7: it changed."
