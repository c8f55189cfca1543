"""`make bench`: choose, run, print, and after a run of all of them write docs/benchmarks.md."""

import json
import subprocess
import sys
from collections.abc import Iterator

from bench import benchmarks, place, report
from bench.measure import Result


def main(chosen: list[str]) -> int:
    """Exit status 1 when a bound is not met, 2 for a benchmark that does not exist."""
    known = benchmarks()
    if unknown := [name for name in chosen if name.upper() not in known]:
        print(f"There is no benchmark {', '.join(unknown)}; there are {', '.join(known)}.", file=sys.stderr)
        return 2
    wanted = [name.upper() for name in chosen] or list(known)
    print("Making a database with the library and the demo.", file=sys.stderr)
    with place.base() as base:
        found = {name: list(run(known[name], base)) for name in wanted}
    if not chosen:
        report.write(found)
    return 0 if all(result.met for results in found.values() for result in results) else 1


def run(module: str, base: str) -> Iterator[Result]:
    """One benchmark in a copy of the base; each result is printed when it is there."""
    with place.database(f"{base}_{module}", template=base) as url:
        command = [sys.executable, "-m", "bench.inside", module]
        with subprocess.Popen(
            command, cwd=place.ROOT, env=place.environment(url), stdout=subprocess.PIPE, text=True
        ) as process:
            for line in process.stdout or ():
                result = Result(**json.loads(line))
                print(report.line(module.partition("_")[0].upper(), result), flush=True)
                yield result
    if process.returncode:
        sys.exit(f"{module} failed.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
