"""The names under which groups are published, frozen with them."""

from collections.abc import Iterable
from dataclasses import dataclass

from metrics.domain.parts import COHORT, PILLAR, Part
from programs.models import Cohort, Organization

LONGEST = 400


@dataclass(frozen=True, slots=True)
class Names:
    """`cohorts`, `programs`, `pillars`: name by id; `program_of`: cohort → program."""

    cohorts: dict[int, str]
    programs: dict[int, str]
    pillars: dict[int, str]
    program_of: dict[int, int]

    def of(self, part: Part, pillar: int) -> str:
        """ "North", "Late + Weekend"; with its program where cohorts of several are shown together."""
        if part.node == PILLAR:
            return self.pillars[pillar]
        if part.node != COHORT:
            return listed([self.programs[program] for program in part.programs], " + ")
        several = len({self.program_of[cohort] for cohort in part.cohorts}) > 1
        return listed([self._cohort(cohort, with_program=several) for cohort in part.cohorts], " + ")

    def held_by(self, part: Part) -> str:
        """The cohorts of a pillar or program by name; empty for a cohort, whose name says it."""
        return "" if part.node == COHORT else listed([self.cohorts[cohort] for cohort in part.cohorts], ", ")

    def _cohort(self, cohort: int, *, with_program: bool) -> str:
        name = self.cohorts[cohort]
        return f"{name} ({self.programs[self.program_of[cohort]]})" if with_program else name


def names_in(organization: Organization) -> Names:
    """One query."""
    rows = Cohort.objects.filter(organization=organization).values_list(
        "pk", "name", "program", "program__name", "program__pillar", "program__pillar__name"
    )
    names = Names({}, {}, {}, {})
    for cohort, name, program, program_name, pillar, pillar_name in rows:
        names.cohorts[cohort], names.program_of[cohort] = name, program
        names.programs[program], names.pillars[pillar] = program_name, pillar_name
    return names


def listed(names: Iterable[str], between: str) -> str:
    """By name; what does not fit is counted."""
    ordered = sorted(names, key=lambda name: (name.lower(), name))
    for shown in range(len(ordered), 0, -1):
        more = len(ordered) - shown
        text = between.join([*ordered[:shown], *([f"{more} more"] if more else [])])
        if len(text) <= LONGEST:
            return text
    return f"{len(ordered)}"
