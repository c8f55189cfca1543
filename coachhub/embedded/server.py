"""What both servers have in common."""

import errno
import os
import signal
import time
from abc import ABC, abstractmethod
from contextlib import suppress
from pathlib import Path

import psutil

from coachhub.embedded.errors import EmbeddedError, disk_full
from coachhub.embedded.place import Place
from coachhub.environment import LEAST_SPACE, free_space


class Server(ABC):
    """A server with its files in `directory`; `log` holds its messages since the last start."""

    name: str
    program: str
    proof: str  # a file that is there while it runs
    stop_signal: signal.Signals
    patience: float  # seconds from asking it to stop to killing it

    def __init__(self, place: Place) -> None:
        self.place = place
        self.directory = place.home / self.name.lower()
        self.log: Path = self.directory / "log"

    def process(self) -> psutil.Process | None:
        """The running server, known by its command line: pid files go stale, and go with `rm -r .data`."""
        ours = f"{self.directory}/"  # texts, not paths: PostgreSQL pads the command lines with hundreds of empty words
        for process in psutil.process_iter(["name", "cmdline"]):
            named = process.info["name"] == self.program
            if named and any(f"{word}/".startswith(ours) for word in process.info["cmdline"] or []):
                return process
        return None

    @abstractmethod
    def start(self, *, fast: bool, at: str = "") -> str:
        """Start it unless it runs, and return its URL. Raises EmbeddedError, OSError.

        `fast` is for tests. `at` is the URL that others know: there it starts again, or not at all.
        """

    def runs(self) -> bool:
        """Whether it runs already; one whose files were deleted under it is stopped."""
        if self.process() and not (self.directory / self.proof).exists():
            self.stop()
        return self.process() is not None

    def stop(self) -> None:
        """Stop it; killed if it does not go."""
        if process := self.process():
            process.send_signal(self.stop_signal)
            deadline = time.monotonic() + self.patience
            while not is_gone(process):
                if time.monotonic() > deadline:
                    process.kill()
                time.sleep(0.02)

    def failure(self, output: str = "") -> EmbeddedError:
        """What to tell the user when the server does not start; `output` is what its tool printed."""
        with suppress(OSError):
            output += "\n" + self.log.read_text(errors="replace")
        if os.strerror(errno.ENOSPC) in output or free_space(self.place.home) < LEAST_SPACE:
            return disk_full(self.place.home)
        lines = [line.strip() for line in output.splitlines() if line.strip()]
        reasons = [line for line in lines if "FATAL" in line or "error" in line.lower()] or lines or ["no reason given"]
        reason = reasons[-1].rpartition("FATAL: ")[2].strip()
        return EmbeddedError(f"{self.name} does not start ({reason}): put that right, or look in {self.log}.")


def is_gone(process: psutil.Process) -> bool:
    """Whether it has ended."""
    try:
        return process.status() == psutil.STATUS_ZOMBIE  # nobody has collected it, as in many containers
    except psutil.NoSuchProcess:
        return True
