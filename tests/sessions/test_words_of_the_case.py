"""What a blueprint says on feedback and reflection stands in the phase in which it is of use."""

import re

import pytest

from sessions.models import MicroSession
from tests.sessions.plan_steps import parcel
from tests.sessions.run_steps import (
    anas_browser,  # noqa: F401 (a fixture)
    in_phase,
    rate,
    running_micro,  # noqa: F401 (a fixture)
    stopped_clock,  # noqa: F401 (a fixture)
    url,
    words,
)

LOOK_FOR = "Look for Who speaks first Whether Tomasz is cut off"
DEBRIEF = "Talk about it What did Tomasz say next? Who waits for you?"
TRANSFER = "Try within a day Name one feeling. Note what came back."
OF_THE_CASE, OF_ALL = (LOOK_FOR, DEBRIEF), (TRANSFER,)
ON_THE_CASE = pytest.mark.parametrize(
    ("practise_on", "shows"), [("case", True), ("role_play", True), ("work", False)]
)  # fmt: skip


@pytest.fixture
def case(cast):
    found = parcel(cast)
    found.look_for = ["Who speaks first", "Whether Tomasz is cut off"]
    found.debrief = ["What did Tomasz say next?", "Who waits for you?"]
    found.transfer, found.objective = "Name one feeling. Note what came back.", "Say what Tomasz feels."
    found.pk, found.key = None, "parcel-in-full"
    found.save(force_insert=True)
    return found


def about(micro, case, practise_on: str) -> None:
    MicroSession.objects.filter(pk=micro.pk).update(blueprint=case, practise_on=practise_on)


def shown(ana, micro, phase: str) -> str:
    return words(ana.get(url("micro-run", in_phase(micro, phase).pk)))


def said_in(text: str) -> list[str]:
    return [each for each in (*OF_THE_CASE, *OF_ALL) if each in text]


def both_rate(micro, cast) -> None:
    for member in (cast.ana, cast.leo):
        rate(micro, member, submit=True)


@ON_THE_CASE
def test_practice_says_what_to_look_for_in_the_case(micro, ana, case, practise_on, shows):
    about(micro, case, practise_on)
    page = shown(ana, micro, "practice")
    assert said_in(page) == ([LOOK_FOR] if shows else [])
    assert not shows or page.index(LOOK_FOR) < page.index("What do you see or hear?")


@ON_THE_CASE
def test_the_questions_for_afterwards_come_with_both_views(micro, cast, ana, case, practise_on, shows):
    about(micro, case, practise_on)
    assert said_in(shown(ana, micro, "rate")) == []
    both_rate(micro, cast)
    expected = [DEBRIEF] if shows else []
    asked_again = ana.get(url("micro-rated", micro.pk))
    assert [said_in(words(ana.get(url("micro-run", micro.pk)))), said_in(words(asked_again))] == [expected, expected]


@pytest.mark.parametrize("practise_on", ["case", "role_play", "work"])
def test_the_trial_stands_where_the_plan_is_written(micro, ana, case, practise_on):
    about(micro, case, practise_on)
    page = shown(ana, micro, "plan")
    assert said_in(page) == [TRANSFER]
    assert re.search(f"The plan, in Leo Marin’s words {re.escape(TRANSFER)} When", page)


@pytest.mark.parametrize("phase", ["goal", "practice", "rate", "plan"])
def test_nothing_is_said_without_a_case_and_of_a_case_without_these_texts(micro, cast, ana, phase):
    bare = parcel(cast)
    both_rate(micro, cast)
    for blueprint, practise_on in ((None, "work"), (None, "role_play"), (bare, "case")):
        about(micro, blueprint, practise_on)
        page = shown(ana, micro, phase)
        assert [each for each in ("Look for", "Talk about it", "Try within a day") if each in page] == []


def test_what_a_case_says_is_folded_and_words(micro, cast, ana, case):
    case.pk, case.key, case.look_for = None, "hostile", ["<s>x</s>"]
    case.debrief, case.transfer = ["<s>x</s>"], "<s>x</s>"
    case.save(force_insert=True)
    about(micro, case, "case")
    both_rate(micro, cast)
    for phase, name in (("practice", "Look for"), ("rate", "Talk about it"), ("plan", "Try within a day")):
        page = ana.get(url("micro-run", in_phase(micro, phase).pk)).content.decode()
        assert re.search(rf'<details class="fold[a-z -]*"><summary>{name}</summary>', page)
        assert (page.count("&lt;s&gt;x&lt;/s&gt;"), "<s>" in page) == (1, False)


@pytest.mark.parametrize(("phase", "needed"), [("practice", 7), ("rate", 13), ("plan", 10)])
def test_these_texts_cost_no_query(clock, micro, cast, ana, case, phase, needed, django_assert_num_queries):
    both_rate(micro, cast)
    in_phase(micro, phase)
    clock.shift(60)  # the undo of the start has passed
    for blueprint in (None, case):
        about(micro, blueprint, "case")
        ana.get(url("micro-run", micro.pk))
        with django_assert_num_queries(needed):
            ana.get(url("micro-run", micro.pk))


# -- the session's own page -----------------------------------------------------------------------


@ON_THE_CASE
def test_the_plan_says_what_the_case_says(client, cast, case, practise_on, shows):
    micro = cast.plan()
    about(micro, case, practise_on)
    page = words(client.as_(cast.ana).get(url("micro-show", micro.pk)))
    assert said_in(page) == ([*OF_THE_CASE, TRANSFER] if shows else [TRANSFER])
    assert ("Say what Tomasz feels." in page) == shows


def test_a_plan_without_a_case_says_nothing_of_one(client, cast):
    page = words(client.as_(cast.ana).get(url("micro-show", cast.plan().pk)))
    assert [each for each in ("Look for", "Talk about it", "Try within a day", "Case") if each in page] == []
