"""The one gate through which numbers about people leave (PRIVACY.md): from people's values to a Figure or HIDDEN.

Everything behind it is pure: sets of learners in, frozen rows out. Nothing here reads or writes the database.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from math import fsum

from metrics.domain.coarse import SCALES
from metrics.domain.gate import GateFailed, check_table
from metrics.domain.heads import Heads, Knowers, heads_of, total
from metrics.domain.parts import Part, shown

RULE_VERSION = 0
"""0: rules 1-9 and 10 a, b; for demo organizations only. 1 comes with the linear audit of rule 10c."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One published number: a coarsened value with its text, or a word without a value."""

    value: Decimal | None
    text: str


@dataclass(frozen=True, slots=True)
class Hidden:
    """Not published, to protect people: too few, none, or not asked. It does not say which."""

    value: None = None
    text: str = ""


HIDDEN = Hidden()


@dataclass(frozen=True, slots=True)
class Cohorts:
    """Those of one pillar who have a value of one measure, by the cohort they count in."""

    values: Mapping[int, Mapping[int, float]]
    heads: Mapping[int, Heads]

    @classmethod
    def of(cls, values: Mapping[int, float], counted: Mapping[int, int], knowers: Knowers) -> "Cohorts":
        found: dict[int, dict[int, float]] = {}
        for learner, value in values.items():
            if learner in counted:
                found.setdefault(counted[learner], {})[learner] = value
        return cls(found, {cohort: heads_of(people, knowers) for cohort, people in found.items()})

    def heads_in(self, part: Part) -> Heads:
        return total(self.heads[cohort] for cohort in part.cohorts if cohort in self.heads)

    def values_in(self, part: Part) -> dict[int, float]:
        """Learner → value, of those in the part."""
        return {
            learner: value
            for cohort in part.cohorts
            for learner, value in self.values.get(cohort, {}).items()
        }  # fmt: skip


def table(
    measure: str,
    parts: list[Part],
    values: Mapping[int, float],
    *,
    counted: Mapping[int, int],
    knowers: Knowers,
    k: int,
) -> dict[str, Figure | Hidden]:
    """One measure of one pillar and block: identity of a part → what may be said of it.

    `values`: learner → the learner's own mean in the block, on the measure's scale. Values of learners who are not
    counted are ignored. A table that does not pass the gate says nothing at all.
    """
    cohorts = Cohorts.of(values, counted, knowers)
    said: dict[str, Figure | Hidden] = {part.identity: HIDDEN for part in parts}
    people = {part.identity: cohorts.values_in(part) for part in shown(parts, cohorts.heads_in, k)}
    try:
        check_table(people, knowers, k)
    except GateFailed:
        return said
    for identity, theirs in people.items():
        mean = fsum(theirs.values()) / len(theirs)
        effective = heads_of(theirs, knowers).effective
        said[identity] = Figure(*SCALES[measure].say(mean, len(theirs), effective))
    return said
