"""What both servers have in common."""

import errno
import os
from contextlib import suppress
from pathlib import Path

import psutil

from coachhub.embedded.errors import EmbeddedError, disk_full
from coachhub.embedded.place import Place


class Server:
    """A server with its files in `directory`; `log` holds its messages since the last start."""

    name: str
    pid_file: str

    def __init__(self, place: Place) -> None:
        self.place = place
        self.directory = place.home / self.name.lower()
        self.log: Path = self.directory / "log"

    def process(self) -> psutil.Process | None:
        """The running server. A pid that by now belongs to another program is nobody."""
        try:
            process = psutil.Process(int((self.directory / self.pid_file).read_text().split()[0]))
            return process if str(self.directory) in " ".join(process.cmdline()) else None
        except (OSError, ValueError, IndexError, psutil.Error):
            return None

    def failure(self, output: str = "") -> EmbeddedError:
        """What to tell the user when the server does not start; `output` is what its tool printed."""
        with suppress(OSError):
            output += "\n" + self.log.read_text(errors="replace")
        if os.strerror(errno.ENOSPC) in output:
            return disk_full(self.place.home)
        lines = [line.strip() for line in output.splitlines() if line.strip()]
        reasons = [line for line in lines if "FATAL" in line or "rror" in line] or lines or ["no reason given"]
        return EmbeddedError(f"{self.name} does not start ({reasons[-1]}): put that right, or look in {self.log}.")
