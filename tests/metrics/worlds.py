"""Random worlds for the properties: programs, cohorts, people who join, move and leave, managers who also coach."""

import datetime as dt
from dataclasses import dataclass

from hypothesis import strategies as st

from metrics.domain.standing import Roster

FIRST = dt.date(2026, 1, 5)
VIEWERS = (900, 901, 902)


@dataclass(frozen=True)
class World:
    """`days`: one roster per block, oldest first. `sizes`: k in each of them, which never falls."""

    sizes: tuple[int, ...]
    days: tuple[Roster, ...]

    @property
    def k(self) -> int:
        """Of the first block."""
        return self.sizes[0]


@st.composite
def worlds(draw, blocks: int = 4) -> World:
    k = draw(st.sampled_from([5, 6]))
    raised = draw(st.tuples(*[st.sampled_from([0, 0, 1, 4])] * (blocks - 1)))
    sizes = tuple(k + sum(raised[:number]) for number in range(blocks))
    programs = draw(st.integers(1, 3))
    cohorts = draw(st.integers(1, 8))
    program_of = {cohort: draw(st.integers(1, programs)) for cohort in range(1, cohorts + 1)}
    rng = draw(st.randoms(use_true_random=False))
    usual = [rng.choice([1, 3, 4, 6, 7, 8, 9, 10, 12, 15, 18]) for _ in range(cohorts)]
    where = {}
    for cohort, size in enumerate(usual, start=1):
        for _ in range(size):
            where[100 + len(where)] = cohort
    churn = draw(st.sampled_from([0.05, 0.2, 0.5]))
    ended: set[int] = set()
    coaches = {viewer: rng.choice([0.0, 0.0, 0.0, 0.1, 0.4]) for viewer in VIEWERS}
    everything_of = {viewer: rng.choice([*program_of, None]) for viewer in VIEWERS}
    days, fresh = [], 100 + len(where)
    for number in range(blocks):
        knowers = {
            learner: frozenset(
                viewer for viewer in VIEWERS if everything_of[viewer] == cohort or rng.random() < coaches[viewer]
            )
            for learner, cohort in where.items()
        }
        day = FIRST + dt.timedelta(weeks=4 * number)
        days.append(Roster(day, dict(where), dict(program_of), frozenset(ended), knowers))
        open_cohorts = [cohort for cohort in program_of if cohort not in ended]
        if not open_cohorts:
            continue
        if rng.random() < 0.3:
            old = rng.choice(open_cohorts)
            ended.add(old)
            heir = max(program_of) + 1
            program_of[heir] = program_of[old]
            open_cohorts = [cohort for cohort in program_of if cohort not in ended]
            for learner, cohort in list(where.items()):
                if cohort == old and rng.random() < 0.8:
                    where[learner] = heir
                elif cohort == old:
                    del where[learner]
        for learner in list(where):
            if rng.random() < churn / 2:
                del where[learner]
            elif rng.random() < churn / 2:
                where[learner] = rng.choice(open_cohorts)
        for _ in range(rng.choice([0, 1, 3, 6, 12])):
            where[fresh] = rng.choice(open_cohorts)
            fresh += 1
    return World(sizes, tuple(days))
