"""A trend of one figure: the same group over the releases, as coordinates for an SVG that a template only draws."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext as _

from metrics.domain.calls import direction, unbroken
from metrics.domain.coarse import SCALES
from metrics.domain.reading import Point
from metrics.domain.saying import Period, Said, course_of, stands_still
from metrics.models import Measure

RANGES = {Measure.LEVEL: (Decimal(1), Decimal(4)), Measure.SESSIONS: (Decimal(0), Decimal(6))}
SHARE = (Decimal(0), Decimal(1))
LONGEST = 8
EDGE, BELOW = 12, 22


@dataclass(frozen=True, slots=True)
class Dot:
    x: int
    y: int
    text: str
    is_last: bool


@dataclass(frozen=True, slots=True)
class Trend:
    """`lines`: polylines; a dash or another grouping breaks them. `cells`: one figure per period, oldest first."""

    measure: str
    width: int
    height: int
    lines: tuple[str, ...]
    dots: tuple[Dot, ...]
    cells: tuple[Said, ...]
    summary: str
    periods: tuple[Period, ...]

    @property
    def by_period(self) -> tuple[tuple[Said, Period], ...]:
        """For the table beside the drawing."""
        return tuple(zip(self.cells, self.periods, strict=True))

    @property
    def label(self) -> str:
        return str(Measure(self.measure).label)

    @property
    def meaning(self) -> str:
        return self.last.meaning

    @property
    def last(self) -> Said:
        return self.cells[-1]

    @property
    def is_drawn(self) -> bool:
        """Whether there is anything to see: the same word in every block is said better by the word."""
        shown = [said for said in self.cells if said.is_shown]
        return bool(shown) and not (shown[0].is_word and {said.text for said in shown} == {shown[0].text})

    @property
    def stands_still(self) -> bool:
        """Whether the last figures are all shown as the same."""
        return stands_still(unbroken(self.cells))

    @property
    def baseline(self) -> int:
        """Where the labels of the dots stand."""
        return self.height - 6


def trend_of(measure: str, points: Sequence[Point], periods: Sequence[Period], *, width: int, height: int) -> Trend:
    """`periods` newest first, as releases are listed; the last eight are drawn, evenly, whatever their length."""
    by_release = {point.period.release: point.said for point in points}
    drawn = tuple(reversed(periods[:LONGEST]))
    cells = tuple(by_release.get(period.release, Said(measure)) for period in drawn)
    step = (width - 2 * EDGE) / max(1, len(cells) - 1)
    places = [
        (round(EDGE + step * place), _y(said, height)) if said.is_shown else None for place, said in enumerate(cells)
    ]
    dots = tuple(
        Dot(*place, cells[number].shown, is_last=number == len(cells) - 1)
        for number, place in enumerate(places)
        if place
    )
    return Trend(measure, width, height, _lines(places), dots, cells, summary_of(measure, cells), drawn)


def _y(said: Said, height: int) -> int:
    low, high = SHARE if SCALES[said.measure].is_share else RANGES[Measure(said.measure)]
    part = ((said.height or low) - low) / (high - low)
    return round(EDGE + float(1 - part) * (height - EDGE - BELOW))


def _lines(places: Sequence[tuple[int, int] | None]) -> tuple[str, ...]:
    runs: list[list[tuple[int, int]]] = [[]]
    for place in places:
        if place is None:
            runs.append([])
        else:
            runs[-1].append(place)
    return tuple(" ".join(f"{x},{y}" for x, y in run) for run in runs if len(run) > 1)


def summary_of(measure: str, cells: Sequence[Said]) -> str:
    """The trend in one sentence."""
    course = unbroken(cells)
    if not course:
        return _("Not published in this block.")
    if len(course) == 1:
        return _("%(now)s; nothing to compare it with yet.") % {"now": course[-1].shown}
    return f"{course_of(course, direction(measure, course))}."
