"""Small drawings of a trajectory: coordinates for an SVG, so that the template only draws."""

from dataclasses import dataclass
from datetime import datetime

from sessions.domain.trajectories import Trajectory

STEP, EDGE, TOP, ROW = 34, 14, 12, 18  # SVG units; level 4 is on top


@dataclass(frozen=True, slots=True)
class Spot:
    x: int
    y: int

    @property
    def corner(self) -> tuple[int, int]:
        """Upper left corner of a square of 12 around it."""
        return self.x - 6, self.y - 6


@dataclass(frozen=True, slots=True)
class Spark:
    """Own levels as dots, the other's as squares; the line at `meets` is the level that meets the standard."""

    trajectory: Trajectory
    width: int
    height: int
    own: tuple[Spot, ...]
    other: tuple[Spot, ...]
    meets: int

    @property
    def last_at(self) -> datetime:
        return self.trajectory.points[-1].at

    @property
    def own_line(self) -> str:
        return " ".join(f"{spot.x},{spot.y}" for spot in self.own)

    @property
    def other_line(self) -> str:
        return " ".join(f"{spot.x},{spot.y}" for spot in self.other)


def spark_of(trajectory: Trajectory) -> Spark:
    """Sessions from left to right at even steps; one that a side did not see leaves no mark."""
    points = trajectory.points
    return Spark(
        trajectory=trajectory,
        width=2 * EDGE + STEP * (len(points) - 1),
        height=2 * TOP + 3 * ROW,
        own=tuple(Spot(EDGE + STEP * i, _y(point.own)) for i, point in enumerate(points) if point.own),
        other=tuple(Spot(EDGE + STEP * i, _y(point.other)) for i, point in enumerate(points) if point.other),
        meets=_y(trajectory.meets_level),
    )


def _y(level: int) -> int:
    return TOP + (4 - level) * ROW
