"""The end of a session: by hand, by itself, undone within 10 s, corrected later."""

import datetime as dt

import pytest
from django.utils import timezone

from coachhub.errors import Invalid, NotAllowed, WrongState
from sessions import tasks
from sessions.domain import plans, ratings, running
from sessions.models import Delivery, FollowUp, Message, MicroSession, Prompt, Status
from tests.sessions.run_steps import (
    MONDAY,
    closed,
    rate,
    reflect,
    stopped_clock,  # noqa: F401 (a fixture)
    write_plan,
)


def at(minutes: float) -> dt.datetime:
    return MONDAY + dt.timedelta(minutes=minutes)


@pytest.fixture
def micro(clock, cast):
    """Started on Monday at 10:00 in Berlin; it is 14 min 40 s later."""
    micro = running.start(cast.plan(), by=cast.ana)
    clock.move_to(at(14) + dt.timedelta(seconds=40))
    return micro


def state(micro: MicroSession) -> tuple:
    micro.refresh_from_db()
    return micro.status, micro.ended_at, micro.minutes_actual, micro.opens_at, micro.closed_at, micro.ended_by_itself


# -- finish ---------------------------------------------------------------------------------------


def test_a_finish_keeps_the_true_minutes_and_waits_for_what_is_missing(micro, cast):
    ended = running.finish(micro, by=cast.ana)
    assert (ended.status, ended.minutes_actual, ended.ended_by_itself) == (Status.CLOSING, 15, False)


def test_the_seal_opens_at_the_end_of_the_learners_second_working_day(micro, cast):
    ended = running.finish(micro, by=cast.ana)
    assert ended.opens_at == dt.datetime(2026, 1, 14, 16, 0, tzinfo=dt.UTC)  # Wednesday 17:00 in Berlin


@pytest.mark.parametrize(("minutes", "kept"), [(0, 1), (0.2, 1), (1.6, 2), (47, 47), (400, 180)])
def test_minutes_are_whole_at_least_1_and_at_most_180(clock, cast, minutes, kept):
    micro = running.start(cast.plan(), by=cast.ana)
    clock.move_to(at(minutes))
    assert running.finish(micro, by=cast.ana).minutes_actual == kept


def test_the_learner_is_asked_to_rate_once_the_end_cannot_be_undone(micro, cast):
    running.finish(micro, by=cast.ana)
    message = Message.objects.get(micro=micro)
    assert (message.kind, message.recipient, message.due_at - timezone.now()) == (
        "rate", cast.leo, dt.timedelta(seconds=12),
    )  # fmt: skip
    assert Delivery.objects.filter(message=message, state="due").count() == 1


def test_a_second_finish_changes_nothing(micro, clock, cast):
    first = running.finish(micro, by=cast.ana)
    clock.shift(300)
    again = running.finish(micro, by=cast.ana)
    assert (again.ended_at, again.version, Message.objects.count()) == (first.ended_at, first.version, 1)


def test_a_complete_session_closes_at_once_and_hands_in_the_rating(micro, cast):
    ended = closed(micro)
    rating = ended.ratings.get(role="coach")
    assert (ended.status, ended.closed_at, rating.submitted_at) == (Status.CLOSED, timezone.now(), timezone.now())
    assert FollowUp.objects.get().plan.micro == ended


def test_only_its_coach_finishes_a_running_session(micro, cast):
    for member in (cast.leo, cast.cole, cast.olga):
        with pytest.raises(NotAllowed):
            running.finish(micro, by=member)
    with pytest.raises(WrongState):
        running.finish(cast.plan(at(300)), by=cast.ana)


# -- undo -----------------------------------------------------------------------------------------


def test_an_end_can_be_undone_for_ten_seconds(micro, clock, cast):
    running.finish(micro, by=cast.ana)
    clock.shift(10)
    back = running.undo_finish(micro, by=cast.ana)
    assert state(back) == (Status.RUNNING, None, None, None, None, False)
    assert (back.started_at, Message.objects.count(), Delivery.objects.count()) == (MONDAY, 0, 0)


def test_after_that_it_cannot(micro, clock, cast):
    running.finish(micro, by=cast.ana)
    clock.shift(13)
    with pytest.raises(WrongState):
        running.undo_finish(micro, by=cast.ana)


def test_a_second_undo_changes_nothing(micro, cast):
    running.finish(micro, by=cast.ana)
    back = running.undo_finish(micro, by=cast.ana)
    assert running.undo_finish(micro, by=cast.ana).version == back.version


def test_a_session_finished_after_an_undo_asks_the_learner_again(micro, clock, cast):
    running.finish(micro, by=cast.ana)
    running.undo_finish(micro, by=cast.ana)
    clock.shift(60)
    running.finish(micro, by=cast.ana)
    assert (Message.objects.count(), Delivery.objects.count()) == (1, 1)


def test_a_message_on_its_way_stays(micro, cast):
    running.finish(micro, by=cast.ana)
    Delivery.objects.update(state="sent", sent_at=timezone.now())
    running.undo_finish(micro, by=cast.ana)
    assert Message.objects.filter(micro=micro).count() == 1


def test_undoing_a_close_gives_the_older_follow_up_its_prompt_back(clock, cast):
    first = running.start(cast.plan(), by=cast.ana)
    clock.shift(900)
    closed(first)
    older = FollowUp.objects.get()
    clock.move_to(at(3 * 24 * 60))
    second = running.start(cast.plan(), by=cast.ana)
    clock.shift(900)
    closed(second)
    older.refresh_from_db()
    assert (older.ended_because, older.prompts.get().status) == ("replaced", "cancelled")
    running.undo_finish(second, by=cast.ana)
    older.refresh_from_db()
    assert (older.ended_at, older.ended_because) == (None, "")
    assert list(Prompt.objects.values_list("follow_up", "status", "cancelled_because")) == [(older.pk, "planned", "")]
    second.refresh_from_db()
    assert (second.status, second.closed_at) == (Status.RUNNING, None)


def test_an_undone_prompt_that_was_asked_is_asked_again(clock, cast):
    closed(running.start(cast.plan(), by=cast.ana))
    Prompt.objects.update(status="asked", asked_at=timezone.now())
    clock.move_to(at(3 * 24 * 60))
    second = closed(running.start(cast.plan(), by=cast.ana))
    running.undo_finish(second, by=cast.ana)
    assert Prompt.objects.get().status == "asked"


def learner_rates(micro, cast):
    rate(micro, cast.leo, submit=True)


def learner_reflects(micro, cast):
    micro.refresh_from_db()
    reflect(micro)


def learner_plans(micro, cast):
    write_plan(micro, cast.leo)


@pytest.mark.parametrize("act", [learner_rates, learner_reflects, learner_plans])
def test_what_the_learner_answered_keeps_the_session_ended(micro, clock, cast, act):
    running.finish(micro, by=cast.ana)
    clock.shift(5)
    act(micro, cast)
    with pytest.raises(WrongState) as error:
        running.undo_finish(micro, by=cast.ana)
    assert str(error.value.sentence) == "Leo Marin has already answered, so the session stays ended."


def test_what_the_learner_did_before_the_end_does_not(micro, clock, cast):
    rate(micro, cast.leo, submit=True)
    write_plan(micro, cast.leo)
    clock.shift(5)
    running.finish(micro, by=cast.ana)
    assert running.undo_finish(micro, by=cast.ana).status == Status.RUNNING


def test_only_its_coach_undoes_an_end(micro, cast):
    running.finish(micro, by=cast.ana)
    for member in (cast.leo, cast.cole):
        with pytest.raises(NotAllowed):
            running.undo_finish(micro, by=member)


def test_an_end_by_the_next_start_is_undone_with_that_start(micro, clock, cast):
    clock.move_to(at(40))
    following = running.start(cast.plan(at(60)), by=cast.ana)
    clock.shift(8)
    back = running.undo_finish(micro, by=cast.ana)
    following.refresh_from_db()
    assert state(back) == (Status.RUNNING, None, None, None, None, False)
    assert (following.status, following.started_at, following.phase_started_at) == (Status.PLANNED, None, None)


@pytest.mark.parametrize("seconds", [13, 3600])
def test_not_once_the_next_session_is_under_way(micro, clock, cast, seconds):
    following = running.start(cast.plan(at(60)), by=cast.ana)
    clock.shift(seconds)
    with pytest.raises(WrongState):
        running.undo_finish(micro, by=cast.ana)
    following.refresh_from_db()
    assert following.status == Status.RUNNING


def test_not_once_something_was_done_in_the_next_session(micro, cast):
    following = running.start(cast.plan(at(60)), by=cast.ana)
    running.write_goal(following, by=cast.ana, text="Stay calm.")
    with pytest.raises(WrongState):
        running.undo_finish(micro, by=cast.ana)


def test_not_once_the_next_session_was_rated_by_its_learner(micro, cast):
    """Planned again with that rating in, it could not be rated beforehand: both would be in, before it began."""
    rate(running.start(cast.plan(at(60)), by=cast.ana), cast.leo, submit=True)
    with pytest.raises(WrongState):
        running.undo_finish(micro, by=cast.ana)


def test_a_finish_is_not_undone_once_the_next_session_runs(micro, cast):
    running.finish(micro, by=cast.ana)
    running.start(cast.plan(at(60)), by=cast.ana)
    with pytest.raises(WrongState):
        running.undo_finish(micro, by=cast.ana)


def test_a_logged_session_has_no_end_to_undo(cast):
    with pytest.raises(WrongState):
        running.undo_finish(cast.held(logged=True, ended_at=timezone.now()), by=cast.ana)


# -- by itself ------------------------------------------------------------------------------------


def test_a_forgotten_session_ends_an_hour_after_its_planned_end(micro, clock, cast):
    clock.move_to(at(75))
    assert running.end_overdue(timezone.now()) == 0
    clock.shift(1)
    assert running.end_overdue(timezone.now()) == 1
    assert state(micro)[:3] + state(micro)[5:] == (Status.CLOSING, at(15), 15, True)
    assert Message.objects.get().micro == micro


def test_the_worker_ends_them(micro, clock):
    clock.move_to(at(76))
    assert (tasks.end_overdue(), tasks.end_overdue()) == (1, 0)


def test_ending_forgotten_sessions_twice_changes_nothing(micro, clock, cast):
    clock.move_to(at(80))
    running.end_overdue(timezone.now())
    assert (running.end_overdue(timezone.now()), Message.objects.count()) == (0, 1)


def test_the_deadline_counts_from_when_the_end_was_noticed(micro, clock, cast):
    clock.move_to(at(24 * 60))
    running.end_overdue(timezone.now())
    assert state(micro)[3] == dt.datetime(2026, 1, 15, 16, 0, tzinfo=dt.UTC)


def test_an_end_by_itself_long_ago_cannot_be_undone(micro, clock, cast):
    clock.move_to(at(80))
    running.end_overdue(timezone.now())
    with pytest.raises(WrongState):
        running.undo_finish(micro, by=cast.ana)


# -- minutes --------------------------------------------------------------------------------------


def test_minutes_are_corrected_and_the_end_moves_with_them(micro, clock, cast):
    clock.move_to(at(95))
    running.end_overdue(timezone.now())
    before = state(micro)
    fixed = running.correct_minutes(micro, by=cast.ana, minutes=31)
    assert (fixed.minutes_actual, fixed.ended_at, fixed.opens_at, fixed.ended_by_itself) == (
        31,
        at(31),
        before[3],
        True,
    )


def test_a_correction_stands_in_the_history(micro, cast):
    running.finish(micro, by=cast.ana)
    running.correct_minutes(micro, by=cast.ana, minutes=9)
    history = micro.events.order_by("pgh_id").values_list("minutes_actual", flat=True)
    assert list(history)[-2:] == [15, 9]


def test_a_closed_session_can_be_corrected(micro, cast):
    assert running.correct_minutes(closed(micro), by=cast.ana, minutes=12).minutes_actual == 12


@pytest.mark.parametrize("minutes", [0, -5, 181, 17])
def test_minutes_are_1_to_180_and_have_passed(micro, cast, minutes):
    running.finish(micro, by=cast.ana)
    with pytest.raises(Invalid) as error:
        running.correct_minutes(micro, by=cast.ana, minutes=minutes)
    assert error.value.field == "minutes"


def test_minutes_of_an_ended_session_only_and_by_its_coach(micro, cast):
    with pytest.raises(WrongState):
        running.correct_minutes(micro, by=cast.ana, minutes=10)
    running.finish(micro, by=cast.ana)
    with pytest.raises(NotAllowed):
        running.correct_minutes(micro, by=cast.leo, minutes=10)


def test_a_revised_plan_after_the_close_keeps_its_follow_up(micro, cast):
    closed(micro)
    follow_up = FollowUp.objects.get()
    plan = plans.plan_of(micro)
    plans.write(micro, by=cast.leo, version=plan.version, will="name the feeling")
    assert list(FollowUp.objects.active()) == [follow_up]
    assert ratings.rating_of(micro, by=cast.ana).submitted_at is not None


def test_a_start_is_not_taken_back_to_a_time_that_is_taken(micro, cast):
    following = cast.plan(at(300))
    running.start(following, by=cast.ana)
    cast.plan(at(300))
    with pytest.raises(WrongState):
        running.undo_finish(micro, by=cast.ana)


def test_a_session_that_was_forgotten_had_ended_before_the_next_start(micro, clock, cast):
    following = cast.plan(at(300))
    clock.move_to(at(300))
    running.end_overdue(at(300))
    running.start(following, by=cast.ana)
    with pytest.raises(WrongState):
        running.undo_finish(micro, by=cast.ana)
