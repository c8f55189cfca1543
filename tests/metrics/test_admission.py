"""Who counts from block to block: changes wait until k have gathered (PRIVACY.md rule 6)."""

import datetime as dt

import pytest

from metrics.domain.admission import admit
from metrics.domain.parts import parts_of
from metrics.domain.standing import Roster

K = 5
NORTH, SOUTH, LATE, EAST = 1, 2, 3, 4
MONDAYS = [dt.date(2026, 1, 5) + dt.timedelta(weeks=4 * number) for number in range(6)]


def people(first: int, size: int) -> range:
    """Learners by number: 100s learn in North, 200s in South, and so on."""
    return range(first, first + size)


def where(**cohorts) -> dict[int, int]:
    ids = {"north": NORTH, "south": SOUTH, "late": LATE, "east": EAST}
    return {learner: ids[name] for name, learners in cohorts.items() for learner in learners}


def roster(cohort_of, *, number=0, ended=(), programs=None, knowers=None) -> Roster:
    program_of = programs or dict.fromkeys((NORTH, SOUTH, LATE, EAST), 1)
    return Roster(MONDAYS[number], cohort_of, program_of, frozenset(ended), knowers or {})


def cells(standing):
    return [set(cell.ids) for cell in standing.cells]


def counted(standing, *cohorts):
    return {learner for learner, cohort in standing.counted.items() if cohort in cohorts}


@pytest.fixture
def first():
    """North and South of eight each."""
    return admit(None, roster(where(north=people(100, 8), south=people(200, 8))), K)


def after(standing, cohort_of, **options):
    return admit(standing, roster(cohort_of, number=1, **options), K)


def test_the_first_block_admits_everybody(first):
    assert cells(first) == [{NORTH}, {SOUTH}]
    assert len(first.counted) == 16


def test_four_joiners_wait_and_count_nowhere(first):
    now = after(first, where(north=people(100, 12), south=people(200, 8)))
    assert counted(now, NORTH, SOUTH) == {*people(100, 8), *people(200, 8)}


def test_five_joiners_are_admitted_together(first):
    now = after(first, where(north=people(100, 13), south=people(200, 8)))
    assert counted(now, NORTH) == set(people(100, 13))


def test_joiners_of_two_cells_are_not_added_up(first):
    now = after(first, where(north=people(100, 12), south=people(200, 12)))
    assert len(now.counted) == 16


def test_joiners_gather_over_the_blocks(first):
    second = after(first, where(north=people(100, 11), south=people(200, 8)))
    third = admit(second, roster(where(north=people(100, 13), south=people(200, 8)), number=2), K)
    assert (len(second.counted), len(third.counted)) == (16, 21)


def test_two_leavers_stay_counted(first):
    now = after(first, where(north=people(100, 6), south=people(200, 8)))
    assert counted(now, NORTH) == set(people(100, 8))


def test_joiners_and_leavers_are_judged_alone(first):
    """Four leave and five join: the five are admitted, the four stay."""
    now = after(first, where(north=[*people(104, 4), *people(150, 5)], south=people(200, 8)))
    assert counted(now, NORTH) == {*people(100, 8), *people(150, 5)}


def test_five_leavers_are_let_go_and_what_is_left_is_shown_with_others(first):
    now = after(first, where(north=people(105, 3), south=people(200, 8)))
    assert counted(now, NORTH) == set(people(105, 3))
    assert cells(now) == [{NORTH, SOUTH}]


def test_a_mover_stays_counted_where_they_were(first):
    now = after(first, where(north=people(100, 7), south=[*people(200, 8), 107]))
    assert now.counted[107] == NORTH


def test_five_movers_move_together(first):
    now = after(first, where(north=people(100, 3), south=[*people(200, 8), *people(103, 5)]))
    assert {now.counted[learner] for learner in people(103, 5)} == {SOUTH}


def test_movers_are_not_counted_with_leavers(first):
    """Three leave North and two move to South: neither are five, so all of them stay."""
    now = after(first, where(north=people(105, 3), south=[*people(200, 8), 103, 104]))
    assert counted(now, NORTH) == set(people(100, 8))


def test_movers_whose_cohort_has_ended_leave_with_the_others_and_then_wait():
    standing = admit(None, roster(where(north=people(100, 8), south=people(200, 8))), K)
    moved = where(south=[*people(200, 8), 100, 101])
    second = admit(standing, roster(moved, number=1, ended=[NORTH]), K)
    assert set(second.counted) == set(people(200, 8))
    joined = where(south=[*people(200, 8), 100, 101, *people(300, 3)])
    third = admit(second, roster(joined, number=2, ended=[NORTH]), K)
    assert set(third.counted) == {*people(200, 8), 100, 101, *people(300, 3)}


def test_inside_a_cell_people_move_freely():
    standing = admit(None, roster(where(north=people(100, 4), south=people(200, 4))), K)
    now = after(standing, where(north=people(100, 3), south=[*people(200, 4), 103]))
    assert (cells(now), now.counted[103]) == ([{NORTH, SOUTH}], SOUTH)
    assert now.cells == standing.cells


def test_a_new_cohort_with_enough_people_counts_at_once(first):
    now = after(first, where(north=people(100, 8), south=people(200, 8), east=people(400, 6)))
    assert cells(now) == [{NORTH}, {SOUTH}, {EAST}]


def test_a_new_cohort_with_too_few_waits(first):
    now = after(first, where(north=people(100, 8), south=people(200, 8), late=people(300, 3)))
    assert (cells(now), len(now.counted)) == ([{NORTH}, {SOUTH}], 16)


def test_a_small_new_cohort_joins_the_smallest_cell_once_k_wait_there_together(first):
    now = after(first, where(north=people(100, 10), south=people(200, 9), late=people(300, 3)))
    assert (cells(now), len(now.counted)) == ([{NORTH, LATE}, {SOUTH}], 16 + 5)


def test_small_new_cohorts_make_a_cell_of_their_own(first):
    now = after(first, where(north=people(100, 8), south=people(200, 8), late=people(300, 3), east=people(400, 4)))
    assert cells(now) == [{NORTH}, {SOUTH}, {LATE, EAST}]


def test_a_successor_that_shares_five_learners_inherits_the_group(first):
    now = after(first, where(east=[*people(100, 6), 400], south=people(200, 8)), ended=[NORTH])
    before = next(cell for cell in first.cells if NORTH in cell.ids)
    heir = next(cell for cell in now.cells if EAST in cell.ids)
    assert heir.identity == before.identity
    assert counted(now, EAST) == set(people(100, 8))


def test_a_cohort_that_shares_four_learners_does_not_inherit(first):
    now = after(first, where(east=[*people(100, 4), *people(400, 6)], south=people(200, 8)), ended=[NORTH])
    assert {cell.identity for cell in now.cells} & {cell.identity for cell in first.cells if NORTH in cell.ids} == set()


def test_a_cohort_of_another_program_inherits_nothing():
    programs = {NORTH: 1, SOUTH: 1, EAST: 2}
    first = admit(None, roster(where(north=people(100, 8), south=people(200, 8)), programs=programs), K)
    now = after(first, where(east=people(100, 6), south=people(200, 8)), ended=[NORTH], programs=programs)
    before = next(cell for cell in first.cells if NORTH in cell.ids)
    assert counted(now, EAST) == set(people(100, 6))
    assert before.identity not in {cell.identity for cell in now.cells}


def test_a_grouping_is_kept_although_a_finer_one_became_possible():
    standing = admit(None, roster(where(north=people(100, 8), south=people(200, 8), late=people(300, 4))), K)
    assert cells(standing) == [{NORTH, LATE}, {SOUTH}]
    now = after(standing, where(north=people(100, 8), south=people(200, 8), late=people(300, 12)))
    assert (cells(now), len(now.counted)) == ([{NORTH, LATE}, {SOUTH}], 28)


def test_small_programs_are_merged_and_their_cohorts_partitioned_jointly():
    programs = {NORTH: 1, SOUTH: 1, LATE: 2, EAST: 3}
    cohort_of = where(north=people(100, 8), south=people(200, 8), late=people(300, 3), east=people(400, 20))
    standing = admit(None, roster(cohort_of, programs=programs), K)
    assert [set(group.ids) for group in standing.programs] == [{1, 2}, {3}]
    assert cells(standing) == [{NORTH, LATE}, {SOUTH}, {EAST}]


def test_a_node_whose_children_are_one_group_shows_only_itself(first):
    alone = admit(None, roster(where(north=people(100, 8), late=people(300, 3))), K)
    assert [part.node for part in parts_of(7, alone, roster({}), K)] == ["pillar"]
    assert [part.node for part in parts_of(7, first, roster({}), K)] == ["pillar", "cohort", "cohort"]


def test_a_group_formed_again_is_another_group():
    """Late leaves the place it shared with North; what is left is no continuation of the two."""
    start = roster(where(north=people(100, 8), south=people(200, 8), late=people(300, 4)))
    standing = admit(None, start, K)
    gone = where(north=people(104, 4), south=people(200, 8))
    now = admit(standing, roster(gone, number=1, ended=[LATE]), K)
    assert counted(now, LATE) == set()
    assert {cell.identity for cell in now.cells if NORTH in cell.ids} & {
        cell.identity for cell in standing.cells
    } == set()


def test_what_a_viewer_coaches_counts_for_every_cell_of_the_pillar():
    """A viewer who coaches seven of North's eight would learn the eighth's value."""
    cohort_of = where(north=people(100, 8), south=people(200, 8))
    knowers = {learner: frozenset({900}) for learner in people(100, 7)}
    assert cells(admit(None, roster(cohort_of, knowers=knowers), K)) == [{NORTH, SOUTH}]


def test_a_viewer_who_coaches_everybody_in_a_cell_learns_nothing_from_it():
    cohort_of = where(north=people(100, 8), south=people(200, 8))
    knowers = {learner: frozenset({900}) for learner in people(100, 8)}
    assert cells(admit(None, roster(cohort_of, knowers=knowers), K)) == [{NORTH}, {SOUTH}]


def test_a_cell_that_a_viewer_has_come_to_know_is_shown_with_another(first):
    cohort_of = where(north=people(100, 8), south=people(200, 8))
    now = after(first, cohort_of, knowers={learner: frozenset({900}) for learner in people(100, 5)})
    assert cells(now) == [{NORTH, SOUTH}]
