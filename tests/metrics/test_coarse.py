"""Coarsening by literal cases (PRIVACY.md rule 8)."""

from decimal import Decimal as D

import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.domain.coarse import SCALES, band


@pytest.mark.parametrize(
    ("measure", "mean", "n", "effective", "value", "text"),
    [
        ("level", 1.0, 6, 5, D("1.5"), "≤ 1.5"),
        ("level", 1.5, 6, 5, D("1.5"), "≤ 1.5"),
        ("level", 1.62, 6, 5, D("1.5"), "≤ 1.5"),
        ("level", 1.625, 6, 5, D("1.75"), "1.75"),
        ("level", 2.375, 6, 5, D("2.5"), "2.50"),
        ("level", 2.3749, 6, 5, D("2.25"), "2.25"),
        ("level", 3.374, 60, 59, D("3.25"), "3.25"),
        ("level", 3.375, 60, 59, D("3.5"), "≥ 3.5"),
        ("level", 4.0, 60, 59, D("3.5"), "≥ 3.5"),
        ("sessions", 0.0, 6, 5, D("0.5"), "≤ 0.5"),
        ("sessions", 0.74, 6, 5, D("0.5"), "≤ 0.5"),
        ("sessions", 0.75, 6, 5, D("1.0"), "1.0"),
        ("sessions", 3.2, 6, 5, D("3.0"), "3.0"),
        ("sessions", 3.25, 6, 5, D("3.5"), "3.5"),
        ("sessions", 5.75, 6, 5, D("6"), "≥ 6"),
        ("sessions", 40.0, 6, 5, D("6"), "≥ 6"),
        ("agreement", 0.29, 6, 5, D("0.2"), "≤ 20 %"),
        ("agreement", 0.5, 6, 5, D("0.6"), "60 %"),
        ("agreement", 0.69, 6, 5, D("0.6"), "60 %"),
        ("agreement", 1.0, 6, 5, D("0.8"), "≥ 80 %"),
        ("agreement", 1.0, 21, 20, D("1"), "100 %"),
        ("agreement", 0.0, 21, 20, D("0"), "0 %"),
        ("queue", 0.34, 21, 20, D("0.3"), "30 %"),
        ("queue", 0.35, 21, 20, D("0.4"), "40 %"),
        ("queue", 0.1 + 0.2 + 0.05, 21, 20, D("0.4"), "40 %"),
        ("queue", 0.35, 25, 19, None, "under half"),
        ("queue", 0.39, 12, 11, None, "under half"),
        ("queue", 0.4, 12, 11, None, "about half"),
        ("queue", 0.6, 12, 11, None, "about half"),
        ("queue", 0.61, 12, 11, None, "most"),
        ("queue", 1.0, 12, 11, None, "most"),
        ("kept", 0.49, 9, 8, None, "under half"),
        ("kept", 0.5, 9, 8, None, "half or more"),
        ("kept", 1.0, 6, 5, None, "half or more"),
        ("kept", 0.5, 10, 9, None, "about half"),
    ],
)
def test_what_a_mean_is_said_as(measure, mean, n, effective, value, text):
    assert SCALES[measure].say(mean, n, effective) == (value, text)


@pytest.mark.parametrize("measure", [name for name, scale in SCALES.items() if scale.is_share])
@pytest.mark.parametrize("n", range(6, 20))
def test_no_word_of_a_small_group_tells_a_count_of_1_to_4_or_its_complement(measure, n):
    if measure == "agreement":
        return
    by_word: dict[str, list[int]] = {}
    for count in range(n + 1):
        by_word.setdefault(SCALES[measure].say(count / n, n, n - 1)[1], []).append(count)
    assert "" not in by_word
    for fitting in by_word.values():
        assert any(not 1 <= min(count, n - count) <= 4 for count in fitting)


@pytest.mark.parametrize(
    ("size", "least", "text"),
    [
        (6, 6, "6–9"), (9, 6, "6–9"), (10, 6, "10–19"), (19, 6, "10–19"), (20, 6, "20–49"), (49, 6, "20–49"),
        (50, 6, "50+"), (9, 7, "7–19"), (9, 9, "9–19"), (20, 9, "20–49"), (16, 16, "16–19"), (17, 17, "17–49"),
        (60, 60, "60+"),
    ],
)  # fmt: skip
def test_how_many_people_is_a_band_from_the_fewest_that_are_published(size, least, text):
    assert band(size, least) == text


@given(st.integers(6, 80), st.integers(0, 200))
def test_a_band_holds_its_number_and_no_fewer_than_are_published_and_tells_neither(least, more):
    first, _dash, last = band(least + more, least).rstrip("+").partition("–")
    assert least <= int(first) <= least + more <= int(last or 280)
    assert not last or int(last) - int(first) >= 3
