"""The gate before freezing refuses what the partition should never offer; and the table that it guards."""

import pytest

from metrics import privacy
from metrics.domain.gate import GateFailed, check_steps, check_table
from metrics.domain.grouping import grouping_of
from metrics.domain.parts import Part
from metrics.domain.past import Past
from metrics.domain.standing import Roster
from tests.metrics.town import MONDAY

NORTH, SOUTH = frozenset({1}), frozenset({2})
WHOLE = Part("pillar", "pillar:1", NORTH | SOUTH, frozenset({1}))
PARTS = [
    WHOLE,
    Part("cohort", "north", NORTH, frozenset({1}), WHOLE.identity),
    Part("cohort", "south", SOUTH, frozenset({1}), WHOLE.identity),
]
COUNTED = {**dict.fromkeys(range(100, 108), 1), **dict.fromkeys(range(200, 208), 2)}


def table(values, measure="level", knowers=None):
    found = privacy.table(measure, PARTS, values, counted=COUNTED, knowers=knowers or {}, k=5)
    return {identity: said.text for identity, said in found.items()}


@pytest.mark.parametrize(
    "sets",
    [
        {"a": range(4)},
        {"a": range(5)},  # nobody but four and the reader
        {"a": range(20), "b": range(17)},
        {"a": range(20), "b": range(7), "c": range(7, 17)},  # a - b - c are three
        {"a": range(10), "b": range(7, 20)},
    ],
)
def test_sets_that_tell_of_too_few_people_do_not_pass(sets):
    with pytest.raises(GateFailed):
        check_table(sets, {}, 5)


def test_nested_sets_that_leave_enough_people_pass():
    check_table({"a": range(20), "b": range(6), "c": range(6, 14)}, {}, 5)


def test_what_a_viewer_knows_of_a_difference_counts():
    known = {learner: frozenset({900}) for learner in range(8, 13)}
    with pytest.raises(GateFailed):
        check_table({"a": range(16), "b": range(8)}, known, 5)


@pytest.mark.parametrize("now", [range(9), range(7), range(4, 12)])
def test_a_set_that_changed_by_few_people_does_not_pass(now):
    with pytest.raises(GateFailed):
        check_steps({"a": range(8)}, {"a": now}, 5)


def test_a_set_that_changed_by_k_people_or_nobody_passes():
    check_steps({"a": range(8), "gone": range(3)}, {"a": range(13), "new": range(3)}, 5)
    check_steps({"a": range(8)}, {"a": range(8)}, 5)


def test_siblings_are_shown_all_or_none():
    everybody = dict.fromkeys(COUNTED, 3.0)
    assert table(everybody) == {"pillar:1": "3.00", "north": "3.00", "south": "3.00"}
    few = dict.fromkeys([*range(100, 108), *range(200, 205)], 3.0)
    assert table(few) == {"pillar:1": "3.00", "north": "", "south": ""}


def test_a_measure_with_too_few_values_says_nothing_at_all():
    assert table(dict.fromkeys(range(100, 105), 3.0)) == {"pillar:1": "", "north": "", "south": ""}
    assert table({}) == {"pillar:1": "", "north": "", "south": ""}


def test_values_of_people_who_are_not_counted_are_left_out():
    assert table(dict.fromkeys([*COUNTED, *range(300, 400)], 3.0)) == table(dict.fromkeys(COUNTED, 3.0))
    assert table(dict.fromkeys(range(300, 400), 3.0)) == table({})


def test_every_dash_is_the_same():
    few, none = privacy.HIDDEN, privacy.Hidden()
    assert (few, few.value, few.text) == (none, None, "")


def test_who_has_which_value_does_not_matter_only_the_mean():
    values = {learner: 1.0 + learner % 4 for learner in COUNTED}
    swapped = {**values, 100: values[103], 103: values[100]}
    assert table(values) == table(swapped)


@pytest.mark.parametrize(("gone", "parts"), [(0, ["pillar:1"]), (1, []), (5, ["pillar:1"])])
def test_a_pillar_from_which_too_few_would_be_gone_since_the_last_block_is_not_published(gone, parts):
    now = dict.fromkeys(range(100, 108), 1)
    past = Past(published={1: {"pillar:1": {*now, *range(200, 200 + gone)}}})
    found = grouping_of(1, Roster(MONDAY, now, {1: 1}, frozenset(), {}), past, 5)
    assert [part.identity for part in found.parts] == parts
