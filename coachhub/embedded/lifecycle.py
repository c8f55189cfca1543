"""Starting, sharing and stopping the two servers of a data directory."""

import fcntl
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from coachhub.embedded import place as places
from coachhub.embedded.errors import EmbeddedError, explain
from coachhub.embedded.place import Place
from coachhub.embedded.postgres import Postgres
from coachhub.embedded.signals import held
from coachhub.embedded.urlfile import read_env, write_env
from coachhub.embedded.valkey import Valkey


@contextmanager
def servers(data: Path, *, fast: bool = False) -> Iterator[dict[str, str]]:
    """Both servers while the block runs; yields DATABASE_URL, REDIS_URL and DATABASE_DIR. Raises EmbeddedError.

    Servers that run already are shared; one that ended while others use it comes back where they find it. `fast` is
    for tests: no fsync, nothing kept in Valkey.
    """
    place = _find(data)
    if place.home != place.data:
        print(f"The database lives in {place.home}: its user cannot reach {place.data}.", file=sys.stderr)
    with _open(place.data / "users") as users:
        try:
            with held(), alone(place):
                known = {} if _last_one_out(users) else read_env(place.data)  # what others reach them by
                fcntl.flock(users, fcntl.LOCK_SH)
                urls = _start(place, known, fast=fast)
            yield urls
        finally:
            with held(), alone(place):
                if _last_one_out(users) and not (place.data / "keep").exists():
                    _stop(place)


def keep(data: Path, *, fast: bool = False) -> dict[str, str]:
    """Start both servers and leave them running until `stop`; returns their URLs. Raises EmbeddedError."""
    with servers(data, fast=fast) as urls:
        (data / "keep").touch()
    return urls


def stop(data: Path) -> None:
    """Stop both servers, the database last. Raises EmbeddedError while another process uses them."""
    place = _find(data)
    with _open(place.data / "users") as users, held(), alone(place):
        if not _last_one_out(users):
            raise EmbeddedError("Another process uses the servers: stop that, and they stop with it.")
        _stop(place)


def status(data: Path) -> dict[str, bool]:
    """Which of the two servers run, by name."""
    place = _find(data)
    return {server.name: server.process() is not None for server in (Postgres(place), Valkey(place))}


def _find(data: Path) -> Place:
    try:
        return places.find(data.resolve())
    except OSError as error:
        raise explain(error, data) from None


def _start(place: Place, known: Mapping[str, str], *, fast: bool) -> dict[str, str]:
    postgres, valkey = Postgres(place), Valkey(place)
    try:
        if not (postgres.process() or valkey.process()):
            (place.data / "keep").unlink(missing_ok=True)  # from before a restart of the machine
        urls = {
            "DATABASE_URL": postgres.start(fast=fast, at=known.get("DATABASE_URL", "")),
            "REDIS_URL": valkey.start(fast=fast, at=known.get("REDIS_URL", "")),
            "DATABASE_DIR": str(place.home),
        }
        write_env(place.data, **urls)
    except OSError as error:
        raise explain(error, place.home) from None
    return urls


def _stop(place: Place) -> None:
    Valkey(place).stop()
    Postgres(place).stop()
    (place.data / "keep").unlink(missing_ok=True)
    with suppress(OSError):  # on a full disk the file stays as it is
        write_env(place.data, DATABASE_URL=None, REDIS_URL=None, DATABASE_DIR=None)


def _open(path: Path) -> IO[bytes]:
    try:
        return path.open("ab")
    except OSError as error:
        raise explain(error, path) from None


@contextmanager
def alone(place: Place) -> Iterator[None]:
    """Only one process at a time starts or stops servers."""
    with _open(place.data / "lock") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _last_one_out(users: IO[bytes]) -> bool:
    with suppress(BlockingIOError):
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return True
    return False
