"""Ratios: two actions in turns, and of their quotients, pair by pair, the one in the middle."""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

ROUNDS = 7
Cost = Callable[[], float]
Pair = tuple[float, float]


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


def alternate(one: Cost, other: Cost, *, rounds: int = ROUNDS) -> list[Pair]:
    """The cost of both in each round; whoever went second goes first in the next. The very first calls do not count."""
    one(), other()
    pairs: list[Pair] = []
    for number in range(rounds):
        if number % 2:
            second = other()
            pairs.append((one(), second))
        else:
            first = one()
            pairs.append((first, other()))
    return pairs


def median_ratio(pairs: list[Pair]) -> float:
    """Of the quotients one ÷ other, pair by pair, the median."""
    return median(one / other for one, other in pairs)


def cost_of(action: Callable[[], object], clock: Callable[[], float], *, times: int) -> float:
    """What one call costs on that clock, on average."""
    before = clock()
    for _ in range(times):
        action()
    return (clock() - before) / times
