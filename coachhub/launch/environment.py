"""The environment of the site's processes: which servers, which keys."""

import os
import secrets
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from coachhub import embedded
from coachhub.launch import LaunchError


def places(data: Path) -> list[Path]:
    """Where files will be, on two disks perhaps; none is made."""
    return [data] if _given("DATABASE_URL") else [data, embedded.home(data)]


@contextmanager
def backing_servers(data: Path) -> Iterator[dict[str, str]]:
    """Embedded servers while the block runs, unless the environment names servers of one's own."""
    named = [name for name in ("DATABASE_URL", "REDIS_URL") if _given(name)]
    if len(named) == 1:
        raise LaunchError(f"Only {named[0]} is set: set DATABASE_URL and REDIS_URL, or neither.")
    if named:
        yield {}
    else:
        with embedded.servers(data) as urls:
            yield urls


@contextmanager
def known_port(data: Path, port: int) -> Iterator[None]:
    """`PORT` in `<data>/env` while the block runs, so that commands beside the site print links that lead to it."""
    embedded.write_env(data, PORT=str(port))
    try:
        yield
    finally:
        with suppress(OSError):  # on a full disk the file stays as it is
            embedded.write_env(data, PORT=None)


@contextmanager
def watched(data: Path, urls: Mapping[str, str]) -> Iterator[list[Callable[[], None]]]:
    """What to do while the block runs, so that embedded servers which end by themselves come back."""
    watch = embedded.Watch(data, urls) if urls else None
    try:
        yield [watch.run] if watch else []
    finally:
        if watch:
            watch.over.set()


def settings(data: Path) -> dict[str, str]:
    """What the environment lacks: keys, made once and kept in `<data>/env`, and how to behave on a desk."""
    kept = embedded.read_env(data)
    keys = {
        "SECRET_KEY": kept.get("SECRET_KEY") or secrets.token_urlsafe(50),
        "FIELD_KEYS": kept.get("FIELD_KEYS") or f"1:{b64encode(secrets.token_bytes(32)).decode()}",
    }
    keys = {name: key for name, key in keys.items() if not _given(name)}
    embedded.write_env(data, **keys)
    manner = {"LOG_LEVEL": "WARNING", "PYTHONUNBUFFERED": "1"}
    if os.geteuid() == 0:  # in a container, where Celery would say so in ten lines
        manner["PYTHONWARNINGS"] = "ignore:You're running the worker with superuser privileges"
    if not _given("PRODUCTION"):
        manner["DEMO"] = "1"
    return keys | {name: value for name, value in manner.items() if not _given(name)}


def _given(name: str) -> bool:
    """Whether the environment has this setting, or the name of a file that holds it."""
    return bool(os.environ.get(name) or os.environ.get(f"{name}_FILE"))
