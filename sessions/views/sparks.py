"""Small drawings of trajectories, and their tables: coordinates and texts, so that the template only draws."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from django.utils import timezone
from django.utils.translation import gettext as _

from sessions.domain.times import day, month
from sessions.domain.trajectories import Point, Trajectory
from sessions.views.addresses import by_pk

LEFT, RIGHT, TOP, ROW = 68, 8, 12, 18  # SVG units; level 4 is on top, the levels are named at the left
STEP, WIDEST = 34, 242  # from one session to the next, and from the first to the last: as wide as a phone shows whole
DOT = "h0"  # path data of a mark from its centre on: a point, drawn by a round stroke
SQUARE = "m-4-6h8q2 0 2 2v8q0 2-2 2h-8q-2 0-2-2v-8q0-2 2-2z"  # 12 wide, its corners rounded


class Spot(NamedTuple):
    x: int
    y: int


class Row(NamedTuple):
    """One session in the table: its page, its day, the two levels."""

    url: str
    day: str
    own: str
    other: str


@dataclass(frozen=True, slots=True)
class Spark:
    """Own levels as dots, the other's as squares; the line at `meets` is the level that meets the standard."""

    trajectory: Trajectory
    seen: str
    width: int
    height: int
    own: tuple[Spot, ...]
    other: tuple[Spot, ...]
    meets: int
    ends: tuple[str, ...]
    rows: tuple[Row, ...]

    @property
    def own_line(self) -> str:
        return _line(self.own)

    @property
    def other_line(self) -> str:
        return _line(self.other)

    @property
    def dots(self) -> str:
        return _marks(self.own, DOT)

    @property
    def squares(self) -> str:
        return _marks(self.other, SQUARE)


def sparks_of(trajectories: Sequence[Trajectory], *, coach: str = "") -> list[Spark]:
    """For the learner, with the coach's name; without it for the coach. What the coach saw is told in words.

    Sessions from left to right at even steps; one that a side did not see leaves no mark.
    """
    started = {point.micro: point.at for trajectory in trajectories for point in trajectory.points}
    url = by_pk("learn:micro-show" if coach else "coach:micro-show")
    links = {pk: (url(pk), day(at)) for pk, at in started.items()}
    return [_spark(trajectory, _seen(trajectory, coach), links) for trajectory in trajectories]


def _seen(trajectory: Trajectory, coach: str) -> str:
    if coach:
        return _("Seen by %(name)s: %(seen)s") % {"name": coach, "seen": trajectory.seen} if trajectory.seen else ""
    seen = trajectory.seen_by_oneself
    return _("Seen by you: %(seen)s") % {"seen": seen} if seen else ""


def _spark(trajectory: Trajectory, seen: str, links: Mapping[int, tuple[str, str]]) -> Spark:
    points = trajectory.points
    step = min(STEP, WIDEST // max(1, len(points) - 1))
    return Spark(
        trajectory=trajectory,
        seen=seen,
        width=LEFT + RIGHT + step * (len(points) - 1),
        height=2 * TOP + 3 * ROW,
        own=tuple(Spot(LEFT + step * i, _y(point.own)) for i, point in enumerate(points) if point.own),
        other=tuple(Spot(LEFT + step * i, _y(point.other)) for i, point in enumerate(points) if point.other),
        meets=_y(trajectory.meets_level),
        ends=_ends(points),
        rows=tuple(Row(*links[point.micro], _level(point.own), _level(point.other)) for point in points),
    )


def _ends(points: Sequence[Point]) -> tuple[str, ...]:
    """From when to when, in months when a year has passed; one end for one session."""
    first, last = points[0].at, points[-1].at
    if timezone.localtime(first).year != timezone.localtime(last).year:
        return month(first), month(last)
    return (day(first), day(last)) if len(points) > 1 else (day(first),)


def _line(spots: Iterable[Spot]) -> str:
    return " ".join([f"{x},{y}" for x, y in spots])


def _marks(spots: Iterable[Spot], shape: str) -> str:
    return "".join([f"M{x} {y}{shape}" for x, y in spots])


def _level(level: int | None) -> str:
    return str(level or "–")


def _y(level: int) -> int:
    return TOP + (4 - level) * ROW
