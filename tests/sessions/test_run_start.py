"""Starting and moving between phases; one session runs at a time."""

import datetime as dt
import threading

import pytest
from django.db import connection, transaction
from django.utils import timezone

from coachhub.errors import Invalid, NotAllowed, WrongState
from sessions.domain import replies, reveals, running
from sessions.models import Message, MicroSession, Phase, Status
from tests.sessions.run_steps import (
    MONDAY,
    at_once,
    complete,
    rate,
    reflect,
    stopped_clock,  # noqa: F401 (a fixture)
)


def at(minutes: float) -> dt.datetime:
    return MONDAY + dt.timedelta(minutes=minutes)


def test_a_start_begins_with_the_goal(clock, cast):
    micro = running.start(cast.plan(), by=cast.ana)
    assert (micro.status, micro.phase, micro.started_at, micro.phase_started_at) == (
        Status.RUNNING, Phase.GOAL, MONDAY, MONDAY,
    )  # fmt: skip


def test_a_second_start_of_the_same_session_changes_nothing(clock, cast):
    first = running.start(cast.plan(), by=cast.ana)
    clock.shift(60)
    again = running.start(first, by=cast.ana)
    assert (again.started_at, again.version) == (first.started_at, first.version)


def test_only_its_coach_starts_a_session(cast):
    micro = cast.plan()
    for member in (cast.leo, cast.cole, cast.mia, cast.ada, cast.olga):
        with pytest.raises(NotAllowed):
            running.start(micro, by=member)
    assert MicroSession.objects.get(pk=micro.pk).status == Status.PLANNED


@pytest.mark.parametrize("status", ["cancelled", "missed"])
def test_what_did_not_take_place_cannot_be_started(cast, status):
    micro = cast.plan(status=status, **{f"{status}_at": timezone.now()})
    with pytest.raises(WrongState):
        running.start(micro, by=cast.ana)


def test_a_held_session_cannot_be_started_again(cast):
    with pytest.raises(WrongState):
        running.start(cast.held(), by=cast.ana)


def test_the_next_start_ends_the_last_at_its_planned_length(clock, cast):
    first = running.start(cast.plan(), by=cast.ana)
    clock.move_to(at(22))
    second = running.start(cast.plan(MONDAY + dt.timedelta(hours=3)), by=cast.ana)
    first.refresh_from_db()
    assert (first.status, first.ended_at, first.minutes_actual, first.ended_by_itself) == (
        Status.CLOSING, at(15), 15, True,
    )  # fmt: skip
    assert second.status == Status.RUNNING
    assert Message.objects.filter(kind="rate").values_list("micro", flat=True).get() == first.pk


def test_a_session_ended_early_by_the_next_keeps_its_true_minutes(clock, cast):
    first = running.start(cast.plan(), by=cast.ana)
    clock.move_to(at(6))
    running.start(cast.plan(MONDAY + dt.timedelta(hours=3)), by=cast.ana)
    first.refresh_from_db()
    assert (first.ended_at, first.minutes_actual) == (at(6), 6)


def test_a_complete_session_closes_when_the_next_starts(clock, cast):
    first = running.start(cast.plan(), by=cast.ana)
    complete(first)
    rate(first, cast.ana, submit=True)
    clock.move_to(at(16))
    running.start(cast.plan(MONDAY + dt.timedelta(hours=3)), by=cast.ana)
    first.refresh_from_db()
    assert first.status == Status.CLOSED


def test_an_unfinished_rating_is_not_handed_in_by_the_next_start(clock, cast):
    first = complete(running.start(cast.plan(), by=cast.ana))
    clock.move_to(at(16))
    running.start(cast.plan(MONDAY + dt.timedelta(hours=3)), by=cast.ana)
    first.refresh_from_db()
    assert (first.status, first.ratings.get().submitted_at) == (Status.CLOSING, None)


def test_another_coachs_session_runs_on(cast):
    other = running.start(cast.plan(enrolment=cast.lia_enrolment), by=cast.cole)
    running.start(cast.plan(), by=cast.ana)
    other.refresh_from_db()
    assert other.status == Status.RUNNING


def test_talk_about_it_next_time_is_brought_to_the_start(cast):
    held = reveals.reveal_if_ready(cast.held(opens_at=timezone.now()))
    topic = replies.reply(reflect(held), by=cast.ana, kind="next_time")
    micro = running.start(cast.plan(), by=cast.ana)
    assert list(micro.topics.all()) == [topic]


def test_phases_go_anywhere_and_their_clock_goes_on(clock, cast):
    """Goal for 3 minutes, plan for 1, practice for 2: back in goal and in plan their clocks say 3 and 1, and run on."""
    micro = running.start(cast.plan(), by=cast.ana)
    passed = []
    for minute, phase in [(3, "plan"), (4, "practice"), (6, "goal"), (10, "plan"), (11, "goal")]:
        clock.move_to(at(minute))
        micro = running.go_to(micro, by=cast.ana, phase=phase)
        passed.append((micro.phase, at(minute) - micro.phase_started_at))
    assert passed == [
        (phase, dt.timedelta(minutes=n))
        for phase, n in [("plan", 0), ("practice", 0), ("goal", 3), ("plan", 1), ("goal", 7)]
    ]


def test_a_session_that_starts_anew_has_spent_no_time_in_any_phase(clock, cast):
    micro = cast.plan(phase_seconds={"plan": 60})
    micro = running.start(micro, by=cast.ana)
    clock.move_to(at(3))
    assert running.go_to(micro, by=cast.ana, phase="plan").phase_started_at == at(3)


def test_the_phase_that_is_shown_keeps_its_clock(clock, cast):
    micro = running.start(cast.plan(), by=cast.ana)
    clock.move_to(at(3))
    assert running.go_to(micro, by=cast.ana, phase="goal").phase_started_at == MONDAY


def test_there_are_four_phases(cast):
    micro = running.start(cast.plan(), by=cast.ana)
    with pytest.raises(Invalid) as error:
        running.go_to(micro, by=cast.ana, phase="warm-up")
    assert error.value.field == "phase"


def test_phases_belong_to_a_running_session_and_its_coach(cast):
    with pytest.raises(WrongState):
        running.go_to(cast.held(), by=cast.ana, phase="plan")
    with pytest.raises(NotAllowed):
        running.go_to(running.start(cast.plan(), by=cast.ana), by=cast.leo, phase="plan")


def test_the_goal_is_kept_in_the_learners_words(cast):
    micro = running.start(cast.plan(), by=cast.ana)
    assert running.write_goal(micro, by=cast.ana, text="  Stay calm when they shout. ").learner_goal == (
        "Stay calm when they shout."
    )


def test_the_same_goal_again_changes_nothing(cast):
    micro = running.write_goal(running.start(cast.plan(), by=cast.ana), by=cast.ana, text="Stay calm.")
    assert running.write_goal(micro, by=cast.ana, text="Stay calm.").version == micro.version


@pytest.mark.parametrize("text", ["x" * 601, "nul \x00"])
def test_a_goal_fits_its_field(cast, text):
    micro = running.start(cast.plan(), by=cast.ana)
    with pytest.raises(Invalid) as error:
        running.write_goal(micro, by=cast.ana, text=text)
    assert error.value.field == "learner_goal"


# -- two taps at once ---------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_of_two_sessions_started_at_once_one_runs_and_one_has_ended(cast):
    first, second = cast.plan(), cast.plan(timezone.now() + dt.timedelta(hours=5))
    results = at_once(lambda: running.start(first, by=cast.ana), lambda: running.start(second, by=cast.ana))
    assert [type(result) for result in results] == [MicroSession, MicroSession]
    assert sorted(MicroSession.objects.values_list("status", flat=True)) == [Status.CLOSING, Status.RUNNING]


@pytest.mark.django_db(transaction=True)
def test_the_same_session_started_twice_at_once_starts_once(cast):
    micro = cast.plan()
    results = at_once(*[lambda: running.start(micro, by=cast.ana)] * 2)
    assert [result.status for result in results] == [Status.RUNNING, Status.RUNNING]
    assert MicroSession.objects.get(pk=micro.pk).version == 2


@pytest.mark.django_db(transaction=True)
def test_two_finishes_at_once_ask_the_learner_once(cast):
    micro = running.start(cast.plan(), by=cast.ana)
    results = at_once(*[lambda: running.finish(micro, by=cast.ana)] * 2)
    assert [result.status for result in results] == [Status.CLOSING, Status.CLOSING]
    assert Message.objects.filter(micro=micro, kind="rate").count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_start_waits_for_a_start_that_has_not_been_committed(cast):
    first, second = cast.plan(), cast.plan(timezone.now() + dt.timedelta(hours=5))
    done = []
    with transaction.atomic():
        running.start(first, by=cast.ana)
        thread = threading.Thread(target=lambda: (done.append(running.start(second, by=cast.ana)), connection.close()))
        thread.start()
        thread.join(timeout=0.5)
        assert done == []
    thread.join(timeout=20)
    assert [micro.pk for micro in done] == [second.pk]
