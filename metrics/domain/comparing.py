"""Before and after a decision: the figures of the identical group, side by side."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from metrics.domain.calls import direction
from metrics.domain.reading import Point, history_of
from metrics.domain.saying import CHANGES, ORDER, Period, Said, course_of, stands_still
from metrics.models import Release
from programs.models import Member


class State(StrEnum):
    WAITING = "waiting"
    """No block that began after the decision has been released yet."""
    REGROUPED = "regrouped"
    """The group is not published to this member under that grouping any more."""
    READY = "ready"


@dataclass(frozen=True, slots=True)
class Pair:
    """One measure before and after; `verdict`: a clear rise or fall, no clear change, or nothing to say of it."""

    before: Said
    after: Said
    verdict: str

    @property
    def label(self) -> str:
        return self.after.label

    @property
    def course(self) -> str:
        """ "40 % → 60 %", or "60 %, as before"."""
        return course_of([self.before, self.after])


@dataclass(frozen=True, slots=True)
class Comparison:
    """`main` is the measure that the decision was about; `others` are the rest, in the order of measures."""

    state: State
    before: Period | None = None
    after: Period | None = None
    main: Pair | None = None
    others: tuple[Pair, ...] = ()


def compare(identity: str, measure: str, *, made_on: date, member: Member) -> Comparison:
    """The last figures before the decision, and the newest of blocks that began on its day or later. Two queries."""
    newest = Release.objects.filter(block__organization=member.organization_id).order_by("-block__starts_on")
    last = newest.values_list("block__starts_on", flat=True).first()
    if last is None or last < made_on:
        return Comparison(State.WAITING)
    history = history_of(member, [identity], until=last).get(identity, {})
    return comparison(history, measure, made_on)


def comparison(history: Mapping[str, Sequence[Point]], measure: str, made_on: date) -> Comparison:
    """Of the figures of one group."""
    before = {
        name: _last(point for point in points if point.period.ends_on < made_on) for name, points in history.items()
    }
    after = {
        name: _last(point for point in points if point.period.starts_on >= made_on) for name, points in history.items()
    }
    old, new = before.get(measure), after.get(measure)
    if old is None or new is None:
        return Comparison(State.REGROUPED)
    pairs: dict[str, Pair] = {name: _pair(name, before.get(name), after.get(name)) for name in ORDER}
    others = tuple(pair for name, pair in pairs.items() if name != measure)
    return Comparison(State.READY, old.period, new.period, pairs[measure], others)


def _last(points: Iterable[Point]) -> Point | None:
    return max(points, key=lambda point: point.period.starts_on, default=None)


def _pair(measure: str, before: Point | None, after: Point | None) -> Pair:
    earlier, later = (point.said if point else Said(measure) for point in (before, after))
    return Pair(earlier, later, verdict(measure, earlier, later))


def verdict(measure: str, before: Said, after: Said) -> str:
    """Nothing beside a dash, nor where both are the same."""
    if not (before.is_shown and after.is_shown) or stands_still((before, after)):
        return ""
    return str(CHANGES[direction(measure, (before, after))])
