"""When the next session could be: the next usual slot that is free, else within the hours of both, from 10:00 on.

A usual slot was agreed on, so it counts as it is on days that both work, outside of their hours, too.
"""

from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby
from operator import attrgetter

from django.utils import timezone

from programs.domain.working_times import COLUMNS
from programs.models import Enrolment, Member, UsualSlot
from sessions.domain import slots, who_plans
from sessions.domain.busy import Busy
from sessions.domain.calendar import NoWorkingDay, WorkingCalendar
from sessions.domain.working_time import calendar_in, calendar_of
from sessions.models import MicroMove, MicroSession, Status

DAYS_AHEAD = 28
FALLBACK = time(10)
STEP = timedelta(minutes=30)
TRIES_A_DAY = 12  # where both work long enough: 10:00 to 15:30


@dataclass(frozen=True, slots=True)
class Proposed:
    """An instant in UTC, and whether it is a usual slot."""

    at: datetime
    usual: bool


def left_alone(enrolment: Enrolment, *, after: datetime) -> set[datetime]:
    """Times after that from which a session was moved away, or at which one was cancelled. One query."""
    moved = MicroMove.objects.filter(micro__enrolment=enrolment, moved_from__gt=after).values_list("moved_from")
    cancelled = MicroSession.objects.filter(
        enrolment=enrolment, status=Status.CANCELLED, scheduled_for__gt=after
    ).values_list("scheduled_for")
    return {at for (at,) in moved.order_by().union(cancelled.order_by()).order_by()}


def next_free(
    enrolment: Enrolment, *, by: Member, after: datetime, minutes: int, busy: Busy, left: Container[datetime] = ()
) -> Proposed:
    """The next time at which both are free: of usual slots the first, else one within the hours of both.

    Where they share none, one within the learner's. None of those in `left`: somebody did not want them.
    """

    def fits(at: datetime) -> bool:
        return (
            at > after
            and at not in left
            and both_work(enrolment, by, at)
            and may_plan(enrolment, by, at)
            and not busy.clash(at, minutes, learner=enrolment.learner)
        )

    if found := _first(_slots_ahead(enrolment, after), fits):
        return Proposed(found, usual=True)
    length = timedelta(minutes=minutes)
    for other in (calendar_of(by), None):
        if found := _first(_plain_times(calendar_of(enrolment.learner), other, after, length), fits):
            return Proposed(found, usual=False)
    return Proposed(_tomorrow(enrolment, after), usual=False)


def next_usual(enrolments: Iterable[int], *, by: Member, now: datetime) -> dict[int, datetime]:
    """By enrolment, the next usual slot on which both work, within four weeks; without an entry where there is none.

    The learners are of the organization of the member `by`. One query.
    """
    usual = UsualSlot.objects.filter(enrolment__in=enrolments).order_by("enrolment")
    columns = (f"enrolment__learner__{column}" for column in COLUMNS)
    rows = usual.values_list("enrolment", "weekday", "starts_at", "timezone", *columns, named=True)
    mine, found = calendar_of(by), {}
    for enrolment, group in groupby(rows, key=attrgetter("enrolment")):
        walls = list(group)
        theirs = calendar_in(by.organization, *walls[0][-len(COLUMNS) :])
        if at := next_on_which_both_work(walls, theirs, mine, now=now):
            found[enrolment] = at
    return found


def next_on_which_both_work(
    walls: Iterable[slots.Wall], theirs: WorkingCalendar, mine: WorkingCalendar, *, now: datetime
) -> datetime | None:
    """The first of the usual slots within four weeks that falls on a working day of both; None without."""
    coming = slots.instants(walls, first=timezone.localdate(now), days=DAYS_AHEAD)
    return next((at for at in coming if at > now and works(theirs, at) and works(mine, at)), None)


def both_work(enrolment: Enrolment, by: Member, at: datetime) -> bool:
    """Whether it is a working day of the learner and of the one who coaches, each in their own zone."""
    return not_working(enrolment, by, at) is None


def both_at_work(enrolment: Enrolment, by: Member, at: datetime, minutes: int) -> bool:
    """Whether the whole session lies within the hours of the learner and of the one who coaches."""
    end = at + timedelta(minutes=minutes)
    return all(calendar_of(each).covers(at, end) for each in (enrolment.learner, by))


def not_working(enrolment: Enrolment, by: Member, at: datetime) -> Member | None:
    """Who does not work on that day, the learner asked first."""
    return next((each for each in (enrolment.learner, by) if not works(calendar_of(each), at)), None)


def works(calendar: WorkingCalendar, at: datetime) -> bool:
    """Whether the working day to which the instant belongs is one."""
    return calendar.is_working_day(calendar.working_date(at))


def may_plan(enrolment: Enrolment, by: Member, at: datetime) -> bool:
    """The coach any day; a substitute on the days for which one is named."""
    return by.pk == enrolment.coach_id or who_plans.stands_in(by, enrolment, day_of(enrolment, at))


def day_of(enrolment: Enrolment, at: datetime) -> date:
    """The date of an instant where the learner is."""
    return calendar_of(enrolment.learner).local_date(at)


def _slots_ahead(enrolment: Enrolment, after: datetime) -> list[datetime]:
    first = after.date() - timedelta(days=1)  # a zone may be a day behind
    return slots.instants(enrolment.usual_slots.all(), first=first, days=DAYS_AHEAD + 2)


def _plain_times(
    learner: WorkingCalendar, other: WorkingCalendar | None, after: datetime, length: timedelta
) -> Iterator[datetime]:
    """On the learner's next working days, in half hours: from 10:00, or from when both work if that is no time of both.

    Without `other` the learner's hours alone count.
    """
    day = learner.working_date(after)
    try:
        for _n in range(DAYS_AHEAD):
            day = learner.next_working_day(day)
            fallback = learner.at(day, FALLBACK)
            for opens, closes in _shared_hours(learner, other, day):
                start = fallback if opens <= fallback <= closes - length else opens
                yield from (at for n in range(TRIES_A_DAY) if (at := start + n * STEP) <= closes - length)
    except NoWorkingDay:
        return


def _shared_hours(
    learner: WorkingCalendar, other: WorkingCalendar | None, day: date
) -> Iterator[tuple[datetime, datetime]]:
    """The parts of the learner's hours that begin on `day` in which the other one works: hours may pass midnight."""
    opens, closes = learner.hours(day)
    if other is None:
        yield opens, closes
        return
    first = other.local_date(opens) - timedelta(days=1)
    for theirs in (first + timedelta(days=n) for n in range(4)):
        start, end = other.hours(theirs)
        if other.is_working_day(theirs) and max(opens, start) < min(closes, end):
            yield max(opens, start), min(closes, end)


def _tomorrow(enrolment: Enrolment, after: datetime) -> datetime:
    calendar = calendar_of(enrolment.learner)
    return calendar.at(calendar.local_date(after) + timedelta(days=1), FALLBACK)


def _first(times: Iterable[datetime], fits: Callable[[datetime], bool]) -> datetime | None:
    return next((at for at in times if fits(at)), None)
