"""The sets of one pillar that are published: the pillar, programs, cells; and which of them a measure may show."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from metrics.domain.heads import Heads, total
from metrics.domain.standing import Ids, Roster, Standing, heads_by_cohort

PILLAR, PROGRAM, COHORT = "pillar", "program", "cohort"


@dataclass(frozen=True, slots=True)
class Part:
    """One published set: the union of its cohorts. `parent` is the identity of the smallest set around it."""

    node: str
    identity: str
    cohorts: Ids
    programs: Ids
    parent: str = ""


def parts_of(pillar: int, standing: Standing, roster: Roster, k: int) -> list[Part]:
    """The pillar first, then programs, then cells; nothing where not even the pillar has n_eff >= k.

    Children that are only one group are not shown: their parent says it all.
    """
    heads = heads_by_cohort(standing.counted, roster.knowers)
    if total(heads.values()).effective < k:
        return []
    cohorts = frozenset(cohort for cell in standing.cells for cohort in cell.ids)
    programs = frozenset(program for group in standing.programs for program in group.ids)
    whole = Part(PILLAR, f"pillar:{pillar}", cohorts, programs)
    middle, leaves = [], []
    for group in standing.programs:
        cells = [cell for cell in standing.cells if roster.program_of[min(cell.ids)] in group.ids]
        held = frozenset(cohort for cell in cells for cohort in cell.ids)
        around = whole
        if len(standing.programs) > 1:
            around = Part(PROGRAM, f"programs:{group.identity}", held, group.ids, whole.identity)
            middle.append(around)
        if len(cells) > 1:
            leaves += [Part(COHORT, f"cohorts:{cell.identity}", cell.ids, group.ids, around.identity) for cell in cells]
    return [whole, *middle, *leaves]


def shown(parts: Iterable[Part], heads: Callable[[Part], Heads], k: int) -> list[Part]:
    """The parts whose figure of one measure is published, by the heads of those who have a value.

    The children of a part are shown all or none, and only where the part itself is: a dash among shown siblings
    would be the difference between them and their parent.
    """
    children: dict[str, list[Part]] = {}
    for part in parts:
        children.setdefault(part.parent, []).append(part)
    found: list[Part] = []
    waiting = [""]
    while waiting:
        family = children.get(waiting.pop(), [])
        if all(heads(part).effective >= k for part in family):
            found += family
            waiting += [part.identity for part in family]
    return found
