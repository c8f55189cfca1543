"""What must be true before the site starts: schema, library, static files, demo.

Run as a process of its own: says what it does on stderr, and on stdout how to sign in.
"""

import hashlib
import io
import logging
import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import django
import psycopg
from django.apps import apps
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.db import connection

from coachhub.environment import LEAST_SPACE, data_dir, free_space, tightest

DATA = data_dir(Path(__file__).resolve().parents[2])


def main() -> None:
    """Do every step; the first that fails is said in one sentence and ends us with status 1."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "coachhub.settings")
    with step("Reading the settings"):
        django.setup()
    if os.environ.get("LOG_LEVEL") != "DEBUG":
        logging.getLogger("psycopg.pool").setLevel(logging.ERROR)  # it tells of each attempt to reconnect
    reach_database()
    with step("Bringing the database up to date"):
        quietly("migrate", interactive=False)
    with step("Loading the library"):
        load_library()
    with step("Collecting static files"):
        collect_static()
    with step("Making the demo"):
        make_demo()
    welcome()


@contextmanager
def step(what: str) -> Iterator[None]:
    """Say what failed, and end; LOG_LEVEL=DEBUG shows where."""
    try:
        yield
    except Exception as error:
        if os.environ.get("LOG_LEVEL") == "DEBUG":
            traceback.print_exception(error)
        place = tightest(DATA, Path(os.environ.get("DATABASE_DIR", DATA)))
        if free_space(place) < LEAST_SPACE:  # the database may have stopped for it, and says nothing more
            sys.exit(f"The disk that holds {place} is full: free some space and run this again.")
        reason = " ".join(str(error).split()) or type(error).__name__
        sys.exit(f"{what} failed: {reason} (LOG_LEVEL=DEBUG shows where).")


def quietly(command: str, **options: object) -> None:
    """Run a management command; our stdout is for the welcome alone."""
    call_command(command, verbosity=0, stdout=io.StringIO(), **options)


def reach_database() -> None:
    """Connect once without the pool, which would try for long and say why in its log alone."""
    try:
        psycopg.connect(**{"connect_timeout": 5, **connection.get_connection_params()}).close()
    except psycopg.OperationalError as error:
        reason = str(error).strip().splitlines()[0]
        sys.exit(f"The database does not answer ({reason}): start it, or put DATABASE_URL right.")


def load_library() -> None:
    """Load the library; files with mistakes in them, which the command names, do not keep the site down."""
    try:
        quietly("load_library")
    except SystemExit:
        print("The library stays as it was until these lines are put right.", file=sys.stderr)


def collect_static() -> None:
    """Collect static files unless they are the same as last time."""
    digest = _static_digest()
    note = Path(settings.STATIC_ROOT) / ".digest"
    if not note.exists() or note.read_text() != digest:
        quietly("collectstatic", interactive=False)
        note.write_text(digest)


def make_demo() -> None:
    """Fill an empty database with the demo organization."""
    if settings.DEMO and _is_empty():
        print("Making the demo organization, once.", file=sys.stderr)
        quietly("demo")


def welcome() -> None:
    """Print how to sign in."""
    if settings.DEMO:
        call_command("demo", accounts=True)
    elif _is_empty():
        print('Begin with: .venv/bin/python manage.py create_organization "Your company" --admin you@example.com')


def _is_empty() -> bool:
    return not apps.get_model("programs", "Organization").objects.exists()


def _static_digest() -> str:
    digest = hashlib.sha256(settings.STORAGES["staticfiles"]["BACKEND"].encode())
    for finder in get_finders():
        for path, storage in finder.list([]):
            found = Path(storage.path(path)).stat()
            digest.update(f"{path} {found.st_size} {found.st_mtime_ns}\n".encode())
    return digest.hexdigest()


if __name__ == "__main__":
    main()
