"""Closing: what is missing, what follows, and what happens when nobody closes."""

import datetime as dt
from uuid import uuid4

import pytest
from django.utils import timezone

from coachhub.errors import NotAllowed, WrongState
from programs.models import Question
from sessions import tasks
from sessions.domain import closing, feedback, followups, plans, ratings, running, ticks
from sessions.domain.closing import CannotClose, Missing
from sessions.models import FollowUp, ImprovementPlan, MicroSession, Prompt, Status
from tests.sessions.run_steps import (
    MONDAY,
    closed,
    complete,
    rate,
    stopped_clock,  # noqa: F401 (a fixture)
    write_lines,
    write_plan,
)

ALL = [Missing.RATING, Missing.KEEP, Missing.CHANGE, Missing.PLAN]


@pytest.fixture
def micro(clock, cast):
    """Ended at 10:15 in Berlin, nothing written."""
    micro = running.start(cast.plan(), by=cast.ana)
    clock.shift(15 * 60)
    return running.finish(micro, by=cast.ana)


# -- what is missing ------------------------------------------------------------------------------


def test_a_fresh_session_misses_all_four(micro):
    assert closing.missing(micro) == ALL


def test_the_focus_is_enough_of_the_rating(micro, cast):
    focus, other, _third = cast.criteria
    ratings.score(micro, by=cast.ana, criterion=other, level=2)
    assert Missing.RATING in closing.missing(micro)
    ratings.score(micro, by=cast.ana, criterion=focus, level=2)
    assert closing.missing(micro) == [Missing.KEEP, Missing.CHANGE, Missing.PLAN]


def test_not_seen_is_an_answer(micro, cast):
    ratings.score(micro, by=cast.ana, criterion=cast.criteria[0], level=None)
    assert Missing.RATING not in closing.missing(micro)


def test_the_learners_rating_is_not_the_coachs(micro, cast):
    rate(micro, cast.leo, submit=True)
    assert closing.missing(micro) == ALL


def test_an_emptied_line_and_half_a_plan_are_missing(micro, cast):
    feedback.write(micro, by=cast.ana, kind="keep", version=0, line="", impact="She slowed down.")
    plans.write(micro, by=cast.ana, version=0, cue="the voice rises")
    assert closing.missing(micro) == ALL


def test_a_list_of_sessions_takes_two_queries(micro, cast, django_assert_num_queries):
    with django_assert_num_queries(2):
        assert closing.missing_in([micro]) == {micro.pk: ALL}
    done, new = complete(cast.held()), cast.held(enrolment=cast.lia_enrolment)
    with django_assert_num_queries(2):
        assert closing.missing_in([micro, done, new]) == {micro.pk: ALL, done.pk: [], new.pk: ALL}


# -- closing --------------------------------------------------------------------------------------


def test_an_incomplete_record_is_not_closed_and_says_what_is_missing(micro, cast):
    write_lines(micro)
    with pytest.raises(CannotClose) as error:
        closing.close(micro, by=cast.ana)
    assert error.value.missing == [Missing.RATING, Missing.PLAN]
    assert str(error.value.sentence) == "Still missing: your rating, the plan."
    assert MicroSession.objects.get(pk=micro.pk).status == Status.CLOSING


def test_a_complete_record_closes(micro, clock, cast):
    complete(micro)
    clock.shift(60)
    done = closing.close(micro, by=cast.ana)
    assert (done.status, done.closed_at) == (Status.CLOSED, timezone.now())


def test_closing_hands_in_a_rating_that_was_forgotten(micro, cast):
    rate(micro, cast.leo, submit=True)
    closing.close(complete(micro), by=cast.ana)
    micro.refresh_from_db()
    assert (ratings.rating_of(micro, by=cast.ana).submitted_at, micro.is_revealed) == (timezone.now(), True)


def test_a_second_close_changes_nothing(micro, cast):
    done = closing.close(complete(micro), by=cast.ana)
    assert closing.close(micro, by=cast.ana).version == done.version
    assert (FollowUp.objects.count(), Prompt.objects.count()) == (1, 1)


def test_only_its_coach_closes_an_ended_session(micro, cast):
    complete(micro)
    for member in (cast.leo, cast.cole, cast.mia):
        with pytest.raises(NotAllowed):
            closing.close(micro, by=member)
    with pytest.raises(WrongState):
        closing.close(cast.plan(MONDAY + dt.timedelta(days=1)), by=cast.ana)
    with pytest.raises(WrongState):
        closing.close(running.start(cast.plan(MONDAY + dt.timedelta(days=2)), by=cast.ana), by=cast.ana)


def test_the_learners_save_closes_what_waited_for_the_plan_alone(micro, cast):
    rate(micro, cast.ana, submit=True)
    write_lines(micro)
    assert closing.close_if_ready(micro).status == Status.CLOSING
    write_plan(micro, cast.leo)
    assert closing.close_if_ready(micro).status == Status.CLOSED


def test_it_does_not_hand_in_the_coachs_draft(micro, cast):
    complete(micro)
    assert closing.close_if_ready(micro).status == Status.CLOSING
    assert ratings.rating_of(micro, by=cast.ana).submitted_at is None


def test_a_running_session_is_not_closed_by_the_learner(micro, cast):
    other = running.start(cast.plan(MONDAY + dt.timedelta(days=1)), by=cast.ana)
    complete(other)
    rate(other, cast.ana, submit=True)
    assert closing.close_if_ready(other).status == Status.RUNNING


# -- the first prompt -----------------------------------------------------------------------------


def test_the_first_prompt_comes_tomorrow_at_the_usual_time(micro, cast):
    closing.close(complete(micro), by=cast.ana)
    follow_up, prompt = FollowUp.objects.get(), Prompt.objects.get()
    assert (follow_up.enrolment, follow_up.learner, follow_up.starts_at, follow_up.rule_version) == (
        cast.enrolment, cast.leo, micro.ended_at, 1,
    )  # fmt: skip
    assert (prompt.sequence, prompt.status, prompt.question, prompt.late) == (1, "planned", "Did a chance come?", False)
    assert prompt.due_at == dt.datetime(2026, 1, 13, 9, 15, tzinfo=dt.UTC)  # 11:30 would be 25 h later
    assert follow_up.memory["due"] == prompt.due_at.isoformat()


def test_a_session_on_friday_afternoon_is_asked_about_on_monday_and_says_late(clock, cast):
    clock.move_to(dt.datetime(2026, 1, 16, 15, 0, tzinfo=dt.UTC))
    closed(running.start(cast.plan(), by=cast.ana))
    prompt = Prompt.objects.get()
    assert (prompt.due_at, prompt.late) == (dt.datetime(2026, 1, 19, 10, 30, tzinfo=dt.UTC), True)


def test_a_record_closed_days_later_asks_in_the_next_working_minute(micro, clock, cast):
    clock.move_to(dt.datetime(2026, 1, 14, 13, 0, tzinfo=dt.UTC))
    closing.close(complete(micro), by=cast.ana)
    assert (Prompt.objects.get().due_at, Prompt.objects.get().late) == (timezone.now(), True)


def test_at_night_that_is_the_next_mornings_usual_time(micro, clock, cast):
    clock.move_to(dt.datetime(2026, 1, 14, 22, 0, tzinfo=dt.UTC))
    closing.close(complete(micro), by=cast.ana)
    assert Prompt.objects.get().due_at == dt.datetime(2026, 1, 15, 10, 30, tzinfo=dt.UTC)


def test_a_question_that_was_retired_is_not_asked(micro, cast):
    Question.objects.filter(text="Did a chance come?").update(retired=True)
    closing.close(complete(micro), by=cast.ana)
    assert Prompt.objects.get().question == "What did the other person do next?"


def test_somebody_without_working_days_is_not_asked(micro, cast):
    cast.leo.work_days = []
    cast.leo.save()
    closing.close(complete(micro), by=cast.ana)
    assert (FollowUp.objects.count(), Prompt.objects.count()) == (1, 0)


def test_the_newest_plan_takes_the_older_ones_place(micro, clock, cast):
    closing.close(complete(micro), by=cast.ana)
    clock.shift(dt.timedelta(days=2))
    closed(running.start(cast.plan(), by=cast.ana))
    older, newer = FollowUp.objects.order_by("pk")
    assert (older.ended_because, older.ended_at, newer.ended_at) == ("replaced", timezone.now(), None)
    assert list(Prompt.objects.order_by("pk").values_list("status", "cancelled_because")) == [
        ("cancelled", "replaced"), ("planned", ""),
    ]  # fmt: skip


def test_an_older_session_closed_later_does_not_replace_the_newer_plan(micro, clock, cast):
    clock.shift(dt.timedelta(days=2))
    newer = closed(running.start(cast.plan(), by=cast.ana))
    closing.close(complete_without_plan(micro, cast), by=cast.ana)
    assert [follow_up.plan.micro for follow_up in FollowUp.objects.all()] == [newer]


def complete_without_plan(micro, cast):
    """Its plan was written before the newer one."""
    rate(micro, cast.ana)
    write_lines(micro)
    ImprovementPlan.objects.create(micro=micro, cue="the voice rises", will="wait", written_by=cast.leo)
    return micro


def test_an_ended_enrolment_asks_nothing(micro, cast):
    cast.enrolment.ended_on = dt.date(2026, 1, 12)
    cast.enrolment.save()
    assert closing.close(complete(micro), by=cast.ana).status == Status.CLOSED
    assert FollowUp.objects.count() == 0


# -- not closed in time ---------------------------------------------------------------------------


def test_twenty_hours_after_the_end_the_focus_is_asked_about(micro, clock, cast):
    clock.shift(dt.timedelta(hours=19, minutes=59))
    assert closing.fall_back(timezone.now()) == 0
    clock.shift(60)
    assert closing.fall_back(timezone.now()) == 1
    follow_up, prompt = FollowUp.objects.get(), Prompt.objects.get()
    assert (follow_up.plan.is_complete, follow_up.plan.written_by, follow_up.plan.version) == (False, cast.ana, 0)
    assert (prompt.due_at, prompt.status) == (dt.datetime(2026, 1, 13, 9, 15, tzinfo=dt.UTC), "planned")


def test_the_fallback_runs_once(micro, clock, cast):
    clock.shift(dt.timedelta(hours=21))
    closing.fall_back(timezone.now())
    assert closing.fall_back(timezone.now()) == 0
    assert (FollowUp.objects.count(), Prompt.objects.count()) == (1, 1)


def test_the_worker_falls_back(micro, clock):
    clock.shift(dt.timedelta(hours=21))
    assert (tasks.fall_back(), tasks.fall_back()) == (1, 0)


def test_a_close_after_the_fallback_keeps_its_follow_up(micro, clock, cast):
    clock.shift(dt.timedelta(hours=21))
    closing.fall_back(timezone.now())
    follow_up = FollowUp.objects.get()
    closing.close(complete(micro), by=cast.ana)
    assert (list(FollowUp.objects.all()), follow_up.plan == plans.plan_of(micro)) == ([follow_up], True)
    assert Prompt.objects.count() == 1


def test_closed_old_and_overtaken_sessions_do_not_fall_back(micro, clock, cast):
    clock.shift(dt.timedelta(days=8))
    assert closing.overdue(timezone.now()) == []
    closed(running.start(cast.plan(), by=cast.ana))
    clock.shift(dt.timedelta(hours=21))
    assert closing.overdue(timezone.now()) == []


def test_a_session_overtaken_by_a_newer_plan_does_not_fall_back(micro, clock, cast):
    clock.shift(dt.timedelta(hours=2))
    closed(running.start(cast.plan(), by=cast.ana))
    clock.shift(dt.timedelta(hours=20))
    assert closing.overdue(timezone.now()) == []
    assert followups.plan_fallback(micro, now=timezone.now()) is None


# -- a closed record ------------------------------------------------------------------------------


def test_a_closed_record_refuses_every_write_but_the_plan(micro, cast):
    closing.close(complete(micro), by=cast.ana)
    writes = [
        lambda: running.write_goal(micro, by=cast.ana, text="Later."),
        lambda: running.go_to(micro, by=cast.ana, phase="goal"),
        lambda: ticks.add(micro, by=cast.ana, behaviour=micro.focus, kind="saw", key=uuid4()),
        lambda: feedback.write(micro, by=cast.ana, kind="keep", version=1, line="Later."),
        lambda: running.start(micro, by=cast.ana),
    ]
    for write in writes:
        with pytest.raises(WrongState):
            write()
    assert plans.write(micro, by=cast.leo, version=1, will="wait").will == "wait"
