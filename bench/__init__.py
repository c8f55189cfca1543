"""Benchmarks: `make bench`, or `make bench ARGS="B1 B4"` for some of them.

What is measured is a ratio of two things done in turns in the same run, so a slow or a busy machine says the same as
a fast one; memory alone is absolute. Each benchmark is a module `b<number>_<name>.py` with `measure()`, which yields
results. It runs in a process and a database of its own, copied from one that holds the library and the demo.
"""

import re
from pathlib import Path

HERE = Path(__file__).parent


def benchmarks() -> dict[str, str]:
    """Every benchmark's module by its name in capitals ("B1"), in order of the numbers."""
    found = {match["number"]: path.stem for path in HERE.glob("b*.py") if (match := _module(path))}
    return {f"B{number}": found[number] for number in sorted(found, key=int)}


def _module(path: Path) -> re.Match[str] | None:
    return re.fullmatch(r"b(?P<number>\d+)_\w+", path.stem)
