"""Usual slots as instants, and how the coach sets them."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from coachhub.errors import Invalid
from programs.models import Enrolment, Member, UsualSlot
from sessions.domain import who_plans
from sessions.domain.calendar import WorkingCalendar

MOST_SLOTS = 5  # of one enrolment


class Wall(Protocol):
    """A usual slot, or its row of a query: a wall time of every week in a zone of its own. Monday is 0."""

    weekday: int
    starts_at: time
    timezone: str


def instants(slots: Iterable[Wall], *, first: date, days: int) -> list[datetime]:
    """When every slot is from the day `first` on, for that many days of its own zone; in UTC, in order of time.

    A clock change moves a skipped time to the next valid minute.
    """
    found: list[datetime] = []
    for slot in slots:
        calendar = WorkingCalendar(ZoneInfo(slot.timezone))
        ahead = (slot.weekday - first.weekday()) % 7
        found += [calendar.at(first + timedelta(days=n), slot.starts_at) for n in range(ahead, days, 7)]
    return sorted(found)


@transaction.atomic
def add(enrolment: Enrolment, *, by: Member, weekday: int, starts_at: time) -> UsualSlot:
    """A usual slot in the learner's zone; the same again changes nothing.

    `weekday` counts from 0, Monday. Raises NotAllowed, WrongState once the enrolment has ended, Invalid for more
    than MOST_SLOTS, and where this wall time is set in the zone in which the learner was before.
    """
    who_plans.check_coaches_now(by, enrolment)
    if weekday not in range(7):
        raise Invalid(_("Choose a day of the week."), field="weekday")
    Enrolment.objects.select_for_update().get(pk=enrolment.pk)
    wall = starts_at.replace(second=0, microsecond=0)
    slots = {(slot.weekday, slot.starts_at): slot for slot in UsualSlot.objects.filter(enrolment=enrolment)}
    zone = enrolment.learner.timezone
    if same := slots.get((weekday, wall)):
        if same.timezone != zone:
            words = {"time": f"{wall:%H:%M}", "zone": same.timezone}
            raise Invalid(_("%(time)s is set in the zone %(zone)s. Remove it first.") % words, field="starts_at")
        return same
    if len(slots) >= MOST_SLOTS:
        raise Invalid(_("An enrolment takes at most %(most)s usual slots.") % {"most": MOST_SLOTS}, field="weekday")
    return UsualSlot.objects.create(enrolment=enrolment, weekday=weekday, starts_at=wall, timezone=zone)


@transaction.atomic
def remove(slot: UsualSlot, *, by: Member) -> None:
    """Take a usual slot away; what is planned stays. Raises NotAllowed, WrongState once the enrolment has ended."""
    who_plans.check_coaches_now(by, slot.enrolment)
    UsualSlot.objects.filter(pk=slot.pk).delete()
