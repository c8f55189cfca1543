"""Whatever people do over the blocks, no two published sets ever differ by too few of them."""

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from metrics.domain.admission import admit
from metrics.domain.heads import heads_of
from metrics.domain.parts import parts_of, shown
from metrics.domain.standing import NOBODY, Roster
from tests.metrics.worlds import worlds


def effective(people, roster):
    """n_eff as PRIVACY.md writes it, in the plainest way."""
    viewers = {viewer for who in roster.knowers.values() for viewer in who}
    known = [len([learner for learner in people if viewer in roster.knowers.get(learner, ())]) for viewer in viewers]
    return len(people) - max([1, *(number for number in known if number < len(people))])


def published(pillar, standing, roster, k):
    return {
        part.identity: frozenset(learner for learner, cohort in standing.counted.items() if cohort in part.cohorts)
        for part in parts_of(pillar, standing, roster, k)
    }


def life(world):
    """Per block: what stands, the roster, the published sets and k."""
    standing = None
    for roster, k in zip(world.days, world.sizes, strict=True):
        standing = admit(standing, roster, k)
        yield standing, roster, published(1, standing, roster, k), k


@settings(max_examples=80, deadline=None)
@given(worlds())
def test_every_published_set_has_k_effective_people(world):
    for _standing, roster, sets, k in life(world):
        assert all(effective(people, roster) >= k for people in sets.values())


@settings(max_examples=80, deadline=None)
@given(worlds())
def test_no_two_published_sets_of_a_block_differ_by_fewer_than_k(world):
    for _standing, _roster, sets, k in life(world):
        for one, other in itertools.permutations(sets.values(), 2):
            assert not 0 < len(one - other) < k


@settings(max_examples=80, deadline=None)
@given(worlds())
def test_a_published_set_gains_and_loses_nobody_or_at_least_k(world):
    before = {}
    for _standing, _roster, sets, k in life(world):
        for identity in before.keys() & sets.keys():
            for gone in (before[identity] - sets[identity], sets[identity] - before[identity]):
                assert not 0 < len(gone) < k
        before = sets


@settings(max_examples=80, deadline=None)
@given(worlds())
def test_everybody_who_counts_is_in_exactly_one_cell(world):
    for standing, roster, _sets, _k in life(world):
        cohorts = [cohort for cell in standing.cells for cohort in cell.ids]
        assert len(cohorts) == len(set(cohorts))
        assert set(standing.counted.values()) <= set(cohorts)
        programs = [program for group in standing.programs for program in group.ids]
        assert sorted(programs) == sorted({roster.program_of[cohort] for cohort in cohorts})
        for cell in standing.cells:
            around = [
                group for group in standing.programs if {roster.program_of[each] for each in cell.ids} <= group.ids
            ]
            assert len(around) == 1


@settings(max_examples=80, deadline=None)
@given(worlds(), st.randoms(use_true_random=False))
def test_the_order_of_rows_changes_nothing(world, rng):
    def shuffled(mapping):
        items = list(mapping.items())
        rng.shuffle(items)
        return dict(items)

    standing = other = None
    for roster, k in zip(world.days, world.sizes, strict=True):
        mixed = Roster(
            roster.day, shuffled(roster.cohort_of), shuffled(roster.program_of), roster.ended, shuffled(roster.knowers)
        )
        standing, other = admit(standing, roster, k), admit(other, mixed, k)
        assert (dict(standing.counted), standing.cells, standing.programs) == (
            dict(other.counted), other.cells, other.programs,
        )  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(worlds(blocks=1))
def test_a_grouping_is_kept_while_it_may_be(world):
    roster = world.days[0]
    first = admit(None, roster, world.k)
    again = admit(first, roster, world.k)
    assert (again.cells, again.programs) == (first.cells, first.programs)
    assert dict(again.counted) == dict(first.counted)


@settings(max_examples=80, deadline=None)
@given(worlds(blocks=1), st.randoms(use_true_random=False))
def test_what_one_measure_shows_has_no_hole(world, rng):
    """With any of the members without a value, what is shown can only be combined into sets of k effective people."""
    roster = world.days[0]
    standing = admit(NOBODY, roster, world.k)
    parts = parts_of(1, standing, roster, world.k)
    with_value = {learner for learner in standing.counted if rng.random() < 0.8}

    def people(part):
        return {learner for learner in with_value if standing.counted[learner] in part.cohorts}

    open_parts = shown(parts, lambda part: heads_of(people(part), roster.knowers), world.k)
    sets = [people(part) for part in open_parts]
    assert all(effective(each, roster) >= world.k for each in sets)
    for one, other in itertools.permutations(sets, 2):
        assert not 0 < len(one - other) < world.k
        if other < one:
            assert effective(one - other, roster) >= world.k
