"""Merging by literal cases: smallest first, a remainder joins the smallest group."""

import pytest

from metrics.domain.heads import Heads, heads_of
from metrics.domain.merging import merged


def sizes(*numbers):
    return {place: Heads(size) for place, size in enumerate(numbers, start=1)}


@pytest.mark.parametrize(
    ("heads", "groups"),
    [
        (sizes(8, 9, 10), [{1}, {2}, {3}]),
        (sizes(3, 9, 10), [{1, 2}, {3}]),
        (sizes(3, 4, 10), [{1, 2}, {3}]),
        (sizes(5, 5, 5), [{1, 2, 3}]),
        (sizes(6, 5, 5), [{1}, {2, 3}]),
        (sizes(6, 6, 6), [{1}, {2}, {3}]),
        (sizes(2, 2), [{1, 2}]),
        (sizes(20), [{1}]),
        ({}, []),
    ],
)
def test_small_siblings_are_merged_smallest_first(heads, groups):
    assert [set(group) for group in merged(heads, 5)] == groups


def test_equal_sizes_go_by_id_whatever_the_order():
    heads = sizes(3, 3, 3, 3)
    assert merged(dict(reversed(heads.items())), 5) == merged(heads, 5)


def test_a_child_of_which_a_viewer_knows_too_much_is_merged_until_enough_are_unknown():
    heads = {1: Heads(12, {900: 12}), 2: Heads(7, {900: 4}), 3: Heads(9)}
    assert [set(group) for group in merged(heads, 5)] == [{1}, {2, 3}]


@pytest.mark.parametrize(
    ("size", "known", "effective"),
    [
        (0, {}, 0),
        (1, {}, 0),
        (6, {}, 5),
        (8, {900: 3}, 5),
        (8, {900: 3, 901: 4}, 4),
        (8, {900: 8}, 7),
        (8, {900: 7}, 1),
    ],
)
def test_effective_people_are_those_whom_no_one_viewer_knows(size, known, effective):
    assert Heads(size, known).effective == effective


def test_a_viewer_who_learns_here_knows_one_value_the_own():
    assert heads_of(range(7), {3: frozenset({3, 900}), 4: frozenset({900})}) == Heads(7, {3: 1, 900: 2})
