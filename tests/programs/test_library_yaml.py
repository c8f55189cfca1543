"""Files that are no YAML, no UTF-8, no pillar or no good will: each gets a line and a plain sentence."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from programs.domain.library import LibraryErrors, load_file
from tests.programs.library_cases import SAMPLE, changed, errors_of

STUMBLES = {
    "a colon inside a text": (
        "name: Asks first",
        "name: Asks: first",
        [
            "line 11: “: ” does not fit here; put a text that contains a colon in quotes,"
            " or line up the key with the ones above."
        ],
    ),
    "a quotation mark left open": (
        "title: The late parcel",
        'title: "The late parcel',
        ["line 55: a quotation mark opens here and is closed only on line 64."],
    ),
    "a quotation mark left open to the end": (
        "text: Did you use it?",
        "text: 'Did you use it?",
        ["line 85: a quotation mark opens here and is never closed."],
    ),
    "text after a closing quotation mark": (
        "- The wait",
        '- "The" wait',
        [
            "line 70: the line does not fit here: it is indented differently from the lines above,"
            " or a text goes on after its closing quotation mark."
        ],
    ),
    "a colon left out": (
        "  short: Asking\n",
        "  short Asking\n",
        ["line 4: a colon is missing after the key, or the text belongs to the line above and must be indented more."],
    ),
    "text beside the folding sign": (
        "case: >\n",
        "case: > A customer\n",
        ["line 61: after “>” the text starts on the next line, indented."],
    ),
    "a bracket left open": (
        "- Ask.",
        "- [Ask",
        ["line 72: a “[” is not closed, or a text that begins with it needs quotes."],
    ),
    "a brace left open": (
        "- Ask.",
        "- {Ask",
        ["line 72: a “{” is not closed, or a text that begins with it needs quotes."],
    ),
    "a backslash in double quotes": (
        "- Ask.",
        r'- "Ask \now \maybe"',
        ["line 72: a backslash between double quotes is not text; use single quotes."],
    ),
    "an at sign first": ("- Ask.", "- @Ask", ["line 72: text that begins with “@” must stand in quotes."]),
    "a star and a space first": ("- Ask.", "- * Ask", ["line 72: text that begins with “*” must stand in quotes."]),
    "an alias": ("- Ask.", "- *ask", ["line 72: text that begins with “*” must stand in quotes."]),
    "an anchor": ("- Ask.", "- &ask Ask.", ["line 72: text that begins with “&” must stand in quotes."]),
    "a tag": (
        "- Ask.",
        "- !!python/object/apply:os.system [ls]",
        [
            "line 72: text that begins with “!” must stand in quotes.",
            "line 72: entry 1 of “job_aid” of blueprint “The late parcel” must be text;"
            " put a text that contains a colon in quotes.",
        ],
    ),
    "a second document": (
        "questions:",
        "---\nquestions:",
        ["line 79: “---” starts a second part; keep everything in one."],
    ),
    "a percent sign first": (
        "pillar:\n",
        "%YAML 3.0\npillar:\n",
        ["line 1: text that begins with “%” must stand in quotes."],
    ),
    "something rare": (
        "- Ask.",
        '- "Ask" : - x',
        ["line 72: the line cannot be read as YAML (sequence entries are not allowed here)."],
    ),
    "text lost after a hash": (
        "- Ask.",
        "- Ask about ticket #4711",
        [
            "line 72: “#4711” would be left out, because “#” starts a comment;"
            " put the text in quotes, or the comment on a line of its own."
        ],
    ),
    "a control character": (
        "- Ask.",
        "- Ask\x07",
        ["line 72: there is a character that cannot be shown (U+0007); delete it."],
    ),
    "tabs": (
        "    focus: asks\n    minutes: 10\n",
        "\tfocus: asks\n    minutes:\t10\n",
        [
            "line 57: there is a tab on this line; use spaces.",
            "line 58: there is a tab on this line; use spaces.",
        ],
    ),
    "a no-break space at the start": (
        "    minutes: 10\n",
        "  \u00a0 minutes: 10\n",
        ["line 58: the line starts with a special space (U+00A0); use plain spaces."],
    ),
    "too deep": (
        "- Ask.",
        f"- {'[' * 400}",
        ["line 72: the lines are indented too deep; check the spaces at the start of the lines."],
    ),
}


@pytest.mark.parametrize(("old", "new", "expected"), STUMBLES.values(), ids=STUMBLES.keys())
def test_what_yaml_stumbles_over_is_said_in_plain_words(tmp_path, old, new, expected):
    assert errors_of(tmp_path, changed(old, new)) == [f"asking.yaml, {error}" for error in expected]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("", "line 1: the file is empty."),
        ("# only a note\n", "line 1: the file is empty."),
        ("just words\n", "line 1: the file must begin with “pillar:” and its keys below it."),
        (
            SAMPLE.replace("Calm", "Süß", 1).encode("latin-1"),
            "line 16: the file is not saved as UTF-8; save it again as UTF-8.",
        ),
        (SAMPLE.encode("utf-16"), "line 1: the file is not saved as UTF-8; save it again as UTF-8."),
        (SAMPLE + "#" * 1_000_000, "line 1: the file is larger than 1 MB; a pillar needs far less."),
        ("a: 1\n" * 3_000, "line 2500: the file holds more than 5,000 keys and values; a pillar needs about 400."),
    ],
    ids=["empty", "only a comment", "no keys", "latin 1", "utf 16", "huge", "too many values"],
)
def test_a_file_that_cannot_be_a_pillar_gets_one_sentence(tmp_path, content, expected):
    assert errors_of(tmp_path, content) == [f"asking.yaml, {expected}"]


def test_an_alias_bomb_is_refused_without_being_unfolded(tmp_path):
    bomb = "a0: &a0 [x, x]\n" + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]\n" for n in range(1, 60))

    errors = errors_of(tmp_path, bomb)

    assert "asking.yaml, line 60: text that begins with “*” must stand in quotes." in errors
    assert len(errors) == 4 + 60 + 60 + 59


def test_words_that_yaml_would_turn_into_values_stay_text(tmp_path):
    text = (
        changed("name: Asks first", "name: No")
        .replace("The first word", "2026-01-01")
        .replace("title: The late parcel", "title: 1:30")
    )
    (tmp_path / "asking.yaml").write_text(text, encoding="utf-8")

    file = load_file(tmp_path / "asking.yaml")

    assert (file.rubric.behaviours[0].name, file.blueprints[0].title) == ("No", "1:30")
    assert file.blueprints[0].look_for[0] == "2026-01-01"


@pytest.mark.parametrize(
    "content",
    [
        SAMPLE.replace("\n", "\r\n").encode(),
        b"\xef\xbb\xbf" + SAMPLE.encode(),
        SAMPLE.replace("case: >", "case: |").encode(),
    ],
    ids=["windows line ends", "byte order mark", "kept line breaks"],
)
def test_an_editor_s_habits_make_no_difference(tmp_path, content):
    (tmp_path / "asking.yaml").write_bytes(content)
    (tmp_path / "sample.yaml").write_text(SAMPLE, encoding="utf-8")

    ours, plain = load_file(tmp_path / "asking.yaml"), load_file(tmp_path / "sample.yaml")

    assert ours.model_dump() == plain.model_dump()


def test_a_rare_line_break_does_not_shift_the_lines(tmp_path):
    text = changed("outcome: Fewer repeat calls", "outcome: Fewer\u2028calls").replace("minutes: 10", "minutes: 5")

    assert errors_of(tmp_path, text) == [
        "asking.yaml, line 58: “minutes” of blueprint “The late parcel” is 5; it must be between 10 and 20."
    ]


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_no_edit_of_two_lines_ends_in_anything_but_sentences(tmp_path_factory, data):
    lines = SAMPLE.split("\n")
    for _ in range(2):
        number = data.draw(st.integers(0, len(lines) - 1))
        lines[number] = data.draw(
            st.one_of(
                st.just(""),
                st.text(alphabet=" -:#'\"[]{}>|*&!%@`?,\t\\abz19\u00a0“", max_size=12),
                st.sampled_from(lines).map(lambda line: f"  {line}"),
                st.sampled_from(lines),
            )
        )
    path = tmp_path_factory.mktemp("edit") / "asking.yaml"
    path.write_text("\n".join(lines), encoding="utf-8")
    try:
        load_file(path)
    except LibraryErrors as caught:
        for error in caught.errors:
            assert re.fullmatch(r"asking\.yaml, line \d+: .+[.?]", str(error), re.DOTALL)
            assert 1 <= (error.line or 0) <= len(lines) + 1
