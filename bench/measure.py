"""Ratios: two actions in turns, and of their quotients, pair by pair, the one in the middle."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from statistics import median

ROUNDS = 7


@dataclass(frozen=True)
class Result:
    """One line of the table: what was found, and how much of it is allowed."""

    what: str
    found: float
    bound: float
    unit: str = "×"
    note: str = ""

    @property
    def met(self) -> bool:
        """As printed: what the table shows as equal is equal."""
        return round(self.found, 2) <= self.bound


def alternate[C](one: Callable[[], C], other: Callable[[], C], *, rounds: int = ROUNDS) -> list[tuple[C, C]]:
    """What both cost in each round; whoever went second goes first in the next. The very first time does not count."""
    one()
    other()
    pairs: list[tuple[C, C]] = []
    for number in range(rounds):
        if number % 2:
            second = other()
            pairs.append((one(), second))
        else:
            first = one()
            pairs.append((first, other()))
    return pairs


def median_ratio(pairs: Iterable[tuple[float, float]]) -> float:
    """Of the quotients one ÷ other, pair by pair, the median."""
    return median(one / other for one, other in pairs)


def seconds_of(
    action: Callable[[], object], *, times: int = 1, clock: Callable[[], float] = time.perf_counter
) -> float:
    """What one call takes on that clock, on average."""
    before = clock()
    for _ in range(times):
        action()
    return (clock() - before) / times
