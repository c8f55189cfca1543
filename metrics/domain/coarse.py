"""Coarsening: what a published mean looks like (PRIVACY.md rule 8). Half-way cases go up.

A mean is given as a float of exact sums; nine decimals are looked at, so that 0.1 + 0.2 rounds like 0.3.
"""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import partial

from metrics.models import Measure

EFFECTIVE_FOR_STEPS = 20
UNDER_HALF, ABOUT_HALF, HALF_OR_MORE, MOST = "under half", "about half", "half or more", "most"
BANDS = (10, 20, 50)
NARROWEST = 4

type Said = tuple[Decimal | None, str]
"""Value and text; a word has no value."""


@dataclass(frozen=True, slots=True)
class Scale:
    """How one measure is said. `say(mean, n, n_eff)`; `clear` is the change that counts as clear, two steps."""

    say: Callable[[float, int, int], Said]
    clear: Decimal
    is_share: bool = False


def exact(mean: float) -> Decimal:
    return Decimal(mean).quantize(Decimal("1e-9"), ROUND_HALF_UP)


def to_step(mean: float, step: str) -> Decimal:
    """The nearest multiple of the step, the higher of two equally near ones."""
    width = Decimal(step)
    return (exact(mean) / width).quantize(Decimal(1), ROUND_HALF_UP) * width


def number(mean: float, _n: int, _effective: int, *, step: str, low: str, high: str, places: str) -> Said:
    """A rounded number whose ends are coded: "≤ 1.5", "2.25", "≥ 3.5"."""
    value = to_step(mean, step)
    if value <= Decimal(low):
        return Decimal(low), f"≤ {low}"
    if value >= Decimal(high):
        return Decimal(high), f"≥ {high}"
    return value, str(value.quantize(Decimal(places)))


def percent(value: Decimal) -> str:
    return f"{int(value * 100)} %"


def share(mean: float, n: int, effective: int) -> Said:
    """10 % steps from n_eff 20; below, a word."""
    if effective >= EFFECTIVE_FOR_STEPS:
        value = to_step(mean, "0.1")
        return value, percent(value)
    return None, word_of(exact(mean), n)


def word_of(mean: Decimal, n: int) -> str:
    """Three words (0.4 and 0.6 are about half), or two where one of three would tell a small count.

    Which words there are depends on n alone. A dash in place of "about half" would say "about half".
    """
    if tells_a_small_count(n):
        return UNDER_HALF if mean < Decimal("0.5") else HALF_OR_MORE
    if mean < Decimal("0.4"):
        return UNDER_HALF
    return ABOUT_HALF if mean <= Decimal("0.6") else MOST


def tells_a_small_count(n: int) -> bool:
    """Whether "about half" of n is 1..4 people for certain, or leaves 1..4 others. So it is below ten."""
    about_half = [count for count in range(n + 1) if Decimal("0.4") <= Decimal(count) / n <= Decimal("0.6")]
    return all(1 <= min(count, n - count) <= 4 for count in about_half)


def agreement(mean: float, _n: int, effective: int) -> Said:
    """20 % steps; under n_eff 20 the ends are coded, since a mean at the end of a scale tells of everybody."""
    value = to_step(mean, "0.2")
    if effective < EFFECTIVE_FOR_STEPS and value <= Decimal("0.2"):
        return Decimal("0.20"), "≤ 20 %"
    if effective < EFFECTIVE_FOR_STEPS and value >= Decimal("0.8"):
        return Decimal("0.80"), "≥ 80 %"
    return value, percent(value)


def band(size: int, least: int) -> str:
    """How many people, as a band: "6–9", "10–19", "20–49", "50+".

    The lowest begins with the `least` that are published, and takes in the next one rather than be so narrow that it
    tells the number.
    """
    starts = [least, *(start for start in BANDS if start - least >= NARROWEST)]
    following = next((start for start in starts[1:] if start > size), None)
    start = max((start for start in starts if start <= size), default=least)
    return f"{start}–{following - 1}" if following else f"{start}+"


_SHARE = Scale(share, clear=Decimal("0.2"), is_share=True)
SCALES: dict[str, Scale] = {
    Measure.SESSIONS: Scale(partial(number, step="0.5", low="0.5", high="6", places="0.1"), clear=Decimal(1)),
    Measure.KEPT: _SHARE,
    Measure.QUEUE: _SHARE,
    Measure.REFLECTED: _SHARE,
    Measure.ANSWERED: _SHARE,
    Measure.APPLIED: _SHARE,
    Measure.NO_CHANCE: _SHARE,
    Measure.LEVEL: Scale(partial(number, step="0.25", low="1.5", high="3.5", places="0.01"), clear=Decimal("0.5")),
    Measure.AGREEMENT: Scale(agreement, clear=Decimal("0.4"), is_share=True),
}
