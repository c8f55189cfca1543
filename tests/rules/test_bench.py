"""The benchmarks can be listed and their arithmetic is right; nothing here is timed."""

import importlib
import inspect

import pytest

from bench import benchmarks
from bench.measure import Result, alternate, median_ratio
from bench.report import line


def test_benchmarks_are_found_by_their_number():
    found = benchmarks()
    assert {"B1": "b1_pages", "B2": "b2_learners", "B4": "b4_rating", "B9": "b9_memory"}.items() <= found.items()
    assert list(found) == sorted(found, key=lambda name: int(name[1:]))


@pytest.mark.parametrize("name", benchmarks())
def test_a_benchmark_says_what_it_measures_and_yields_results(name):
    module = importlib.import_module(f"bench.{benchmarks()[name]}")
    assert (module.__doc__ or "").startswith(f"{name}: ")
    assert inspect.isgeneratorfunction(module.measure)


def test_the_ratio_is_the_median_of_the_pairs_not_the_quotient_of_medians():
    assert median_ratio([(2.0, 1.0), (9.0, 3.0), (20.0, 5.0)]) == 3.0
    assert median_ratio([(1.0, 1.0), (4.0, 2.0)]) == 1.5


def test_rounds_alternate_and_the_first_one_does_not_count():
    calls = []
    pairs = alternate(
        lambda: calls.append("one") or calls.count("one"),
        lambda: calls.append("other") or calls.count("other"),
        rounds=3,
    )
    assert calls == ["one", "other", "one", "other", "other", "one", "one", "other"]
    assert pairs == [(2, 2), (3, 3), (4, 4)]


def test_a_bound_is_met_as_printed():
    assert [Result("x", found, 1.5).met for found in (1.5, 1.504, 1.506)] == [True, True, False]
    assert "NOT MET" in line("B2", Result("My learners", 1.6, 1.5))
    assert "NOT MET" not in line("B9", Result("All", 399.6, 400, "MiB", "web 200"))
