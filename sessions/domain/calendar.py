"""A member's working time: which days, which hours, in which zone.

A working day is named by the local date on which its hours begin. Hours whose end is not after
their start run past midnight: 22:00-06:00 is a night shift, and 02:00 on Tuesday then belongs to
Monday's working day; 00:00-00:00 is the whole day.

Somebody without working days (none ticked, or a holiday container that holds every day) gets no
messages: searches raise `NoWorkingDay`. Deadlines still have to fall due for them, so
`end_of_nth_working_day_after` and `after_working_days` then count calendar days.
"""

from collections.abc import Container
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from holidays import country_holidays

MONDAY_TO_FRIDAY = frozenset(range(5))
NO_HOLIDAYS: Container[date] = frozenset()
SEARCH_DAYS = 366
ONE_DAY = timedelta(days=1)


class NoWorkingDay(ValueError):
    """Nobody works this calendar for a year from `start`."""

    def __init__(self, start: date) -> None:
        super().__init__(
            f"There is no working day in the {SEARCH_DAYS} days from {start.isoformat()}. "
            "Choose at least one working day."
        )
        self.start = start


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """Working days (Monday is 0) and naive wall times of one member.

    `holidays` needs nothing but `in`. `best_time` is the wall time at which the member likes to
    be asked; None leaves it to the rules. Instants given must be aware, those returned are UTC.
    Raises ValueError for a weekday outside 0-6.
    """

    timezone: ZoneInfo
    work_days: frozenset[int] = MONDAY_TO_FRIDAY
    work_start: time = time(9)
    work_end: time = time(17)
    holidays: Container[date] = NO_HOLIDAYS
    best_time: time | None = None

    def __post_init__(self) -> None:
        if not self.work_days <= frozenset(range(7)):
            raise ValueError("Working days are numbers from 0 (Monday) to 6 (Sunday).")

    def at(self, day: date, wall: time) -> datetime:
        """The instant of a wall time: in a spring gap the next valid minute, in a fold the first.

        Source: TRUST.md section 1, rule 6.
        """
        local = datetime.combine(day, wall.replace(fold=0), tzinfo=self.timezone)
        while _is_skipped(local):
            local = local.replace(second=0, microsecond=0) + timedelta(minutes=1)
        return local.astimezone(UTC)

    def local_date(self, instant: datetime) -> date:
        """The date on the member's wall calendar. Raises ValueError for a naive instant."""
        return self._local(instant).date()

    def hours(self, day: date) -> tuple[datetime, datetime]:
        """Start and end of the working hours that begin on `day`, whether or not it is worked."""
        last = day + ONE_DAY if self._runs_past_midnight else day
        return self.at(day, self.work_start), self.at(last, self.work_end)

    def is_working_day(self, day: date) -> bool:
        return day.weekday() in self.work_days and day not in self.holidays

    def working_date(self, instant: datetime) -> date:
        """The day an instant counts for: yesterday while its shift runs on, else the local date."""
        day = self.local_date(instant)
        if not self._runs_past_midnight:
            return day
        yesterday = day - ONE_DAY
        still_on = self.is_working_day(yesterday) and instant < self.hours(yesterday)[1]
        return yesterday if still_on else day

    def within_hours(self, instant: datetime) -> bool:
        """Whether the member works at that instant; the end of the hours is no longer within."""
        day = self.working_date(instant)
        opens, closes = self.hours(day)
        return self.is_working_day(day) and opens <= instant < closes

    def covers(self, start: datetime, end: datetime) -> bool:
        """Whether the member works from `start` to `end`, within the hours of one working day."""
        return self.within_hours(start) and end <= self.hours(self.working_date(start))[1]

    def working_day_on_or_after(self, day: date) -> date:
        """`day` itself when worked, else the next one. Raises NoWorkingDay."""
        for offset in range(SEARCH_DAYS):
            candidate = day + timedelta(days=offset)
            if self.is_working_day(candidate):
                return candidate
        raise NoWorkingDay(day)

    def next_working_day(self, day: date) -> date:
        """The first working day after `day`. Raises NoWorkingDay."""
        return self.working_day_on_or_after(day + ONE_DAY)

    def add_working_days(self, day: date, count: int) -> date:
        """The `count`-th working day after `day`; with 0, `day` or the next worked one.

        Raises NoWorkingDay, and ValueError for a negative count.
        """
        if count < 0:
            raise ValueError("Working days can only be added.")
        if count == 0:
            return self.working_day_on_or_after(day)
        for _ in range(count):
            day = self.next_working_day(day)
        return day

    def working_days_between(self, start: date, end: date) -> int:
        """Working days after `start` up to and including `end`; 0 when `end` is not later."""
        days = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
        return sum(self.is_working_day(day) for day in days)

    def after_working_days(self, instant: datetime, count: int) -> datetime:
        """The same wall time `count` working days later: "72 h" are 3 working days."""
        base = self.working_date(instant)
        local = self._local(instant)
        return self.at(self._deadline_day(base, count) + (local.date() - base), local.time())

    def end_of_nth_working_day_after(self, instant: datetime, count: int) -> datetime:
        """End of the hours of the `count`-th working day after the one `instant` counts for.

        With 2, and the later of end and logging, this is when a seal opens (DESIGN.md section 5.3).
        """
        return self.hours(self._deadline_day(self.working_date(instant), count))[1]

    @property
    def _runs_past_midnight(self) -> bool:
        return self.work_end <= self.work_start

    def _deadline_day(self, day: date, count: int) -> date:
        try:
            return self.add_working_days(day, count)
        except NoWorkingDay:
            return day + timedelta(days=count)

    def _local(self, instant: datetime) -> datetime:
        return in_utc(instant).astimezone(self.timezone)


def in_utc(instant: datetime) -> datetime:
    """The same instant in UTC. Raises ValueError for a naive one, whose zone is anybody's guess."""
    if instant.utcoffset() is None:
        raise ValueError("An instant needs a time zone.")
    return instant.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class RegionHolidays:
    """Public holidays of a country or one of its subdivisions, answered by `in`."""

    country: str
    subdivision: str | None = None

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and day in _dates(self.country, self.subdivision, day.year)


@lru_cache(maxsize=256)
def holiday_container(country: str, subdivision: str = "") -> Container[date]:
    """Public holidays by ISO 3166 codes ("DE", "BY", or "DE-BY" in one); an empty country has none.

    Raises ValueError, with a sentence for the person who typed it, for an unknown code.
    """
    head, _, tail = country.strip().partition("-")
    country, subdivision = head.upper(), subdivision.strip() or tail
    if not country:
        return NO_HOLIDAYS
    found = RegionHolidays(country, subdivision or None)
    try:
        _dates(found.country, found.subdivision, 2000)
    except NotImplementedError:
        place = f"{country}-{subdivision}" if subdivision else country
        raise ValueError(
            f'No holidays are known for "{place}". Use a country code such as DE and, '
            "if wanted, a code of one of its regions such as BY."
        ) from None
    return found


@lru_cache(maxsize=1024)
def _dates(country: str, subdivision: str | None, year: int) -> frozenset[date]:
    """Holidays of one year; frozen, since the library fills its own container while it is read."""
    return frozenset(country_holidays(country, subdiv=subdivision, years=year, expand=False))


def _is_skipped(local: datetime) -> bool:
    there_and_back = local.astimezone(UTC).astimezone(local.tzinfo)
    return there_and_back.replace(tzinfo=None) != local.replace(tzinfo=None)
