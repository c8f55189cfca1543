"""The shipped library: complete, observable, about behaviour and never about the person."""

import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from programs.domain.library import Behaviour, Blueprint, PillarFile, Question, load_directory
from programs.domain.library.format import Criterion, Pillar, Rubric

FOLDER = Path(__file__).parents[2] / "programs" / "library"
FILES = load_directory(FOLDER)
BEHAVIOURS = [behaviour for file in FILES for behaviour in file.rubric.behaviours]
BLUEPRINTS = [blueprint for file in FILES for blueprint in file.blueprints]
QUESTIONS = [question for file in FILES for question in file.questions]


def without_quotes(text: str) -> str:
    return re.sub("“[^”]*”", "“”", text)


def words(text: str) -> list[str]:
    return re.findall(r"[\w’-]+", text.lower())


# SCIENCE.md section 6: what somebody is like, instead of what one saw or heard.
TRAITS = set(
    words(
        """
        abrasive aggressive aloof ambitious annoying anxious approachable arrogant assertive blunt bossy bright
        brilliant careless caring charismatic clever cold competent condescending confident cooperative defensive
        difficult diligent disorganised dominant dramatic driven dull easygoing emotional empathetic energetic engaged
        enthusiastic extroverted fearless flaky friendly gifted hardworking humble hysterical immature impatient
        impolite incompetent indecisive insecure intelligent intimidating introverted irrational lazy likeable moody
        motivated naive natural needy nervous nice passive patient perfectionist polite positive proactive professional
        pushy reliable rude selfish sensitive shy sincere smart stubborn stupid talented tough unprofessional warm weak
        """
    )
)
VAGUE = set(
    words(
        """
        always adequate adequately appropriate appropriately clearly effective effectively frequently generally good
        mostly never normally occasionally often poor poorly properly rarely regularly seldom sometimes sufficient
        usually well
        """
    )
)
JARGON = re.compile(
    "leverage|synergy|empower|holistic|touch base|going forward|reach out|best practice|rapport", re.IGNORECASE
)


def texts(part: object) -> Iterator[str]:
    """Every text in a file, whatever holds it."""
    if isinstance(part, str):
        yield part
    elif isinstance(part, dict):
        for value in part.values():
            yield from texts(value)
    elif isinstance(part, list | tuple):
        for value in part:
            yield from texts(value)


def test_the_six_pillars_are_shipped():
    assert [(file.pillar.key, file.pillar.short) for file in FILES] == [
        ("clear-expectations", "Clear expectations"),
        ("de-escalation", "De-escalation"),
        ("giving-feedback", "Giving feedback"),
        ("open-questions", "Open questions"),
        ("reflecting-feelings", "Reflecting feelings"),
        ("stakeholder-updates", "Stakeholder updates"),
    ]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.pillar.key)
def test_a_pillar_is_complete(file: PillarFile):
    assert 4 <= len(file.rubric.behaviours) <= 5
    assert [blueprint.difficulty for blueprint in file.blueprints] == [1, 2, 3, 4]
    assert 6 <= len(file.questions) <= 8
    assert all(easier.minutes <= harder.minutes for easier, harder in pairwise(file.blueprints))
    assert len({blueprint.focus for blueprint in file.blueprints}) == 4


@pytest.mark.parametrize("behaviour", BEHAVIOURS, ids=lambda behaviour: behaviour.key)
def test_an_anchor_says_what_is_seen_or_heard_in_a_few_words(behaviour: Behaviour):
    for anchor in behaviour.anchors.values():
        assert 4 <= len(words(anchor)) <= 14
        assert set(words(without_quotes(anchor))) & (TRAITS | VAGUE) == set()
        assert not anchor.endswith(".")


@pytest.mark.parametrize("behaviour", BEHAVIOURS, ids=lambda behaviour: behaviour.key)
def test_neighbouring_anchors_differ_in_more_than_one_word(behaviour: Behaviour):
    for lower, higher in pairwise(behaviour.anchors.values()):
        assert len(set(words(lower)) ^ set(words(higher))) >= 3


@pytest.mark.parametrize("behaviour", BEHAVIOURS, ids=lambda behaviour: behaviour.key)
def test_a_behaviour_reads_as_an_action_with_a_line_to_hear(behaviour: Behaviour):
    assert 2 <= len(words(behaviour.name)) <= 10
    assert words(behaviour.name)[0].endswith("s")
    assert behaviour.example
    assert "“" in behaviour.example
    assert behaviour.meets_level == 3


@pytest.mark.parametrize("blueprint", BLUEPRINTS, ids=lambda blueprint: blueprint.key)
def test_a_case_can_be_played_as_it_stands(blueprint: Blueprint):
    spoken = re.findall("“[^”]+”", blueprint.case) + re.findall("“[^”]+”", blueprint.coach_plays)

    assert len(spoken) >= 4
    assert re.search(r"Play |[Gg]ive the update", blueprint.case)
    assert re.match(r"You are ", blueprint.coach_plays)
    assert re.search(r"If |Each time ", blueprint.coach_plays)
    assert "learner" in blueprint.demonstration
    assert blueprint.opening.endswith("?")
    assert all(question.endswith("?") for question in blueprint.debrief)


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.key)
def test_a_question_asks_one_thing_that_the_five_answers_fit(question: Question):
    assert words(question.text)[0] in {"did", "has"}
    assert question.text.count("?") == 1
    assert question.text.endswith("?")
    assert not {"why", "fail", "failed", "forget", "forgot", "missed"} & set(words(question.text))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.pillar.key)
def test_a_question_speaks_of_the_plan_whatever_it_says(file: PillarFile):
    first, *others = (words(question.text) for question in file.questions)

    assert "this" in first  # it may stand beside a behaviour, where no plan was written
    assert all("your plan" in " ".join(other) for other in others)


def test_keys_and_titles_are_used_once_in_the_whole_library():
    for names in (
        [behaviour.key for behaviour in BEHAVIOURS],
        [behaviour.name for behaviour in BEHAVIOURS],
        [blueprint.key for blueprint in BLUEPRINTS],
        [blueprint.title for blueprint in BLUEPRINTS],
        [question.text for question in QUESTIONS],
    ):
        assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.pillar.key)
def test_no_text_judges_the_person(file: PillarFile):
    content = file.model_dump()
    for blueprint in content["blueprints"]:
        del blueprint["case"], blueprint["coach_plays"]  # invented people may be friendly or tired

    for text in texts(content):
        assert set(words(without_quotes(text))) & TRAITS == set()


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.pillar.key)
def test_the_texts_are_plain_and_well_set(file: PillarFile):
    for text in texts(file.model_dump()):
        assert JARGON.findall(text) == []
        assert '"' not in text
        assert "'" not in text
        assert text.count("“") == text.count("”")
        assert " - " not in text


@pytest.mark.parametrize("path", sorted(FOLDER.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_file_reads_well_in_any_editor(path: Path):
    raw = path.read_text(encoding="utf-8")

    assert [line for line in raw.split("\n") if len(line) > 100 or line != line.rstrip()] == []
    assert raw.endswith("\n")
    assert not raw.endswith("\n\n")


def test_the_guide_explains_every_key():
    guide = (FOLDER / "README.md").read_text(encoding="utf-8")

    for model in (Pillar, Rubric, Behaviour, Criterion, Blueprint, Question):
        for name in model.model_fields:
            assert f"`{name}`" in guide
