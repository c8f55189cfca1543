"""An administrator ends an enrolment, or gives it another coach, in the instant in which its coach plans."""

from uuid import uuid4

import pytest

from coachhub.errors import NotAllowed, WrongState
from programs.domain import enrolments
from programs.models import Enrolment
from sessions.domain import logging_held, notes, schedule, week_undo
from sessions.domain.week import accept, propose_week
from sessions.models import MicroSession
from tests.racing import raced
from tests.sessions.plan_steps import (
    DAY,
    HOUR,
    TUESDAY,
    content,
    on_tuesday,  # noqa: F401 (a fixture)
    plan,
)

pytestmark = pytest.mark.django_db(transaction=True)


def refused(cast, error, write):
    """The write has read everything and waits while the enrolment is ended; what is planned ahead afterwards."""
    step = {
        WrongState: lambda: enrolments.end(cast.enrolment, by=cast.ada),
        NotAllowed: lambda: enrolments.reassign(cast.enrolment, coach=cast.cole, by=cast.ada),
    }

    def second():
        with pytest.raises(error):
            write(Enrolment.objects.select_related("learner", "coach").get(pk=cast.enrolment.pk))

    raced(step[error], second)
    return MicroSession.objects.filter(enrolment=cast.enrolment, status__in=["planned", "closing"]).count()


@pytest.mark.parametrize("error", [WrongState, NotAllowed])
def test_nothing_is_planned_by_who_coaches_no_more(cast, error):
    monday = (TUESDAY - DAY).date()
    keys = [item.key for item in propose_week(cast.ana, monday).items]
    assert len(keys) == 1
    assert refused(cast, error, lambda ours: plan(cast, enrolment=ours)) == 0
    enrolled = Enrolment.objects.filter(pk=cast.enrolment.pk)
    enrolled.update(ended_on=None, coach=cast.ana)
    assert refused(cast, error, lambda _ours: accept(cast.ana, monday, keys)) == 0


def test_a_week_taken_back_in_the_instant_of_a_note_keeps_the_note(cast):
    monday = (TUESDAY - DAY).date()
    (micro,) = accept(cast.ana, monday, [item.key for item in propose_week(cast.ana, monday).items])

    def take_back():
        with pytest.raises(week_undo.NothingToTakeBack):
            week_undo.take_back(cast.ana, monday)

    raced(lambda: notes.write(micro, by=cast.ana, text="Ask about the parcel"), take_back)
    assert notes.read(micro, by=cast.ana) == "Ask about the parcel"


def test_nothing_is_logged_or_restored_in_an_enrolment_that_ends(cast):
    cancelled = schedule.cancel(plan(cast), by=cast.ana)
    enrolled = Enrolment.objects.filter(pk=cast.enrolment.pk)

    def log(ours):
        logging_held.log_held(
            ours, by=cast.ana, held_at=TUESDAY - HOUR, minutes=15, details=content(cast), form_key=uuid4()
        )

    for write in (lambda _ours: schedule.restore(cancelled, by=cast.ana), log):
        assert refused(cast, WrongState, write) == 0
        enrolled.update(ended_on=None)
