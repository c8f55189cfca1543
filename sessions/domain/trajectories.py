"""How a behaviour went over the sessions of a pair: both levels, the gap, and its trend.

Ratings that came late stand in no trajectory. Levels of different behaviours are never added up.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import floor
from statistics import fmean, median
from typing import Protocol

from django.utils import timezone
from django.utils.formats import number_format
from django.utils.translation import gettext as _

from sessions.domain.times import day, day_and_year
from sessions.domain.visibility import Reveal

TRAJECTORY_SESSIONS = 12  # of each enrolment, at most: what a person can take in
CLEAR = 0.5  # levels


class Started(Protocol):
    @property
    def pk(self) -> int: ...
    @property
    def started_at(self) -> datetime: ...
    @property
    def rubric_id(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Point:
    """One session: levels 1-4 or None, gap in levels (own minus other) or None."""

    micro: int
    at: datetime
    own: int | None
    other: int | None
    gap: int | None


@dataclass(frozen=True, slots=True)
class Trajectory:
    """One behaviour, oldest session first."""

    behaviour: int
    name: str
    meets_level: int
    points: tuple[Point, ...]

    @property
    def gaps(self) -> tuple[int, ...]:
        """How far apart the two were, 0-3 levels, oldest first."""
        return tuple(abs(point.gap) for point in self.points if point.gap is not None)

    @property
    def seen(self) -> str:
        """What the other one saw, first and last, in words."""
        return _seen([(point.at, point.other) for point in self.points if point.other])

    @property
    def seen_by_oneself(self) -> str:
        """The same of the own levels."""
        return _seen([(point.at, point.own) for point in self.points if point.own])

    @property
    def trend(self) -> str:
        """The gap's trend in words; empty until two sessions can be compared."""
        return _trend(self.gaps)


def trajectories_of(micros: Sequence[Started], reveals: dict[int, Reveal]) -> list[Trajectory]:
    """Per behaviour that both or one rated at least once, in the order and the words of the newest rubric that they
    rated by: versions are published in turn. No queries."""
    held = sorted((micro for micro in micros if micro.pk in reveals), key=lambda micro: micro.started_at)
    found: dict[int, list[Point]] = {}
    names: dict[int, tuple[str, int]] = {}
    for micro in sorted(held, key=lambda each: (each.rubric_id, each.started_at), reverse=True):
        for line in reveals[micro.pk].in_rubric_order:
            names.setdefault(line.behaviour, (line.name, line.meets_level))
    for micro in held:
        reveal = reveals[micro.pk]
        for line in reveal.lines:
            own = None if reveal.own.late else line.own.level
            other = None if reveal.other.late else line.other.level
            if own or other:
                point = Point(micro.pk, micro.started_at, own, other, line.gap)
                found.setdefault(line.behaviour, []).append(point)
    return [Trajectory(pk, *names[pk], tuple(found[pk])) for pk in names if pk in found]


def _seen(levels: Sequence[tuple[datetime, int]]) -> str:
    """The first is named by its day: there may be sessions before those drawn."""
    if not levels:
        return ""
    (began, first), (_at, last) = levels[0], levels[-1]
    if len(levels) == 1:
        return _("Level %(level)s, seen once.") % {"level": first}
    words = {"first": first, "last": last, "day": _first_day(began)}
    if first == last:
        return _("Level %(first)s on %(day)s and last time.") % words
    return _("Level %(first)s on %(day)s, %(last)s last time.") % words


def _first_day(at: datetime) -> str:
    """With its year when that is another one."""
    return day(at) if timezone.localtime(at).year == timezone.localtime().year else day_and_year(at)


def _trend(gaps: Sequence[int]) -> str:
    """The mean gap of the earlier half against that of the later one; of an odd number the middle one is in neither.

    A change is more than CLEAR and moves the median, too: one odd session of six turns no sentence round. Empty below
    two.
    """
    half = len(gaps) // 2
    if not half:
        return ""
    early, late = gaps[:half], gaps[-half:]
    before, now = fmean(early), fmean(late)
    if not any(gaps):
        return _("You two saw the same, then and now.")
    if abs(now - before) <= CLEAR or median(early) == median(late):
        return _still(fmean(gaps))
    words = {"before": _levels(before), "now": _levels(now)}
    if not now:
        return _("%(before)s apart before, now the same.") % words
    if not before:
        return _("The same before, now %(now)s apart.") % words
    if now < before:
        return _("Closer than before: %(before)s apart, now %(now)s.") % words
    return _("Further apart than before: %(before)s, now %(now)s.") % words


def _still(mean: float) -> str:
    if mean <= CLEAR:
        return _("Mostly the same, then and now.")
    return _("Still %(now)s apart.") % {"now": _levels(mean)}


def _levels(mean: float) -> str:
    """ "1 level", "1.5 levels" """
    shown = floor(mean * 10 + 0.5) / 10
    number = number_format(shown, decimal_pos=0 if shown.is_integer() else 1)
    return _("%(n)s level") % {"n": number} if shown == 1 else _("%(n)s levels") % {"n": number}
