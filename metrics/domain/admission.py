"""Who counts in a new block, and in which cell: changes in batches of at least k (PRIVACY.md rules 3 and 6).

Judged on the block's first day, against what stood in the block before. A change of fewer people waits: a joiner
is counted nowhere, a leaver stays and has no value, a mover stays in the old cell. Every set that is published
therefore changes by nobody or by at least k, on either side.
"""

from collections import defaultdict

from metrics.domain import arrivals
from metrics.domain.merging import repaired
from metrics.domain.room import Room
from metrics.domain.standing import NOBODY, Roster, Standing, Together


def admit(before: Standing | None, roster: Roster, k: int) -> Standing:
    """What stands in the new block. `before` is None where nothing stood yet."""
    room = Room(before or NOBODY, roster, k)
    _succeed(room)
    _move(room)
    _leave(room)
    arrivals.join(room)
    _repair(room)
    return room.standing()


def _succeed(room: Room) -> None:
    """A new cohort that shares k learners with one that has ended takes its place, with its trend and its leavers."""
    program_of = room.roster.program_of
    shared: dict[tuple[int, int], int] = defaultdict(int)
    for learner, old in room.counted.items():
        new = room.roster.cohort_of.get(learner, old)
        if old in room.roster.ended and room.cell_of(new) is None and program_of[new] == program_of[old]:
            shared[old, new] += 1
    enough = [pair for pair, size in shared.items() if size >= room.k]
    taken: set[int] = set()
    for old, new in sorted(enough, key=lambda pair: (-shared[pair], pair)):
        if old not in taken and new not in taken:
            room.take_over(old, new)
            taken |= {old, new}


def _move(room: Room) -> None:
    """Movers between two cells, and to a cohort that they found, k at a time; inside a cell they move freely."""
    movers: dict[tuple[Together | None, Together | None, int], list[int]] = defaultdict(list)
    for learner, old in room.counted.items():
        new = room.roster.cohort_of.get(learner, old)
        if new != old:
            target = room.cell_of(new)
            movers[room.cell_of(old), target, 0 if target else new].append(learner)
    founders: dict[int, list[int]] = defaultdict(list)
    for (source, target, cohort), people in movers.items():
        if target and (target == source or len(people) >= room.k):
            room.count_where_they_learn(people)
        elif not target and len(people) >= room.k:
            founders[cohort] += people
    for cohort, people in sorted(founders.items()):
        if room.heads(people).effective >= room.k:
            room.open([cohort])
            room.count(people, cohort)


def _leave(room: Room) -> None:
    """Leavers of a cell, k at a time. Those whose cohort has ended and who learn elsewhere leave with them."""
    leavers: dict[Together | None, list[int]] = defaultdict(list)
    for learner, cohort in room.counted.items():
        cell, now = room.cell_of(cohort), room.roster.cohort_of.get(learner)
        moved_on = cohort in room.roster.ended and now is not None and room.cell_of(now) != cell
        if now is None or moved_on:
            leavers[cell].append(learner)
    for people in leavers.values():
        if len(people) >= room.k:
            for learner in people:
                del room.counted[learner]


def _repair(room: Room) -> None:
    """Drop what nobody counts in any more and merge what has become too small, programs before their cells."""
    room.forget_empty()
    room.regroup_programs(repaired([group.ids for group in room.programs], room.heads_by_program(), room.k))
    heads = room.heads_by_cohort()
    for group in room.programs:
        room.regroup(repaired([cell.ids for cell in room.cells_in(group.ids)], heads, room.k))
