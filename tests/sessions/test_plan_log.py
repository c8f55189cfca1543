"""Logging a session that took place: it enters at "to finish", sealed, and the learner is asked."""

import datetime as dt
from uuid import uuid4

import pytest

from coachhub.errors import Invalid, NotAllowed, WrongState
from programs.models import Enrolment
from sessions.domain import logging_held, notes, running
from sessions.models import Message, MicroSession
from tests.sessions.plan_steps import (
    DAY,
    HOUR,
    THURSDAY_SLOT,
    TUESDAY,
    content,
    on_tuesday,  # noqa: F401 (a fixture)
    plan,
)


def log(cast, held_at=TUESDAY - HOUR, minutes=17, **fields) -> MicroSession:
    fields = {"by": cast.ana, "form_key": uuid4(), "details": content(cast)} | fields
    return logging_held.log_held(cast.enrolment, held_at=held_at, minutes=minutes, **fields)


def test_a_logged_session_is_to_finish_and_asks_the_learner_to_rate(cast):
    micro = log(cast, note="Went fast")
    assert (micro.status, micro.logged, micro.minutes_actual, micro.minutes_planned) == ("closing", True, 17, 15)
    assert (micro.started_at, micro.ended_at) == (TUESDAY - HOUR, TUESDAY - dt.timedelta(minutes=43))
    message = Message.objects.get()
    assert (message.kind, message.recipient, message.micro) == ("rate", cast.leo, micro)
    assert notes.read(micro, by=cast.ana) == "Went fast"


def test_the_seal_counts_from_logging_not_from_the_session(cast):
    micro = log(cast, held_at=TUESDAY - 5 * DAY)
    assert micro.opens_at == dt.datetime(2026, 1, 15, 16, 0, tzinfo=dt.UTC)  # Thursday 17:00 in Berlin


def test_minutes_are_recorded_truthfully(cast):
    assert (log(cast, minutes=1).minutes_actual, log(cast, TUESDAY - DAY, minutes=180).minutes_actual) == (1, 180)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"minutes": 0}, "minutes"),
        ({"minutes": 181, "held_at": TUESDAY - DAY}, "minutes"),
        ({"held_at": TUESDAY + HOUR}, "held_at"),
        ({"held_at": TUESDAY - dt.timedelta(minutes=5)}, "held_at"),
        ({"held_at": dt.datetime(2006, 1, 13, tzinfo=dt.UTC)}, "held_at"),
    ],
)
def test_times_that_cannot_be_are_refused_at_their_field(cast, fields, field):
    with pytest.raises(Invalid) as caught:
        log(cast, **fields)
    assert (caught.value.field, MicroSession.objects.count(), Message.objects.count()) == (field, 0, 0)


def test_the_same_form_twice_is_one_session(cast, clock):
    key = uuid4()
    first = log(cast, form_key=key)
    clock.shift(5)
    assert (log(cast, form_key=key), MicroSession.objects.count(), Message.objects.count()) == (first, 1, 1)


def test_another_form_under_the_same_key_is_refused(cast):
    key = uuid4()
    log(cast, form_key=key)
    with pytest.raises(WrongState):
        log(cast, form_key=key, minutes=20)


def test_the_same_session_logged_in_two_tabs_is_refused_the_second_time(cast):
    log(cast)
    with pytest.raises(Invalid, match="is recorded already") as caught:
        log(cast, TUESDAY - HOUR + dt.timedelta(minutes=10))
    assert (caught.value.field, MicroSession.objects.count()) == ("held_at", 1)


def test_only_the_coach_logs(cast):
    for outsider in (cast.leo, cast.cole, cast.ada, cast.olga):
        with pytest.raises(NotAllowed):
            log(cast, by=outsider)


def test_nothing_is_logged_in_an_ended_enrolment(cast):
    Enrolment.objects.filter(pk=cast.enrolment.pk).update(ended_on=TUESDAY.date())
    cast.enrolment.refresh_from_db()
    with pytest.raises(WrongState):
        log(cast)


# A planned session that was held without being started


def test_a_planned_session_took_place(cast, clock):
    micro = plan(cast)
    clock.move_to(THURSDAY_SLOT + HOUR)
    micro = logging_held.took_place(micro, by=cast.ana, held_at=THURSDAY_SLOT, minutes=12)
    assert (micro.status, micro.logged, micro.started_at, micro.minutes_actual) == ("closing", True, THURSDAY_SLOT, 12)
    logging_held.took_place(micro, by=cast.ana, held_at=THURSDAY_SLOT, minutes=12)
    assert list(Message.objects.order_by("pk").values_list("kind", flat=True)) == ["schedule", "rate"]


def test_a_session_that_is_not_over_did_not_take_place_yet(cast):
    with pytest.raises(Invalid, match="not over yet"):
        logging_held.took_place(plan(cast), by=cast.ana, held_at=THURSDAY_SLOT, minutes=15)


def test_a_running_session_is_not_logged(cast):
    micro = running.start(plan(cast), by=cast.ana)
    with pytest.raises(WrongState):
        logging_held.took_place(micro, by=cast.ana, held_at=TUESDAY - HOUR, minutes=15)


def test_nobody_else_says_that_it_took_place(cast):
    micro = plan(cast)
    for outsider in (cast.leo, cast.cole, cast.ada):
        with pytest.raises(NotAllowed):
            logging_held.took_place(micro, by=outsider, held_at=TUESDAY - HOUR, minutes=15)
