"""Sentences that are put together from figures read well whatever the figures are."""

from decimal import Decimal

import pytest

from metrics.domain.saying import MEANS, Said, course_of
from metrics.domain.trends import summary_of
from metrics.models import Measure


def levels(*values):
    return [Said("level", 1, Decimal(value) if value else None, value) for value in values]


def shares(*words):
    return [Said("kept", 1, None, word) for word in words]


@pytest.mark.parametrize(
    ("figures", "change", "said"),
    [
        (levels("2.50", "2.75", "3.00"), 1, "2.50 → 2.75 → 3.00, a clear rise"),
        (levels("3.00", "2.75"), 0, "3.00 → 2.75, no clear change"),
        (levels("2.50", "2.75"), None, "2.50 → 2.75"),
        (levels("2.50", "2.50", "2.50"), 0, "2.50, as before"),
        (levels("2.50"), None, "2.50"),
        (levels("", "2.50"), None, "– → 2.50"),
        (levels("", ""), None, "– → –"),
        (shares("most", "under half"), -1, "most → under half, a clear fall"),
        (shares("under half", "under half"), 0, "under half, as before"),
    ],
)
def test_figures_of_blocks_in_a_row_are_one_phrase(figures, change, said):
    assert course_of(figures, change) == said


@pytest.mark.parametrize(
    ("figures", "said"),
    [
        (shares("most", "most", "most"), "most, as before."),
        (levels("2.00", "2.75"), "2.00 → 2.75, a clear rise."),
        (levels("", "2.75"), "2.75; nothing to compare it with yet."),
        (levels("2.75", ""), "Not published in this block."),
    ],
)
def test_a_trend_is_one_sentence(figures, said):
    assert summary_of(figures[0].measure, figures) == said


def test_every_measure_says_in_a_sentence_what_it_counts():
    assert [measure for measure in Measure if not str(MEANS[measure]).endswith(".")] == []
