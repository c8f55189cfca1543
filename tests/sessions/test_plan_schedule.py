"""Moving, cancelling, missed, and taking it back; a learner asks to move."""

import datetime as dt

import pytest

from coachhub.errors import Invalid, NotAllowed, WrongState
from programs.models import Enrolment
from sessions.domain import planning, running, schedule
from sessions.models import Message, MicroMove, MicroSession
from tests.sessions.plan_steps import (
    DAY,
    HOUR,
    THURSDAY_SLOT,
    TUESDAY,
    content,
    on_tuesday,  # noqa: F401 (a fixture)
    plan,
)

FRIDAY = THURSDAY_SLOT + DAY


def move(micro, cast, to=FRIDAY, reason="queue", **fields):
    return schedule.move(micro, by=fields.pop("by", cast.ana), to=to, reason=reason, **fields)


def messages() -> list[int]:
    return list(Message.objects.order_by("sequence").values_list("sequence", flat=True))


def test_a_move_keeps_its_reason_and_tells_the_learner_with_a_later_sequence(cast):
    micro = move(plan(cast), cast)
    row = MicroMove.objects.get()
    assert (micro.scheduled_for, micro.schedule_sequence, messages()) == (FRIDAY, 1, [0, 1])
    assert (row.moved_from, row.moved_to, row.reason, row.moved_by) == (THURSDAY_SLOT, FRIDAY, "queue", cast.ana)


def test_the_same_move_sent_twice_is_one(cast):
    micro = plan(cast)
    move(micro, cast, sequence=0)
    assert move(micro, cast, sequence=0).schedule_sequence == 1
    assert (MicroMove.objects.count(), messages()) == (1, [0, 1])


def test_a_move_from_an_older_page_is_refused(cast):
    micro = plan(cast)
    move(micro, cast, sequence=0)
    with pytest.raises(WrongState, match="was moved since you opened the page"):
        move(micro, cast, to=FRIDAY + DAY, sequence=0)
    assert MicroSession.objects.get().scheduled_for == FRIDAY


@pytest.mark.parametrize(
    ("to", "reason", "field"),
    [
        (TUESDAY - HOUR, "queue", "to"),
        (TUESDAY + 500 * DAY, "queue", "to"),
        (THURSDAY_SLOT, "queue", "to"),
        (FRIDAY, "boredom", "reason"),
    ],
)
def test_a_move_that_makes_no_sense_names_its_field(cast, to, reason, field):
    micro = plan(cast)
    with pytest.raises(Invalid) as caught:
        move(micro, cast, to=to, reason=reason)
    assert (caught.value.field, MicroMove.objects.count(), messages()) == (field, 0, [0])


def test_a_move_onto_another_session_of_the_learner_is_refused(cast):
    plan(cast, FRIDAY)
    micro = plan(cast)
    with pytest.raises(Invalid, match="Another session is planned at this time") as caught:
        move(micro, cast)
    assert (caught.value.field, MicroMove.objects.count()) == ("to", 0)


def test_a_move_answers_the_learners_wish(cast):
    micro = plan(cast)
    schedule.ask_to_move(micro, by=cast.leo, note="Dentist")
    assert move(micro, cast).move_asked_at is None


def test_only_planned_sessions_move(cast):
    micro = running.start(plan(cast), by=cast.ana)
    with pytest.raises(WrongState):
        move(micro, cast)


@pytest.mark.parametrize("who", ["leo", "cole", "ada", "mia", "olga"])
def test_nobody_but_the_coach_changes_the_schedule(cast, who):
    micro, outsider = plan(cast), getattr(cast, who)
    changes = (
        lambda: move(micro, cast, by=outsider),
        lambda: schedule.cancel(micro, by=outsider),
        lambda: schedule.mark_missed(micro, by=outsider),
        lambda: schedule.restore(micro, by=outsider),
        lambda: schedule.keep_time(micro, by=outsider),
        lambda: schedule.take_back_move(micro, by=outsider, sequence=0),
    )
    for change in changes:
        with pytest.raises(NotAllowed):
            change()
    assert (MicroSession.objects.get().status, messages()) == ("planned", [0])


# Taking a move back


def test_a_move_taken_back_leaves_no_reason_behind(cast):
    micro = move(plan(cast), cast)
    micro = schedule.take_back_move(micro, by=cast.ana, sequence=1)
    assert (micro.scheduled_for, micro.schedule_sequence) == (THURSDAY_SLOT, 2)
    assert (MicroMove.objects.count(), messages()) == (0, [0, 1, 2])


def test_a_move_taken_back_brings_the_wish_back_that_it_answered(cast, clock):
    micro = schedule.ask_to_move(plan(cast), by=cast.leo, note="Dentist")
    clock.shift(HOUR)
    micro = schedule.take_back_move(move(micro, cast), by=cast.ana, sequence=1)
    assert (micro.move_asked_at, micro.move_asked_note) == (TUESDAY, "Dentist")


def edited(micro, cast):
    return planning.edit(micro, by=cast.ana, details=content(cast, minutes_planned=20), version=micro.version)


BETWEEN = {
    "nothing": lambda micro, cast: micro,
    "longer": edited,
    "cancelled and restored": lambda micro, cast: schedule.restore(schedule.cancel(micro, by=cast.ana), by=cast.ana),
    "moved on and back": lambda micro, cast: schedule.take_back_move(
        move(micro, cast, to=FRIDAY + HOUR), by=cast.ana, sequence=2
    ),
}


@pytest.mark.parametrize("between", BETWEEN.values(), ids=BETWEEN)
def test_a_move_taken_back_brings_the_wish_back_whatever_was_between(cast, between):
    micro = between(move(schedule.ask_to_move(plan(cast), by=cast.leo, note="Dentist"), cast), cast)
    assert (micro.move_asked_at, micro.move_asked_note) == (None, "")
    micro = schedule.take_back_move(micro, by=cast.ana, sequence=micro.schedule_sequence)
    assert (micro.scheduled_for, micro.move_asked_at, micro.move_asked_note) == (THURSDAY_SLOT, TUESDAY, "Dentist")


@pytest.mark.parametrize(("ends", "who"), [(schedule.keep_time, "ana"), (schedule.take_back_wish, "leo")])
def test_a_move_taken_back_brings_no_wish_back_after_a_newer_one_has_ended(cast, ends, who):
    micro = move(schedule.ask_to_move(plan(cast), by=cast.leo, note="Dentist"), cast)
    schedule.ask_to_move(micro, by=cast.leo, note="Bus")
    micro = schedule.take_back_move(ends(micro, by=getattr(cast, who)), by=cast.ana, sequence=1)
    assert (micro.scheduled_for, micro.move_asked_at, micro.move_asked_note) == (THURSDAY_SLOT, None, "")


def test_a_move_taken_back_leaves_a_newer_wish_and_brings_no_older_one(cast, clock):
    micro = schedule.ask_to_move(plan(cast), by=cast.leo, note="Dentist")
    micro = move(move(micro, cast), cast, to=FRIDAY + HOUR)  # the first one answered it
    micro = schedule.take_back_move(micro, by=cast.ana, sequence=2)
    assert micro.move_asked_at is None
    micro = move(micro, cast, to=FRIDAY + 2 * HOUR)
    clock.shift(dt.timedelta(minutes=1))
    schedule.ask_to_move(micro, by=cast.leo, note="Bus")
    micro = schedule.take_back_move(micro, by=cast.ana, sequence=4)
    assert (micro.move_asked_at, micro.move_asked_note) == (TUESDAY + dt.timedelta(minutes=1), "Bus")


def test_taking_a_move_back_twice_is_refused(cast):
    micro = move(move(plan(cast), cast), cast, to=FRIDAY + HOUR)
    schedule.take_back_move(micro, by=cast.ana, sequence=2)
    with pytest.raises(WrongState, match="can no longer be taken back"):
        schedule.take_back_move(micro, by=cast.ana, sequence=2)
    assert MicroSession.objects.get().scheduled_for == FRIDAY


def test_a_move_can_be_taken_back_for_ten_minutes(cast, clock):
    micro = move(plan(cast), cast)
    clock.move_to(TUESDAY + dt.timedelta(minutes=11))
    assert schedule.undo_of(micro) is None
    with pytest.raises(WrongState):
        schedule.take_back_move(micro, by=cast.ana, sequence=1)


# Cancelled and missed


def test_a_cancelled_session_tells_the_learner_once(cast):
    micro = schedule.cancel(plan(cast), by=cast.ana, note=" Ill today ")
    assert (micro.status, micro.cancelled_at, micro.cancel_note) == ("cancelled", TUESDAY, "Ill today")
    schedule.cancel(micro, by=cast.ana)
    assert messages() == [0, 1]


def test_a_cancel_note_of_a_hundred_thousand_characters_is_refused(cast):
    with pytest.raises(Invalid) as caught:
        schedule.cancel(plan(cast), by=cast.ana, note="x" * 100_000)
    assert (caught.value.field, MicroSession.objects.get().status) == ("cancel_note", "planned")


def test_a_started_session_is_not_cancelled(cast):
    with pytest.raises(WrongState):
        schedule.cancel(running.start(plan(cast), by=cast.ana), by=cast.ana)


def test_missed_only_once_its_time_has_come(cast, clock):
    micro = plan(cast)
    with pytest.raises(WrongState, match="Its time has not come yet"):
        schedule.mark_missed(micro, by=cast.ana)
    clock.move_to(THURSDAY_SLOT)
    assert schedule.mark_missed(micro, by=cast.ana).status == "missed"
    assert schedule.mark_missed(micro, by=cast.ana).missed_at == THURSDAY_SLOT
    assert messages() == [0]


def test_a_cancelled_session_comes_back_until_its_time(cast, clock):
    micro = schedule.cancel(plan(cast), by=cast.ana, note="Ill")
    clock.move_to(THURSDAY_SLOT - HOUR)
    micro = schedule.restore(micro, by=cast.ana)
    assert (micro.status, micro.cancelled_at, micro.cancel_note) == ("planned", None, "")
    assert (micro.schedule_sequence, messages()) == (2, [0, 1, 2])


def test_a_cancelled_session_whose_time_has_passed_comes_back_for_ten_minutes(cast, clock):
    micro = plan(cast)
    clock.move_to(THURSDAY_SLOT + HOUR)
    micro = schedule.cancel(micro, by=cast.ana)
    assert schedule.undo_of(micro).until == THURSDAY_SLOT + HOUR + dt.timedelta(minutes=10)
    clock.move_to(THURSDAY_SLOT + HOUR + dt.timedelta(minutes=10))
    with pytest.raises(WrongState, match="can no longer be taken back"):
        schedule.restore(micro, by=cast.ana)


def test_missed_is_taken_back_within_ten_minutes_without_a_message(cast, clock):
    micro = plan(cast)
    clock.move_to(THURSDAY_SLOT)
    micro = schedule.restore(schedule.mark_missed(micro, by=cast.ana), by=cast.ana)
    assert (micro.status, micro.missed_at, messages()) == ("planned", None, [0])


def test_restoring_twice_changes_nothing(cast):
    micro = schedule.restore(schedule.cancel(plan(cast), by=cast.ana), by=cast.ana)
    assert schedule.restore(micro, by=cast.ana).schedule_sequence == 2


def test_restoring_after_a_move_does_not_take_back_the_move(cast):
    micro = schedule.cancel(move(plan(cast), cast), by=cast.ana)
    schedule.restore(micro, by=cast.ana)
    schedule.restore(micro, by=cast.ana)
    assert MicroSession.objects.get().scheduled_for == FRIDAY


def test_a_cancelled_session_does_not_come_back_onto_another(cast):
    micro = schedule.cancel(plan(cast), by=cast.ana)
    plan(cast)
    with pytest.raises(Invalid, match="Another session is planned at this time"):
        schedule.restore(micro, by=cast.ana)


def test_nothing_comes_back_in_an_ended_enrolment(cast):
    micro = schedule.cancel(plan(cast), by=cast.ana)
    Enrolment.objects.filter(pk=cast.enrolment.pk).update(ended_on=TUESDAY.date())
    with pytest.raises(WrongState, match="has ended"):
        schedule.restore(micro, by=cast.ana)


# Asking to move


def test_a_learner_asks_to_move_and_the_coach_keeps_the_time(cast):
    micro = schedule.ask_to_move(plan(cast), by=cast.leo, note="Dentist at two")
    assert (micro.move_asked_at, micro.move_asked_note) == (TUESDAY, "Dentist at two")
    micro = schedule.keep_time(micro, by=cast.ana)
    assert (micro.move_asked_at, micro.move_asked_note, micro.scheduled_for) == (None, "", THURSDAY_SLOT)


def told_of_kept_times(cast):
    return list(Message.objects.filter(kind="kept", recipient=cast.leo).values_list("sequence", flat=True))


def test_the_learner_is_told_once_that_the_time_is_kept(cast):
    micro = plan(cast)
    schedule.keep_time(micro, by=cast.ana)  # nobody asked
    assert told_of_kept_times(cast) == []
    schedule.ask_to_move(micro, by=cast.leo)
    for _again in range(2):
        schedule.keep_time(micro, by=cast.ana)
    assert told_of_kept_times(cast) == [1]
    schedule.ask_to_move(micro, by=cast.leo)
    schedule.keep_time(micro, by=cast.ana)
    assert sorted(told_of_kept_times(cast)) == [1, 2]


@pytest.mark.parametrize(
    "grant",
    [
        lambda micro, by: schedule.move(micro, by=by, to=THURSDAY_SLOT + DAY, reason="clash"),
        lambda micro, by: schedule.cancel(micro, by=by),
    ],
)
def test_a_wish_that_is_granted_is_told_as_a_change(cast, grant):
    micro = schedule.ask_to_move(plan(cast), by=cast.leo)
    grant(micro, cast.ana)
    told = Message.objects.filter(recipient=cast.leo, micro=micro).values_list("kind", "sequence")
    assert sorted(told) == [("schedule", 0), ("schedule", 1)]


def test_a_learner_keeps_the_time_after_all_and_may_ask_again(cast):
    micro = schedule.ask_to_move(plan(cast), by=cast.leo, note="Dentist")
    for _again in range(2):
        micro = schedule.take_back_wish(micro, by=cast.leo)
        assert (micro.move_asked_at, micro.move_asked_note) == (None, "")
    assert (told_of_kept_times(cast), messages()) == ([], [0])
    assert schedule.ask_to_move(micro, by=cast.leo).move_asked_at == TUESDAY


def test_asking_again_replaces_the_note(cast):
    micro = plan(cast)
    schedule.ask_to_move(micro, by=cast.leo, note="One")
    assert schedule.ask_to_move(micro, by=cast.leo, note="Two").move_asked_note == "Two"


WISH = pytest.mark.parametrize("change", [schedule.ask_to_move, schedule.take_back_wish])


@WISH
@pytest.mark.parametrize("who", ["ana", "lia", "cole", "ada", "olga"])
def test_nobody_but_the_learner_asks_to_move(cast, who, change):
    with pytest.raises(NotAllowed):
        change(plan(cast), by=getattr(cast, who))


@WISH
def test_asking_is_too_late_once_its_time_has_come(cast, clock, change):
    micro = plan(cast)
    clock.move_to(THURSDAY_SLOT)
    with pytest.raises(WrongState, match="Its time has come"):
        change(micro, by=cast.leo)


def test_a_note_of_a_hundred_thousand_characters_is_refused(cast):
    with pytest.raises(Invalid) as caught:
        schedule.ask_to_move(plan(cast), by=cast.leo, note="x" * 100_000)
    assert caught.value.field == "move_asked_note"
