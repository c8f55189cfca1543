"""The benchmarks' databases, each with a name of its own, dropped at the end."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parents[1]
BASE = f"coachhub_bench_{os.getpid()}"


def url_of(database: str) -> str:
    """DATABASE_URL with another database."""
    return urlunsplit(urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{database}"))


@contextmanager
def database(name: str, *, template: str | None = None) -> Iterator[str]:
    """A new database, empty or a copy, for as long as the block runs; yields its URL."""
    copied = sql.Identifier(template or "template1")
    _say(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), copied))
    try:
        yield url_of(name)
    finally:
        _say(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def base() -> Iterator[str]:
    """A database with schema, library and demo, and the static files; yields its name, to be copied."""
    with database(BASE) as url:
        command = [sys.executable, "-m", "coachhub.launch.prepare"]
        subprocess.run(command, cwd=ROOT, env=environment(url), stdout=subprocess.DEVNULL, check=True)
        analyse(url)
        yield BASE


def analyse(url: str) -> None:
    """Statistics for the planner, which a running installation gets within a minute by itself."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")


def environment(url: str) -> dict[str, str]:
    """That of all processes of a benchmark."""
    return os.environ | {"DATABASE_URL": url, "DEMO": "1", "LOG_LEVEL": "WARNING", "PYTHONUNBUFFERED": "1"}


def _say(statement: sql.Composed) -> None:
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as connection:
        connection.execute(statement)
