"""Times to which a session is moved with one tap; each can be had: both are free and at work, or usually meet then."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from programs.models import Member
from sessions.domain import free_time, slots
from sessions.domain.busy import Busy
from sessions.domain.times import clock, day_and_time
from sessions.domain.working_time import calendar_of
from sessions.models import MicroSession

HALF_HOUR = timedelta(minutes=30)
LATER = timedelta(hours=2)
AHEAD = timedelta(days=28)


@dataclass(frozen=True, slots=True)
class Preset:
    label: str
    at: datetime


def move_times(micro: MicroSession, *, by: Member) -> list[Preset]:
    """+30 min, later that day, same time on the next working day, next usual slot; those that are possible.

    What is nearest to a time that the learner would like to leave comes last.
    """
    now = timezone.now()
    busy = Busy.of(by, [micro.learner_id], first=now, last=max(now, micro.scheduled_for) + AHEAD)

    def fits(at: datetime, usual: bool) -> bool:
        free = not busy.clash(at, micro.minutes_planned, learner=micro.learner, but=micro.pk)
        return at > now and free and _is_worked(micro, by, at, usual=usual)

    nearest, *others = _wishes(micro, now)
    found: dict[datetime, Preset] = {}
    for label, times, usual in [*others, nearest] if micro.move_asked_at else [nearest, *others]:
        at = next((each for each in times if fits(each, usual)), None)
        if at and at != micro.scheduled_for and at not in found:
            found[at] = Preset(label % {"clock": clock(at), "day": day_and_time(at)}, at)
    return list(found.values())


def _is_worked(micro: MicroSession, by: Member, at: datetime, *, usual: bool) -> bool:
    """By both, the whole session long; a usual slot counts as it is."""
    if usual:
        return free_time.both_work(micro.enrolment, by, at)
    return free_time.both_at_work(micro.enrolment, by, at, micro.minutes_planned)


def _wishes(micro: MicroSession, now: datetime) -> Iterator[tuple[str, Iterator[datetime], bool]]:
    """A label, the times that would do for it, best first, and whether they are usual slots."""
    calendar = calendar_of(micro.learner)
    base = max(micro.scheduled_for, _next_five(now))
    day = calendar.local_date(base)
    wall = micro.scheduled_for.astimezone(calendar.timezone).time()
    is_today = day == calendar.local_date(now)
    closes = calendar.hours(calendar.working_date(base))[1]
    later = _("Later today · %(clock)s") if is_today else _("Later that day · %(clock)s")
    yield _("+30 min · %(clock)s"), iter([base + HALF_HOUR]), False
    yield later, _until(_half_hour(base + LATER), closes - timedelta(minutes=micro.minutes_planned)), False
    yield _("Same time · %(day)s"), (calendar.at(day + timedelta(days=n), wall) for n in range(1, 8)), False
    coming = slots.instants(micro.enrolment.usual_slots.all(), first=day, days=AHEAD.days)
    yield _("Next usual slot · %(day)s"), (at for at in coming if at > micro.scheduled_for), True


def _until(start: datetime, last: datetime) -> Iterator[datetime]:
    while start <= last:
        yield start
        start += HALF_HOUR


def _half_hour(at: datetime) -> datetime:
    """The next full or half hour."""
    return at + timedelta(minutes=-at.minute % 30, seconds=-at.second, microseconds=-at.microsecond)


def _next_five(at: datetime) -> datetime:
    plain = at.replace(second=0, microsecond=0)
    return plain + timedelta(minutes=5 - plain.minute % 5)
