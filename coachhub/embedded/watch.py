"""Servers that end while the site runs: killed by somebody, or for want of memory or disk."""

import sys
import threading
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from coachhub.embedded.errors import DiskFull, EmbeddedError, explain
from coachhub.embedded.lifecycle import alone
from coachhub.embedded.place import Place, find
from coachhub.embedded.postgres import Postgres
from coachhub.embedded.server import Server, is_gone
from coachhub.embedded.valkey import Valkey

PAUSE = 0.5  # seconds between two looks
PATIENCE = 5  # seconds between two attempts that fail


class Watch:
    """Starts again what ended, where the site reaches it, and says so once on stderr."""

    def __init__(self, data: Path, urls: Mapping[str, str]) -> None:
        """While both servers of the data directory run, and are reached under these URLs."""
        place = find(data.resolve())
        self.over = threading.Event()  # to be set before the servers are stopped
        self._watched = [
            Watched(place, Postgres(place), urls["DATABASE_URL"], self.over),
            Watched(place, Valkey(place), urls["REDIS_URL"], self.over),
        ]

    def run(self) -> None:
        """Until it is over. For a thread."""
        while not self.over.wait(PAUSE):
            alive = [each.lives() for each in self._watched]
            if not all(alive):
                self.over.wait(PATIENCE)


class Watched:
    """One server."""

    def __init__(self, place: Place, server: Server, url: str, over: threading.Event) -> None:
        self._place, self._server, self._url, self._over = place, server, url, over
        self._process = server.process()
        self._said = ""

    def lives(self) -> bool:
        """Whether it runs, if need be again."""
        if self._process and not is_gone(self._process):
            return True
        with alone(self._place):  # whoever stops the servers on purpose says so before they get here
            if not self._over.is_set():
                self._say(self._attempt())
        return self._process is not None

    def _attempt(self) -> str:
        """Start it again; what came of it."""
        self._process = None
        try:
            self._server.start(fast=False, at=self._url)
        except DiskFull:
            return f"The disk that holds {self._place.home} is full: free some space, and the site goes on by itself."
        except EmbeddedError as error:
            return str(error)
        except OSError as error:
            return str(explain(error, self._place.home))
        self._process = self._server.process()
        return f"{self._server.name} ended by itself and runs again."

    def _say(self, sentence: str) -> None:
        if sentence != self._said or self._process:
            with suppress(OSError):  # the terminal may be gone
                print(sentence, file=sys.stderr, flush=True)
        self._said = sentence
