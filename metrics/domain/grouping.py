"""The sets that one pillar's figures are made for in a block: membership, partition and gate, without any value."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass

from metrics.domain.admission import admit
from metrics.domain.gate import GateFailed, check_steps, check_table
from metrics.domain.parts import Part, parts_of
from metrics.domain.past import Past
from metrics.domain.standing import NOBODY, Roster, Standing, people_by_cohort

log = logging.getLogger("coachhub.metrics")


@dataclass(frozen=True, slots=True)
class Grouping:
    """`people`: identity of a part → the learners who count in it."""

    standing: Standing
    parts: list[Part]
    people: Mapping[str, set[int]]


def grouping_of(pillar: int, roster: Roster, past: Past, k: int) -> Grouping:
    """What does not pass the gate has no parts, and stands as it stood."""
    before = past.standing.get(pillar, NOBODY)
    standing = admit(before, roster, k)
    parts = parts_of(pillar, standing, roster, k)
    by_cohort = people_by_cohort(standing.counted)
    people = {part.identity: {each for cohort in part.cohorts for each in by_cohort.get(cohort, ())} for part in parts}
    try:
        check_table(people, roster.knowers, k)
        check_steps(past.published.get(pillar, {}), people, k)
    except GateFailed as failed:
        log.error("gate", extra={"pillar": pillar, "why": str(failed)})
        return Grouping(before, [], {})
    return Grouping(standing, parts, people)
