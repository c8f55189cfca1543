"""B9: memory of a whole installation at work: web with two workers, worker and beat, started as the Procfile says.

Proportional set size (PSS) of all their processes: what they share counts once. Read every second while four people
open pages at the same time, questions are delivered and every scheduled task runs; the greatest sum counts. The
database and Valkey are not part of it, nor what `make run` puts around them.
"""

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psutil
from honcho.environ import parse_procfile

from bench.load import browse, deliver, run_tasks, visits
from bench.measure import Result
from bench.place import ROOT
from coachhub.launch.site import wait_until_ready

BOUND = 400  # MiB
REQUESTS = 80  # of each of four people
MIB = 1024**2


def measure() -> Iterator[Result]:
    """The sum at its greatest; each process is printed."""
    port = free_port()
    with ExitStack() as running:
        trees = {name: running.enter_context(started(command, port)) for name, command in procfile().items()}
        if not wait_until_ready(port):
            raise RuntimeError("The site does not answer.")
        peak = under_load(trees, port)
    for label, size in peak.items():
        print(f"    {label:<44} {size / MIB:>6.0f} MiB", file=sys.stderr)
    parts = ", ".join(f"{name} {total(peak, name) / MIB:.0f}" for name in trees)
    yield Result("Web, worker and beat under load", sum(peak.values()) / MIB, BOUND, "MiB", parts)


def under_load(trees: Mapping[str, psutil.Process], port: int) -> dict[str, int]:
    """What each process held when all together held most, in bytes."""
    samples = [memory(trees)]
    work = [threading.Thread(target=browse, args=(port, visit, REQUESTS)) for visit in visits()]
    deliver()
    for thread in work:
        thread.start()
    while any(thread.is_alive() for thread in work):
        run_tasks()
        time.sleep(1)
        samples.append(memory(trees))
    return max(samples, key=lambda sample: sum(sample.values()))


def memory(trees: Mapping[str, psutil.Process]) -> dict[str, int]:
    """Bytes by "web 1234 granian": each process and all that it started."""
    found = {}
    for name, top in trees.items():
        for process in (top, *top.children(recursive=True)):
            rollup = Path(f"/proc/{process.pid}/smaps_rollup").read_text()
            kilobytes = next(line.split()[1] for line in rollup.splitlines() if line.startswith("Pss:"))
            found[f"{name} {process.pid} {process.name()}"] = int(kilobytes) * 1024
    return found


def total(sample: Mapping[str, int], name: str) -> int:
    return sum(size for label, size in sample.items() if label.startswith(f"{name} "))


def procfile() -> dict[str, str]:
    commands: dict[str, str] = parse_procfile((ROOT / "Procfile").read_text()).processes
    return commands


@contextmanager
def started(command: str, port: int) -> Iterator[psutil.Process]:
    """A line of the Procfile as `make run` runs it, ended with all its children."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    own = {"PORT": str(port), "PATH": path, "SWEEP_EVERY": "5", "DJANGO_SETTINGS_MODULE": "coachhub.settings"}
    quiet = {"PYTHONWARNINGS": "ignore", "DATABASE_URL": os.environ["DATABASE_URL"]}
    process = subprocess.Popen(["sh", "-c", command], cwd=ROOT, env=os.environ | own | quiet, stdout=sys.stderr)
    top = psutil.Process(process.pid)
    try:
        yield top
    finally:
        family = [top, *top.children(recursive=True)]
        process.terminate()
        for each in psutil.wait_procs(family, timeout=15)[1]:
            each.kill()
        process.wait()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
        return port
