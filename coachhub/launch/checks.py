"""What must hold before anything starts; each refusal is one sentence that says what to do."""

import fcntl
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psutil

from coachhub.environment import free_space, tightest
from coachhub.launch import LaunchError

SPACE, NEW = 100 * 1024**2, 500 * 1024**2  # bytes: room to work; until a new database and the demo have been made
PREPARED = "prepared"  # an empty file in the data directory


def read_port(text: str) -> int:
    """The port number in PORT. Raises LaunchError."""
    if text.isdecimal() and 0 < int(text) < 65536:
        return int(text)
    raise LaunchError(f"PORT={text} is no port: give a number, such as `PORT=8001 make run`.")


def space_for(data: Path) -> int:
    """Bytes that a start needs; a first one that failed half way needs as much again."""
    return SPACE if (data / PREPARED).exists() else NEW


def note_prepared(data: Path) -> None:
    """All that a first start makes is there."""
    with suppress(OSError):  # no room for it: the next start asks for more
        (data / PREPARED).touch()


def require_space(needed: int, *paths: Path) -> None:
    """Raise LaunchError unless the disks that hold these paths, which need not exist, have `needed` bytes free."""
    path = tightest(*paths)
    free = free_space(path)
    if free < needed:
        raise LaunchError(
            f"The disk that holds {path} has {free // 1024**2} MB free and CoachHub needs {needed // 1024**2}: "
            "free some space, or set DATA_DIR to a directory on another disk."
        )


def require_free_port(port: int) -> None:
    """Raise LaunchError, naming who has it, unless we can listen on `port`."""
    other = f"`PORT={port % 65535 + 1} make run`" if port >= 1024 else "`PORT=8000 make run`"
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except PermissionError:
        raise LaunchError(f"Port {port} is reserved for the system: choose another with {other}.") from None
    except OSError:
        raise LaunchError(
            f"Port {port} is in use{_listener(port)}: stop what uses it, or choose another with {other}."
        ) from None


@contextmanager
def only_launch(data: Path, address: str) -> Iterator[None]:
    """Keep a second launch out of a data directory. Raises LaunchError when we are the second."""
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    with (data / "launch").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise LaunchError(f"CoachHub runs already, at {lock.read()}: open that, or stop it first.") from None
        lock.truncate(0)
        lock.write(address)
        lock.flush()
        os.register_at_fork(after_in_child=lock.close)  # the lock goes when we go, however we go
        yield


def _listener(port: int) -> str:
    """ " by NAME (pid N)", or nothing where the system does not tell."""
    with suppress(psutil.Error):
        for connection in psutil.net_connections("tcp"):
            listens = connection.status == psutil.CONN_LISTEN and connection.laddr[1:] == (port,)
            if listens and connection.pid:
                return f" by {psutil.Process(connection.pid).name()} (pid {connection.pid})"
    return ""
