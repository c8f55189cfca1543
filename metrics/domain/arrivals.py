"""Joiners of a block: those of a cell k at a time, and new cohorts and programs that are large enough at once."""

from collections import defaultdict
from collections.abc import Iterable

from metrics.domain.heads import total
from metrics.domain.merging import gathered, merged, smallest
from metrics.domain.room import Room
from metrics.domain.standing import Together

type Waiting = dict[int, list[int]]
"""Cohort → learners who are counted nowhere yet."""


def join(room: Room) -> None:
    """Admit whoever may be; the others go on waiting.

    A new cohort counts at once where it, or it with other new ones, makes a cell of its own; what is left over
    joins the smallest cell of its program, together with those who wait there, once they are k.
    """
    waiting = _waiting(room)
    fresh = {cohort for cohort in waiting if room.cell_of(cohort) is None}
    late = _open_programs(room, waiting, fresh)
    joiners: dict[Together, set[int]] = defaultdict(set)
    for group in room.programs:
        for cell, cohorts in _open_cells(room, waiting, group, fresh, late).items():
            joiners[cell] |= cohorts
    for cohort in waiting:
        if home := room.cell_of(cohort):
            joiners[home].add(cohort)
    for cell in sorted(joiners, key=lambda cell: sorted(cell.ids)):
        _admit(room, waiting, cell, joiners[cell])


def _waiting(room: Room) -> Waiting:
    """Not those who counted in the last block: who has just left a cell waits one block before joining another."""
    found: Waiting = defaultdict(list)
    for learner, cohort in room.roster.cohort_of.items():
        if learner not in room.before:
            found[cohort].append(learner)
    return dict(found)


def _open_programs(room: Room, waiting: Waiting, fresh: Iterable[int]) -> dict[Together, set[int]]:
    """Places for new programs that are large enough, and which place the others are to join, with their cohorts."""
    program_of = room.roster.program_of
    cohorts = [cohort for cohort in fresh if room.group_of(program_of[cohort]) is None]
    heads = {
        program: total(room.heads(waiting[cohort]) for cohort in cohorts if program_of[cohort] == program)
        for program in {program_of[cohort] for cohort in cohorts}
    }
    groups, rest = gathered(heads, room.k)
    for group in groups:
        room.open_programs(group)
    if not (rest and room.programs):
        return {}
    sizes = {**room.heads_by_program(), **{program: heads[program] for group in groups for program in group}}
    target = smallest([group.ids for group in room.programs], sizes)
    home = next(group for group in room.programs if group.ids == target)
    return {home: {cohort for cohort in cohorts if program_of[cohort] in rest}}


def _open_cells(
    room: Room, waiting: Waiting, group: Together, fresh: Iterable[int], late: dict[Together, set[int]]
) -> dict[Together, set[int]]:
    """Cells of new cohorts in one place of programs, and what is left over beside the cell that it may join."""
    own = {cohort for cohort in fresh if room.roster.program_of[cohort] in group.ids}
    heads = {cohort: room.heads(waiting[cohort]) for cohort in own}
    standing = room.cells_in(group.ids)
    if standing:
        groups, rest = gathered(heads, room.k)
    else:
        groups, rest = merged(heads, room.k), frozenset()
    for cohorts in groups:
        room.open(cohorts)
        room.all_new.add(cohorts)
        for cohort in cohorts:
            room.count(waiting.pop(cohort), cohort)
    left_over = rest | late.get(group, set())
    if not left_over:
        return {}
    counted = room.heads_by_cohort()
    target = smallest([cell.ids for cell in room.cells_in(group.ids)], counted)
    cell = room.cell_of(min(target))
    return {cell: set(left_over)} if cell else {}


def _admit(room: Room, waiting: Waiting, cell: Together, cohorts: set[int]) -> None:
    """A few more in a cell that is all new make no step of their own; elsewhere they are k or wait."""
    people = [learner for cohort in cohorts for learner in waiting[cohort]]
    if len(people) >= room.k or cell.ids in room.all_new:
        room.extend(cell, cohorts)
        room.count_where_they_learn(people)
