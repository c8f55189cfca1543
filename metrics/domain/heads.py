"""How many people a set holds, and how many of them each possible viewer of figures knows."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

type Knowers = Mapping[int, frozenset[int]]
"""Learner → the possible viewers who know the learner's values: their coaches, and the learner as a viewer."""


@dataclass(frozen=True, slots=True)
class Heads:
    """`size` people, of whom `known[viewer]` are known to that viewer. Heads of disjoint sets add up."""

    size: int = 0
    known: Mapping[int, int] = field(default_factory=dict)

    def __add__(self, other: "Heads") -> "Heads":
        return Heads(self.size + other.size, Counter(self.known) + Counter(other.known))

    @property
    def effective(self) -> int:
        """PRIVACY.md rule 4: the people left when what any one viewer knows is taken away.

        At least one is: a learner knows their own value. A viewer who knows everybody here learns nothing and does
        not count.
        """
        unknown = [self.size - known for known in self.known.values() if known < self.size]
        return max(0, min(self.size - 1, *unknown, self.size))


def heads_of(people: Iterable[int], knowers: Knowers) -> Heads:
    """The heads of a set of learners."""
    size = 0
    known: Counter[int] = Counter()
    for learner in people:
        size += 1
        if viewers := knowers.get(learner):
            known.update(viewers)
    return Heads(size, known)


def total(all_heads: Iterable[Heads]) -> Heads:
    """The heads of the union of disjoint sets."""
    size = 0
    known: Counter[int] = Counter()
    for heads in all_heads:
        size += heads.size
        known.update(heads.known)
    return Heads(size, known)
