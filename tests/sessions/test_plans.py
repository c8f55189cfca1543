"""The improvement plan: one row for both, in the learner's words, never overwritten unseen."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from coachhub.errors import Invalid, NotAllowed, Stale, WrongState
from programs.models import Enrolment, Substitute, UsualSlot
from sessions.cards.coach import coach_cards
from sessions.domain import plans, running
from sessions.domain.chances import Chances
from sessions.domain.coach_day import coach_day
from sessions.models import FollowUp, ImprovementPlan, MicroSession, Prompt
from tests.sessions.run_steps import closed, write_plan

THURSDAY = dt.datetime(2026, 1, 15, 13, 20, tzinfo=dt.UTC)  # 14:20 in Berlin; the usual slot is Thursday 14:10


@pytest.fixture
def clock():
    with time_machine.travel(THURSDAY, tick=False) as clock:
        yield clock


@pytest.fixture
def micro(clock, cast):
    return running.start(cast.plan(), by=cast.ana)


def test_a_new_plan_begins_with_the_criterion_and_the_next_usual_slot(micro, cast):
    plan = plans.write(micro, by=cast.ana, version=0, cue="the voice rises")
    assert (plan.cue, plan.will, plan.measure, plan.version, plan.written_by, plan.is_complete) == (
        "the voice rises", "", "Names the feeling once", 1, cast.ana, False,
    )  # fmt: skip
    assert plan.next_touchpoint == dt.datetime(2026, 1, 22, 13, 10, tzinfo=dt.UTC)


def test_a_session_that_is_already_planned_is_the_next_touchpoint(micro, cast):
    planned = cast.plan(THURSDAY + dt.timedelta(days=2))
    assert write_plan(micro).next_touchpoint == planned.scheduled_for


def test_without_slots_the_touchpoint_stays_open(micro, cast):
    UsualSlot.objects.all().delete()
    assert write_plan(micro).next_touchpoint is None


def test_a_slot_that_is_taken_or_of_this_very_day_is_no_next_touchpoint(micro, cast, clock):
    """Ana has Lia there a week later; and who begins five minutes early does not meet again five minutes later."""
    week = dt.timedelta(days=7)
    slot = dt.datetime(2026, 1, 22, 13, 10, tzinfo=dt.UTC)
    Enrolment.objects.filter(pk=cast.lia_enrolment.pk).update(coach=cast.ana)
    cast.plan(slot + dt.timedelta(minutes=10), enrolment=Enrolment.objects.get(pk=cast.lia_enrolment.pk))
    assert write_plan(micro).next_touchpoint == slot + week
    clock.move_to(slot + week)
    early = cast.held(started_at=slot + week - dt.timedelta(minutes=5), ended_at=slot + week)
    assert plans.touchpoints(early)[0] == slot + 2 * week


def test_a_slot_at_which_the_learner_coaches_is_no_next_touchpoint(micro, cast):
    slot = dt.datetime(2026, 1, 22, 13, 10, tzinfo=dt.UTC)
    cast.leo.roles = ["coach", "learner"]
    cast.leo.save()
    Enrolment.objects.filter(pk=cast.lia_enrolment.pk).update(coach=cast.leo)
    cast.plan(slot, enrolment=Enrolment.objects.get(pk=cast.lia_enrolment.pk))
    assert write_plan(micro).next_touchpoint == slot + dt.timedelta(days=7)


def test_a_usual_slot_holds_its_wall_time_over_a_clock_change(cast):
    before = dt.datetime(2026, 3, 26, 14, 0, tzinfo=dt.UTC)  # the Thursday before summer time
    assert plans.usual_slots(cast.enrolment, after=before) == [
        dt.datetime(2026, 4, day, 12, 10, tzinfo=dt.UTC) for day in (2, 9, 16)
    ]


def test_a_slot_west_of_the_date_line_is_found_on_its_own_day(cast):
    UsualSlot.objects.update(timezone="Pacific/Honolulu", weekday=0, starts_at=dt.time(22, 0))
    after = dt.datetime(2026, 1, 13, 7, 0, tzinfo=dt.UTC)  # Monday 21:00 there
    assert plans.usual_slots(cast.enrolment, after=after)[0] == dt.datetime(2026, 1, 13, 8, 0, tzinfo=dt.UTC)


def test_coach_and_learner_write_the_same_row(micro, cast):
    plan = plans.write(micro, by=cast.leo, version=0, cue="the voice rises")
    plan = plans.write(micro, by=cast.ana, version=plan.version, will="say what I heard")
    assert (plan.sentence, plan.written_by, ImprovementPlan.objects.count()) == (
        "When the voice rises, I will say what I heard.", cast.ana, 1,
    )  # fmt: skip


def test_fields_that_are_not_given_stay(micro, cast):
    plan = write_plan(micro)
    plan = plans.write(micro, by=cast.leo, version=plan.version, measure="Twice a week")
    assert (plan.cue, plan.measure) == ("the voice rises", "Twice a week")


@pytest.mark.parametrize("days", [-1, 400])
def test_a_touchpoint_before_the_session_or_in_another_year_is_refused(micro, cast, days):
    with pytest.raises(Invalid) as error:
        plans.write(micro, by=cast.ana, version=0, next_touchpoint=micro.started_at + dt.timedelta(days=days))
    assert error.value.field == "next_touchpoint"


def test_the_touchpoint_can_be_moved_and_cleared(micro, cast):
    at = THURSDAY + dt.timedelta(days=9)
    plan = plans.write(micro, by=cast.ana, version=0, next_touchpoint=at)
    assert plan.next_touchpoint == at
    assert plans.write(micro, by=cast.ana, version=1, next_touchpoint=None).next_touchpoint is None


def test_the_same_plan_again_changes_nothing(micro, cast):
    first = write_plan(micro)
    assert write_plan(micro).version == first.version


def test_a_full_stop_at_the_end_is_not_doubled_in_the_sentence(micro, cast):
    plan = plans.write(micro, by=cast.ana, version=0, cue="the voice rises.", will="say what I heard. ")
    assert plan.sentence == "When the voice rises, I will say what I heard."


def test_an_older_page_sees_both_texts_and_overwrites_nothing(micro, cast):
    plans.write(micro, by=cast.leo, version=0, cue="she repeats herself", will="say what I heard")
    with pytest.raises(Stale) as error:
        plans.write(micro, by=cast.ana, version=0, cue="the voice rises")
    assert (error.value.theirs, error.value.yours) == (
        "When she repeats herself, I will say what I heard.",
        "When the voice rises, I will say what I heard.",
    )
    assert plans.plan_of(micro).cue == "she repeats herself"


@pytest.mark.parametrize(("field", "text"), [("cue", "x" * 201), ("will", "x" * 301), ("measure", "a\x00b")])
def test_a_text_fits_its_field(micro, cast, field, text):
    with pytest.raises(Invalid) as error:
        plans.write(micro, by=cast.ana, version=0, **{field: text})
    assert error.value.field == field


def test_only_the_two_people_write_it(micro, cast):
    for member in (cast.cole, cast.lia, cast.mia, cast.ada, cast.olga):
        with pytest.raises(NotAllowed):
            write_plan(micro, member)


def test_a_deactivated_learner_writes_nothing(micro, cast):
    cast.leo.deactivated_at = timezone.now()
    with pytest.raises(NotAllowed):
        write_plan(micro, cast.leo)


def test_there_is_no_plan_before_the_session(clock, cast):
    with pytest.raises(WrongState):
        write_plan(cast.plan(), cast.leo)


def test_after_the_close_both_still_revise_it_and_the_follow_up_stays(micro, cast):
    closed(micro)
    follow_up = FollowUp.objects.get()
    plan = plans.write(micro, by=cast.leo, version=1, will="name the feeling")
    plan = plans.write(micro, by=cast.ana, version=plan.version, measure="Once a day")
    assert (plan.will, plan.measure, plan.version) == ("name the feeling", "Once a day", 3)
    assert list(FollowUp.objects.active()) == [follow_up]


@pytest.mark.parametrize("field", ["cue", "will"])
def test_a_closed_sessions_plan_is_not_emptied(micro, cast, field):
    closed(micro)
    with pytest.raises(Invalid):
        plans.write(micro, by=cast.leo, version=1, **{field: "  "})


def test_a_newer_plan_ends_the_revising_of_the_older(micro, clock, cast):
    closed(micro)
    clock.shift(dt.timedelta(days=7))
    newer = running.start(cast.plan(), by=cast.ana)
    plans.write(newer, by=cast.ana, version=0, cue="she is silent")
    assert plans.write(micro, by=cast.leo, version=1, will="wait").will == "wait"  # the newer one is not complete yet
    plans.write(newer, by=cast.ana, version=1, will="count to three")
    with pytest.raises(WrongState):
        plans.write(micro, by=cast.leo, version=2, will="wait longer")


# -- the plan that held until now -------------------------------------------------------------------


def test_the_last_plan_comes_with_its_chances_and_newest_answer(micro, clock, cast):
    closed(micro)
    answered(FollowUp.objects.get())
    clock.shift(dt.timedelta(days=7))
    last = plans.last_before(running.start(cast.plan(), by=cast.ana), by=cast.ana)
    assert (last.plan.micro, last.chances, last.answered.answer) == (micro.pk, Chances(applied=2, came=3), "harder")


def answered(follow_up) -> None:
    """A chance came three times, and the plan was applied twice."""
    Prompt.objects.all().delete()
    for sequence, answer in enumerate(("as_planned", "not_this_time", "no_chance", "harder"), start=1):
        at = THURSDAY + dt.timedelta(days=sequence)
        Prompt.objects.create(
            follow_up=follow_up, sequence=sequence, question="Did a chance come?", due_at=at, asked_at=at,
            status="answered", answer=answer, answered_at=at,
        )  # fmt: skip


def test_an_unanswered_plan_has_no_chances(micro, clock, cast):
    closed(micro)
    clock.shift(dt.timedelta(days=7))
    last = plans.last_before(running.start(cast.plan(), by=cast.ana), by=cast.ana)
    assert (last.chances, last.answered) == (Chances(0, 0), None)


def test_the_first_session_has_no_last_plan(micro, cast):
    write_plan(micro)
    assert plans.last_before(micro, by=cast.ana) is None


def test_an_incomplete_plan_is_not_the_last_plan(micro, clock, cast):
    plans.write(micro, by=cast.ana, version=0, cue="the voice rises")
    clock.shift(dt.timedelta(days=7))
    assert plans.last_before(running.start(cast.plan(), by=cast.ana), by=cast.ana) is None


def test_a_new_coach_does_not_see_the_former_coachs_plan(micro, clock, cast):
    taken_over = handed_to_cole(micro, clock, cast)
    assert plans.last_before(taken_over, by=cast.cole) is None
    assert start_of(cast.cole).quote == taken_over.success_criterion


def test_a_past_taken_along_brings_the_plan_but_not_how_it_went(micro, clock, cast):
    taken_over = handed_to_cole(micro, clock, cast, shares_past_with_new_coach=True)
    last = plans.last_before(taken_over, by=cast.cole)
    assert (last.plan.micro, last.chances, last.answered) == (micro.pk, None, None)
    assert start_of(cast.cole).quote == last.plan.sentence


def test_a_substitute_sees_the_plan_but_not_how_it_went(micro, clock, cast):
    closed(micro)
    answered(FollowUp.objects.get())
    clock.shift(dt.timedelta(days=7))
    today = timezone.localdate()
    named = {"starts_on": today, "ends_on": today, "named_by": cast.ada, "organization": cast.enrolment.organization}
    Substitute.objects.create(enrolment=cast.enrolment, coach=cast.cole, **named)
    standing_in = cast.plan(coach=cast.cole)
    last = plans.last_before(standing_in, by=cast.cole)
    assert (last.plan.micro, last.chances, last.answered) == (micro.pk, None, None)
    assert plans.last_before(standing_in, by=cast.leo).chances == Chances(applied=2, came=3)


def test_no_page_tells_a_substitute_how_a_plan_went(micro, clock, cast, client):
    closed(micro)
    answered(FollowUp.objects.get())
    clock.shift(dt.timedelta(days=7))
    today = timezone.localdate()
    named = {"starts_on": today, "ends_on": today, "named_by": cast.ada, "organization": cast.enrolment.organization}
    Substitute.objects.create(enrolment=cast.enrolment, coach=cast.cole, **named)
    assert seen_by(client.as_(cast.cole), cast.plan(coach=cast.cole)) == [(True, False)] * 3


def test_no_page_tells_a_new_coach_how_a_plan_went_that_came_along(micro, clock, cast, client):
    taken_over = handed_to_cole(micro, clock, cast, shares_past_with_new_coach=True)
    answered(FollowUp.objects.get())
    MicroSession.objects.filter(pk=micro.pk).update(revealed_at=timezone.now())
    cole = client.as_(cast.cole)
    assert seen_by(cole, taken_over) == [(True, False)] * 3
    assert of_plan(cole.get(cast.enrolment.get_absolute_url())) == (True, False)


def test_a_coach_sees_on_every_page_how_their_own_plan_went(micro, clock, cast, client):
    closed(micro)
    answered(FollowUp.objects.get())
    clock.shift(dt.timedelta(days=7))
    assert seen_by(client.as_(cast.ana), cast.plan(timezone.now())) == [(True, True)] * 3


def seen_by(coach, planned):
    """Of the pages before and in a session: whether they show the last plan, and whether they say how it went."""
    before = [
        coach.get(reverse("coach:micro-plan", args=[planned.enrolment_id])),
        coach.get(planned.get_absolute_url()),
    ]
    running.start(planned, by=planned.coach)
    return [of_plan(page) for page in [*before, coach.get(reverse("coach:micro-run", args=[planned.pk]))]]


def of_plan(page):
    text = page.content.decode()
    return "When the voice rises, I will" in text, "chances" in text or "No answer yet" in text or "No chance" in text


def handed_to_cole(micro, clock, cast, **enrolment):
    """A week later, with a session of the new coach that is to start now."""
    closed(micro)
    clock.shift(dt.timedelta(days=7))
    Enrolment.objects.filter(pk=cast.enrolment.pk).update(coach=cast.cole, **enrolment)
    cast.enrolment.refresh_from_db()
    return cast.plan(timezone.now())


def start_of(coach):
    return next(card for card in coach_cards(coach, coach_day(coach)) if card.kind == "start")
