"""The time of a block: whole weeks from a Monday, in the organization's time zone."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from metrics.models import Block

WEEKS, LONG_WEEKS = 4, 8
QUARTER = (4, 4, 5)
FEW_LEARNERS = 60


@dataclass(frozen=True, slots=True)
class Span:
    """First and last day, both in it. `start` and `end` are the moments it begins and is over."""

    starts_on: date
    ends_on: date
    start: datetime
    end: datetime

    @classmethod
    def of(cls, block: "Block", zone: str) -> "Span":
        return cls(
            block.starts_on,
            block.ends_on,
            midnight(block.starts_on, zone),
            midnight(block.ends_on + timedelta(days=1), zone),
        )

    @property
    def four_weeks(self) -> float:
        """Its length in units of four weeks, so that blocks of 4, 5 and 8 weeks can be compared."""
        return ((self.ends_on - self.starts_on).days + 1) / 28


def midnight(day: date, zone: str) -> datetime:
    """The moment the day begins there."""
    return datetime.combine(day, time(), ZoneInfo(zone))


def monday_from(day: date) -> date:
    """The Monday on or after the day."""
    return day + timedelta(days=-day.weekday() % 7)


def weeks_for(learners: int) -> int:
    """Four weeks, or eight with fewer than 60 active learners at the block's start (PRIVACY.md rule 5)."""
    return LONG_WEEKS if learners < FEW_LEARNERS else WEEKS


def spans_from(
    first: date,
    until: date,
    learners_at: Callable[[date], int],
    *,
    quarters_from: date | None = None,
    done: int = 0,
) -> Iterator[tuple[date, date]]:
    """First and last days of the blocks one after another, the running one on the day `until` included.

    Blocks that begin on the day `quarters_from` or later last 4, 4 and 5 weeks in turn, however many people learn;
    `done` of them came before `first`.
    """
    while first <= until:
        if quarters_from and first >= quarters_from:
            weeks, done = QUARTER[done % len(QUARTER)], done + 1
        else:
            weeks = weeks_for(learners_at(first))
        last = first + timedelta(weeks=weeks, days=-1)
        yield first, last
        first = last + timedelta(days=1)
