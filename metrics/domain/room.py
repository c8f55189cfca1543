"""The working copy of what stands, while a block's membership is worked out."""

from collections.abc import Iterable

from metrics.domain.heads import Heads, heads_of, total
from metrics.domain.standing import Ids, Roster, Standing, Together, heads_by_cohort


class Room:
    """`counted`: as in Standing, but open to change. `before`: who counted in the last block.

    `all_new`: cells in which nobody counted before.
    """

    def __init__(self, before: Standing, roster: Roster, k: int) -> None:
        self.roster = roster
        self.k = k
        self.counted = dict(before.counted)
        self.before = frozenset(before.counted)
        self.all_new: set[Ids] = set()
        self._cell_of = {cohort: cell for cell in before.cells for cohort in cell.ids}
        self._group_of = {program: group for group in before.programs for program in group.ids}

    def standing(self) -> Standing:
        """What stands now."""
        return Standing(self.counted, tuple(self.cells), tuple(self.programs))

    @property
    def cells(self) -> list[Together]:
        """In an order that depends on nothing but ids."""
        return sorted(set(self._cell_of.values()), key=lambda cell: sorted(cell.ids))

    @property
    def programs(self) -> list[Together]:
        return sorted(set(self._group_of.values()), key=lambda group: sorted(group.ids))

    def cell_of(self, cohort: int) -> Together | None:
        """The cell that holds the cohort, or None for a new one."""
        return self._cell_of.get(cohort)

    def group_of(self, program: int) -> Together | None:
        return self._group_of.get(program)

    def cells_in(self, programs: Ids) -> list[Together]:
        """The cells of programs that are shown together."""
        program_of = self.roster.program_of
        return [cell for cell in self.cells if program_of[min(cell.ids)] in programs]

    def heads(self, people: Iterable[int]) -> Heads:
        return heads_of(people, self.roster.knowers)

    def heads_by_cohort(self) -> dict[int, Heads]:
        """Of every cohort in a cell; nobody counts in some of them."""
        counted = heads_by_cohort(self.counted, self.roster.knowers)
        return {cohort: counted.get(cohort, Heads()) for cohort in self._cell_of}

    def heads_by_program(self) -> dict[int, Heads]:
        """Of every program that is shown."""
        found: dict[int, list[Heads]] = {program: [] for program in self._group_of}
        for cohort, heads in self.heads_by_cohort().items():
            found[self.roster.program_of[cohort]].append(heads)
        return {program: total(parts) for program, parts in found.items()}

    def count(self, people: Iterable[int], cohort: int) -> None:
        """They count in that cohort from this block on."""
        self.counted.update(dict.fromkeys(people, cohort))

    def count_where_they_learn(self, people: Iterable[int]) -> None:
        self.counted.update({learner: self.roster.cohort_of[learner] for learner in people})

    def open(self, cohorts: Iterable[int]) -> None:
        """A new cell; programs that are not shown yet get a place of their own."""
        cell = Together.since(self.roster.day, cohorts)
        self._cell_of |= dict.fromkeys(cell.ids, cell)
        if unseen := {self.roster.program_of[cohort] for cohort in cell.ids} - set(self._group_of):
            self.open_programs(unseen)

    def open_programs(self, programs: Iterable[int]) -> None:
        """These programs are shown together from now on, in place of what stood for them."""
        group = Together.since(self.roster.day, programs)
        self._group_of |= dict.fromkeys(group.ids, group)

    def extend(self, cell: Together, cohorts: Iterable[int]) -> None:
        """The cell, and its place among the programs, hold these cohorts too; that breaks their trends."""
        added = frozenset(cohorts) - cell.ids
        if not added:
            return
        home = self._group_of[self.roster.program_of[min(cell.ids)]]
        programs = home.ids | {self.roster.program_of[cohort] for cohort in added}
        if programs != home.ids:
            self.open_programs(programs)
        self.open(cell.ids | added)

    def take_over(self, old: int, new: int) -> None:
        """The cohort `new` stands in the place of `old`, with its people and its trend."""
        cell = self._cell_of.pop(old)
        heir = Together(cell.ids - {old} | {new}, cell.identity)
        self._cell_of |= dict.fromkeys(heir.ids, heir)
        self.count([learner for learner, cohort in self.counted.items() if cohort == old], new)

    def regroup(self, groups: Iterable[Ids]) -> None:
        """These groups of cohorts are cells; one that was a cell stays that cell."""
        for cohorts in groups:
            known = self._cell_of.get(min(cohorts))
            if known is None or known.ids != cohorts:
                self.open(cohorts)

    def regroup_programs(self, groups: Iterable[Ids]) -> None:
        for programs in groups:
            known = self._group_of.get(min(programs))
            if known is None or known.ids != programs:
                self.open_programs(programs)

    def forget_empty(self) -> None:
        """Leave out cohorts that have ended and hold nobody, cells of nobody, and programs without a cell."""
        heads = self.heads_by_cohort()
        for cell in self.cells:
            empty = {cohort for cohort in cell.ids if not heads[cohort].size}
            gone = cell.ids if empty == cell.ids else empty & self.roster.ended
            for cohort in gone:
                del self._cell_of[cohort]
            if gone and gone != cell.ids:
                self.open(cell.ids - gone)
        shown = {self.roster.program_of[cohort] for cohort in self._cell_of}
        for group in self.programs:
            left = group.ids & shown
            if left != group.ids:
                for program in group.ids:
                    del self._group_of[program]
                if left:
                    self.open_programs(left)
