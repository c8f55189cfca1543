"""Results as lines at the terminal and as docs/benchmarks.md."""

import os
import platform
from collections.abc import Mapping
from datetime import UTC, datetime

import django
import psutil
import psycopg

from bench.measure import ROUNDS, Result
from bench.place import ROOT

OWN_WORDS = "\n## What stands behind the figures\n"  # written by hand, kept from run to run
PAGE = ROOT / "docs" / "benchmarks.md"
HEAD = """# Benchmarks

`make bench` measures all of them and writes this page; `make bench ARGS="B1 B4"` measures some and only prints. Its
exit status says whether every bound is met. What is measured against what stands on top of each module in `bench/`.

Figures with × are ratios of two things done in turns in the same run, {rounds} rounds, of the quotients pair by pair
the median. A busy machine flatters the pages, since what disturbs both sides weighs more on the short one: the same
pages were a quarter lower at a load of ten. Memory is absolute.

"""


def line(name: str, result: Result) -> str:
    """For the terminal."""
    verdict = "met" if result.met else "NOT MET"
    note = f"  ({result.note})" if result.note else ""
    return f"{name}  {result.what:<44} {shown(result.found, result):>9}  at most {bound(result):<8} {verdict}{note}"


def shown(number: float, result: Result) -> str:
    """ "2.31×" or "212 MiB"."""
    return f"{number:.2f}×" if result.unit == "×" else f"{number:.0f} {result.unit}"


def bound(result: Result) -> str:
    return f"{result.bound:g}×" if result.unit == "×" else f"{result.bound:g} {result.unit}"


def write(found: Mapping[str, list[Result]]) -> None:
    """docs/benchmarks.md, from a run of all."""
    rows = ["| | what | found | at most | | |", "|---|---|---:|---:|---|---|"]
    for name, results in found.items():
        for each in results:
            verdict = "met" if each.met else "**not met**"
            rows.append(
                f"| {name} | {each.what} | {shown(each.found, each)} | {bound(each)} | {verdict} | {each.note} |"
            )
    _before, heading, words = (PAGE.read_text() if PAGE.exists() else "").partition(OWN_WORDS)
    PAGE.write_text(HEAD.format(rounds=ROUNDS) + machine() + "\n\n" + "\n".join(rows) + "\n" + heading + words)


def machine() -> str:
    """Where and when, in one paragraph."""
    with psycopg.connect(os.environ["DATABASE_URL"]) as connection:
        server = connection.info.parameter_status("server_version")
    memory = psutil.virtual_memory().total / 1024**3
    where = f"{os.cpu_count()} cores ({platform.machine()}), {memory:.0f} GiB"
    return (
        f"{datetime.now(UTC):%-d %B %Y, %H:%M} UTC, {where}: "
        f"Python {platform.python_version()}, Django {django.get_version()}, PostgreSQL {server}."
    )
