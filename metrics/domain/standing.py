"""What stands after a block of one pillar: who counts in which cohort, and which cohorts are shown together.

A cell is the smallest set that is ever published; every published set is a union of cells. That is why no two of
them can differ by fewer people than a cell holds.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256

from metrics.domain.heads import Heads, Knowers, heads_of

type Ids = frozenset[int]
LONGEST = 60


@dataclass(frozen=True, slots=True)
class Together:
    """Cohorts (a cell) or programs that are shown together.

    `identity` is what trends join on: it names the ids and the day on which they came together, so that a group
    that is formed again later is another one. It outlives a cohort that has a successor.
    """

    ids: Ids
    identity: str

    @classmethod
    def since(cls, day: date, ids: Iterable[int]) -> "Together":
        """A group formed on that day."""
        held = frozenset(ids)
        names = "-".join(map(str, sorted(held)))
        short = names if len(names) <= LONGEST else "#" + sha256(names.encode()).hexdigest()[:40]
        return cls(held, f"{day:%Y%m%d}:{short}")


@dataclass(frozen=True, slots=True)
class Standing:
    """`counted`: learner → cohort, without those who wait. `cells` hold cohorts, `programs` programs."""

    counted: Mapping[int, int]
    cells: tuple[Together, ...]
    programs: tuple[Together, ...]


NOBODY = Standing({}, (), ())


@dataclass(frozen=True, slots=True)
class Roster:
    """One pillar of an organization on the first day of a block.

    `cohort_of`: learner → cohort of the enrolment that runs that day. `program_of`: every cohort's program.
    `ended`: cohorts whose last day was before. `knowers`: who of the possible viewers knows a learner's values.
    """

    day: date
    cohort_of: Mapping[int, int]
    program_of: Mapping[int, int]
    ended: Ids
    knowers: Knowers


def people_by_cohort(counted: Mapping[int, int]) -> dict[int, list[int]]:
    """Cohort → the learners who count in it."""
    found: dict[int, list[int]] = defaultdict(list)
    for learner, cohort in counted.items():
        found[cohort].append(learner)
    return found


def heads_by_cohort(counted: Mapping[int, int], knowers: Knowers) -> dict[int, Heads]:
    """Cohort → the heads of those who count in it; cohorts of nobody are left out."""
    return {cohort: heads_of(people, knowers) for cohort, people in people_by_cohort(counted).items()}
