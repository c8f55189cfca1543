"""Ending an enrolment as if in a transaction of its own: a test is one transaction, which has one time."""

import datetime as dt
from contextlib import contextmanager

import pgtrigger
from django.apps import apps
from django.db.models import F
from django.utils import timezone

from programs.domain import enrolments
from programs.models import Enrolment

HISTORIES = ("programs.EnrolmentEvent", "coaching.MicroSessionEvent")


@contextmanager
def of_its_own(enrolment: Enrolment, *, minutes: int = 0):
    """What happens to it in there was so many minutes ago, and all that the history tells until then a year before."""
    _shift(dt.timedelta(days=-365))
    yield
    _shift(timezone.now() - dt.timedelta(minutes=minutes) - enrolment.events.latest("pgh_id").pgh_created_at)


def end(enrolment: Enrolment, *, by, minutes: int = 0) -> Enrolment:
    """It ended so many minutes ago."""
    with of_its_own(enrolment, minutes=minutes):
        return enrolments.end(enrolment, by=by)


def _shift(by: dt.timedelta) -> None:
    with pgtrigger.ignore(*(f"{name}:append_only" for name in HISTORIES)):
        for name in HISTORIES:
            apps.get_model(name).objects.update(pgh_created_at=F("pgh_created_at") + by)
