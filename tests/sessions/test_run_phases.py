"""The run page: its head, the start and the goal, from phase to phase, at a constant cost."""

import datetime as dt
import re
from uuid import uuid4

import pytest
from django.utils import timezone

from sessions.domain import plans, replies, running, ticks
from sessions.models import ImprovementPlan, MicroSession, Phase, Prompt, Reply, Status
from tests.sessions.run_steps import (
    MONDAY,
    anas_browser,  # noqa: F401 (a fixture)
    closed,
    in_phase,
    rate,
    reflect,
    running_micro,  # noqa: F401 (a fixture)
    stopped_clock,  # noqa: F401 (a fixture)
    url,
    words,
    write_lines,
)

# -- the head -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("minutes", "seconds"), [(10, [80, 240, 160, 120]), (15, [120, 360, 240, 180]), (20, [160, 480, 320, 240])]
)
def test_phases_scale_to_the_planned_minutes(clock, cast, ana, minutes, seconds):
    micro = running.start(cast.plan(minutes_planned=minutes), by=cast.ana)
    page = ana.get(url("micro-run", micro.pk))
    assert [step.seconds for step in page.context["steps"]] == seconds
    assert sum(seconds) == minutes * 60


def test_the_head_says_phase_time_and_what_is_left(clock, micro, ana, cast):
    clock.shift(120)
    in_phase(micro, "practice")
    clock.shift(252)
    page = ana.get(url("micro-run", micro.pk))
    step = page.context["step"]
    assert (step.phase, step.clock, page.context["number"], page.context["minutes_left"]) == (
        Phase.PRACTICE, "4:12", 2, 9,
    )  # fmt: skip
    assert [each.state for each in page.context["steps"]] == ["done", "now", "ahead", "ahead"]


def test_after_its_time_the_page_goes_on(clock, micro, ana):
    clock.shift(16 * 60)
    page = ana.get(url("micro-run", micro.pk))
    assert (page.context["minutes_left"], "over time" in words(page)) == (-1, True)


@pytest.mark.parametrize("phase", ["goal", "practice", "rate", "plan"])
def test_beside_the_way_on_it_stands_without_javascript_that_the_fields_save_apart(micro, ana, phase):
    said = '<p class="meta no-js">Save what you wrote first.</p>'
    assert ana.get(url("micro-run", in_phase(micro, phase).pk)).content.decode().count(said) == 1


@pytest.mark.parametrize("state", ["planned", "cancelled", "missed"])
def test_before_and_without_a_session_there_is_its_plan(cast, ana, state):
    more = {} if state == "planned" else {f"{state}_at": timezone.now()}
    micro = cast.plan(status=state, **more)
    assert ana.get(url("micro-run", micro.pk)).url == url("micro-show", micro.pk)
    assert ana.get(url("micro-close", micro.pk)).url == url("micro-show", micro.pk)


def test_after_the_end_there_is_the_finish_page_and_before_it_the_run_page(cast, ana):
    assert ana.get(url("micro-run", cast.held().pk)).url == url("micro-close", MicroSession.objects.get().pk)
    micro = running.start(cast.plan(), by=cast.ana)
    assert ana.get(url("micro-close", micro.pk)).url == url("micro-run", micro.pk)


# -- start and goal -------------------------------------------------------------------------------


def test_a_start_leads_to_the_run_page(cast, ana):
    micro = cast.plan()
    response = ana.post(url("micro-start", micro.pk))
    micro.refresh_from_db()
    assert (response.url, micro.status) == (url("micro-run", micro.pk), Status.RUNNING)


def test_a_get_starts_nothing(cast, ana):
    micro = cast.plan()
    assert ana.get(url("micro-start", micro.pk)).status_code == 405
    micro.refresh_from_db()
    assert micro.status == Status.PLANNED


def test_the_start_of_the_next_session_can_be_undone_from_its_page(clock, micro, cast, ana):
    clock.shift(20 * 60)
    following = running.start(cast.plan(), by=cast.ana)
    page = ana.get(url("micro-run", following.pk))
    assert page.context["just_ended"].pk == micro.pk
    assert "Leo Marin: ended after 15 min. Finish it from Today." in words(page)
    assert ana.post(url("micro-finish-undo", micro.pk)).url == url("micro-run", micro.pk)
    clock.shift(13)
    assert ana.get(url("micro-run", running.start(following, by=cast.ana).pk)).context["just_ended"].pk == micro.pk
    clock.shift(13)
    assert ana.get(url("micro-run", following.pk)).context["just_ended"] is None


def test_what_an_earlier_start_ended_is_not_told_again(clock, micro, cast, ana):
    clock.shift(20 * 60)
    following = running.start(cast.plan(), by=cast.ana)
    clock.shift(5 * 60)
    running.finish(following, by=cast.ana)
    third = running.start(cast.plan(), by=cast.ana)
    assert ana.get(url("micro-run", third.pk)).context["just_ended"] is None


def test_the_goal_step_shows_the_last_plan_its_answer_and_what_to_talk_about(clock, micro, cast, ana):
    closed(micro)
    rate(micro, cast.leo, submit=True)
    Prompt.objects.update(
        status="answered", answer="harder", asked_at=MONDAY, answered_at=MONDAY, note="When they talk over me."
    )
    micro.refresh_from_db()
    replies.reply(reflect(micro), by=cast.ana, kind="next_time")
    clock.shift(dt.timedelta(days=3))
    page = ana.get(url("micro-run", running.start(cast.plan(), by=cast.ana).pk))
    text = words(page)
    assert page.context["last"].plan.pk == plans.plan_of(micro).pk
    assert [topic.reflection.micro for topic in page.context["topics"]] == [micro]
    for line in (
        "“When the voice rises, I will say what I heard.”",
        "1 of 1 chance · Yes, harder than planned, Mon 12 Jan",
        "“When they talk over me.”",
        "“She stopped repeating herself.”",
        "“What do you want to get out of these 15 minutes?”",
        "Success today: Names the feeling once",
    ):
        assert line in text


def test_the_cases_opening_comes_before_the_question(micro, cast, ana):
    case = cast.pillar.blueprints.first()
    MicroSession.objects.update(blueprint=case)
    text = words(ana.get(url("micro-run", micro.pk)))
    assert f"A question to begin with {case.opening} “What do you want to get out of these 15 minutes?” Ask it." in text


def test_the_goal_saves_itself(micro, ana):
    answer = ana.htmx(url("micro-goal", micro.pk), {"learner_goal": "Stay calm when they shout."})
    micro.refresh_from_db()
    assert (answer.status_code, micro.learner_goal) == (200, "Stay calm when they shout.")


def versions(answer) -> dict[str, str]:
    return {"version": re.search(r'name="version" value="([0-9]+)"', answer.content.decode())[1]}


@pytest.mark.parametrize(("part", "field"), [("micro-goal", "learner_goal"), ("note-write", "text")])
def test_a_goal_or_note_of_another_page_is_not_overwritten_unseen(micro, ana, part, field):
    first = ana.htmx(url(part, micro.pk), {field: "Said on one page.", "version": "0"})
    stale = ana.htmx(url(part, micro.pk), {field: "Said on another.", "version": "0"})
    assert (first.status_code, stale.status_code) == (200, 409)
    assert "Said on one page." in words(stale)
    again = ana.htmx(url(part, micro.pk), {field: "Said on one page.", "version": "0"})
    taken = ana.htmx(url(part, micro.pk), {field: "Both.", **versions(first)})
    assert (again.status_code, taken.status_code, versions(again) == versions(first)) == (200, 200, True)


def test_without_javascript_a_button_saves_it(micro, ana):
    assert ana.post(url("micro-goal", micro.pk), {"learner_goal": "Stay calm."}).url == url("micro-run", micro.pk)
    assert MicroSession.objects.get().learner_goal == "Stay calm."


def test_a_goal_that_is_too_long_comes_back_in_its_field(micro, ana):
    page = ana.post(url("micro-goal", micro.pk), {"learner_goal": "x" * 601})
    form = page.context["goal_form"]
    assert (page.status_code, form.errors["learner_goal"], form["learner_goal"].value()) == (
        422, ["At most 600 characters fit here."], "x" * 601,
    )  # fmt: skip
    part = ana.htmx(url("micro-goal", micro.pk), {"learner_goal": "x" * 601})
    assert (part.status_code, words(part)) == (
        422, "At most 600 characters fit here. Not saved yet. What you typed is still here.",
    )  # fmt: skip


# -- phases ---------------------------------------------------------------------------------------


def test_another_phase_is_a_part_for_htmx_and_a_redirect_for_a_form(micro, ana):
    part = ana.htmx(url("micro-phase", micro.pk), {"phase": "plan"})
    assert (part.status_code, part.content.strip().startswith(b'<div id="run"'), part.context["number"]) == (
        200,
        True,
        4,
    )
    assert ana.post(url("micro-phase", micro.pk), {"phase": "goal"}).url == url("micro-run", micro.pk)
    assert MicroSession.objects.get().phase == Phase.GOAL


def test_an_unknown_phase_is_refused_with_a_sentence(micro, ana):
    assert ana.post(url("micro-phase", micro.pk), {"phase": "warm-up"}).status_code == 422
    assert MicroSession.objects.get().phase == Phase.GOAL


# -- cost -----------------------------------------------------------------------------------------

QUERIES = {"goal": 9, "practice": 7, "rate": 11, "plan": 10}


def add_rows(micro, cast, days: int):
    """A tap per behaviour, an earlier session with its answered plan, a topic, a usual slot."""
    for criterion in cast.criteria:
        ticks.add(micro, by=cast.ana, behaviour=criterion.behaviour, kind="saw", key=uuid4())
    start = MONDAY - dt.timedelta(days=days)
    held = cast.held(revealed_at=timezone.now(), started_at=start, ended_at=start + dt.timedelta(minutes=15))
    ImprovementPlan.objects.create(micro=held, cue="the voice rises", will="wait", written_by=cast.leo)
    Reply.objects.create(reflection=reflect(held), coach=cast.ana, kind="next_time", taken_up_in=micro)
    cast.enrolment.usual_slots.create(weekday=days, starts_at=dt.time(9), timezone="Europe/Berlin")


@pytest.mark.parametrize("phase", list(QUERIES))
def test_a_phase_costs_the_same_with_one_and_with_three_rows(micro, clock, cast, ana, phase, django_assert_num_queries):
    in_phase(micro, phase)
    rate(micro, cast.ana)
    write_lines(micro)
    add_rows(micro, cast, 1)
    clock.shift(60)  # the undo of the start has passed
    ana.get(url("micro-run", micro.pk))
    with django_assert_num_queries(QUERIES[phase]):
        ana.get(url("micro-run", micro.pk))
    add_rows(micro, cast, 2)
    add_rows(micro, cast, 3)
    with django_assert_num_queries(QUERIES[phase]):
        ana.get(url("micro-run", micro.pk))
