"""Web, worker and beat under honcho."""

import http.client
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import FrameType

import psutil
from honcho.environ import parse_procfile
from honcho.manager import SYSTEM_PRINTER_NAME, Manager
from honcho.printer import Message, Printer

from coachhub.launch import LaunchError, terminal

MARK = "COACHHUB_LAUNCHED_FROM"  # in the environment of all we start: how leftovers are recognised
PATIENCE = 20.0  # seconds beyond honcho's own five: as long as a mail server may take to answer


def run(root: Path, data: Path, environment: Mapping[str, str], *, meanwhile: Sequence[Callable[[], None]]) -> None:
    """Run the Procfile until a signal comes, and each of `meanwhile` in a thread once all have been started.

    Raises LaunchError when one of its processes ends by itself.
    """
    programs = Path(sys.executable).parent
    environment = {
        **environment,
        "PATH": f"{programs}{os.pathsep}{environment.get('PATH', os.defpath)}",
        MARK: str(data),
    }
    site = Site(Output(sys.stdout), [*meanwhile, terminal.hang_up_with_it])
    for name, command in parse_procfile((root / "Procfile").read_text()).processes.items():
        site.add_process(name, command, env=environment, cwd=str(root))
    try:
        site.loop()
    finally:
        stop_leftovers(data)
    if not site.asked_to_stop:
        raise LaunchError("CoachHub stopped since one of its processes ended: the lines above say which and why.")


class Site(Manager):  # type: ignore[misc]  # honcho has no types
    """Honcho's manager: quieter, safe to stop from its first moment on, and it notices a closed terminal."""

    def __init__(self, output: "Output", meanwhile: Sequence[Callable[[], None]]) -> None:
        super().__init__(output)
        self.asked_to_stop = False
        self._output = output
        self._meanwhile = meanwhile
        self._pid = os.getpid()
        self._killing_since = 0.0

    def loop(self) -> None:
        """Start all processes and wait for their end."""
        signal.signal(signal.SIGALRM, lambda *_: self.terminate())
        if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:
            signal.signal(signal.SIGHUP, self._hang_up)
        super().loop()

    def kill(self) -> None:
        """Not before a worker could end the mail at hand: whether a killed one was taken, nobody knows."""
        self._killing_since = self._killing_since or time.monotonic()
        if time.monotonic() - self._killing_since > PATIENCE:
            super().kill()

    def terminate(self) -> None:
        """Stop all processes; a moment later if one has yet to report its start, which honcho would lose."""
        if os.getpid() != self._pid:
            return  # a copy of us, forked by honcho to watch one process
        if not self.asked_to_stop and not self._any_stopped():
            self.asked_to_stop = self._output.ends_are_expected = True
        if self._all_started():
            super().terminate()
        else:
            signal.setitimer(signal.ITIMER_REAL, 0.1)

    def _start(self) -> None:
        super()._start()
        for do in self._meanwhile:  # not before: honcho forks
            threading.Thread(target=do, daemon=True).start()

    def _hang_up(self, number: int, frame: FrameType | None) -> None:
        self._output.nobody_reads()
        self.returncode = 128 + number
        self.terminate()


class Output(Printer):  # type: ignore[misc]
    """The processes' lines; of honcho's own only those that tell of an end nobody asked for."""

    ends_are_expected = False

    def write(self, message: Message) -> None:
        """Print one line, if anybody still reads."""
        an_end = "stopped (rc=" in str(message.data) and not self.ends_are_expected
        if message.name != SYSTEM_PRINTER_NAME or an_end:
            try:
                super().write(message)
            except OSError:
                self.nobody_reads()

    def nobody_reads(self) -> None:
        """Print into nothing from now on: the terminal was closed, or `make run | head` has seen enough."""
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 1)
        os.dup2(nowhere, 2)


def wait_until_ready(port: int, *, seconds: float = 120) -> bool:
    """Whether /readyz answers 200 within so many seconds."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        with suppress(OSError, http.client.HTTPException):
            connection.request("GET", "/readyz")
            if connection.getresponse().status == 200:
                return True
        connection.close()
        time.sleep(0.1)
    return False


def stop_leftovers(data: Path) -> None:
    """End what a launch from this data directory left behind, by kill -9 or by a child that would not go."""
    left = leftovers(data)
    for process in left:
        with suppress(psutil.Error):
            process.terminate()
    for process in psutil.wait_procs(left, timeout=5)[1]:
        with suppress(psutil.Error):
            process.kill()


def leftovers(data: Path) -> list[psutil.Process]:
    """What runs and was launched from this data directory."""
    return [process for process in psutil.process_iter() if _launched_from(process) == str(data)]


def _launched_from(process: psutil.Process) -> str | None:
    with suppress(psutil.Error, OSError):
        return process.environ().get(MARK)
    return None
