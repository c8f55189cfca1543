"""Worlds that are made once for the tests that follow each other and ask for the same.

Making the cast takes longer than most tests with it. So what is made stays, in a transaction around those tests: each
gets a copy of its objects, and what it writes is undone before the next. A test that commits makes its world for
itself, and so does a journey, which has a connection of its own.
"""

import pickle
from collections.abc import Callable
from contextlib import ExitStack, nullcontext
from typing import Any

import pytest
from django.db import connection, transaction

WORLDS: dict[str, Callable[[], Any]] = {}
"""By the name of the fixture."""


class Kept:
    """The one world that is kept, if any."""

    def __init__(self) -> None:
        self.unblocked: Callable[[], Any] = nullcontext
        self._make: Callable[[], Any] | None = None
        self._objects = b""
        self._around = ExitStack()

    def keep(self, make: Callable[[], Any] | None) -> None:
        """From here on the database holds what `make` writes; with None, nothing."""
        if make is not self._make:
            with self.unblocked():
                self._leave()
                if make:
                    self._enter(make)

    def given(self, make: Callable[[], Any]) -> Any:
        """A copy of the objects of that world."""
        if make is not self._make:
            return make()
        with connection.cursor() as cursor:  # what an earlier test said outlives its savepoint
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")
        return pickle.loads(self._objects)  # noqa: S301  # our own

    def _enter(self, make: Callable[[], Any]) -> None:
        self._around.enter_context(transaction.atomic())
        self._around.callback(transaction.set_rollback, True)
        self._objects = pickle.dumps(make())
        connection.check_constraints()  # once, not after each test
        self._make = make

    def _leave(self) -> None:
        self._make = None
        self._around.close()


kept = Kept()


def world(make: Callable[[], Any]) -> Any:
    """A fixture that gives what this function without arguments makes."""

    def fixture(db):
        return kept.given(make)

    assert make.__name__ not in WORLDS
    fixture.__doc__ = make.__doc__
    WORLDS[make.__name__] = make
    return pytest.fixture(name=make.__name__)(fixture)


def asked_for(item: pytest.Item) -> Callable[[], Any] | None:
    """Which world is to be kept for that test; a fixture of its module goes before ours of that name."""
    marker = item.get_closest_marker("django_db")
    commits = "transactional_db" in item.fixturenames or (marker and marker.kwargs.get("transaction"))
    if commits or item.get_closest_marker("journey"):
        return None
    found = [name for name in WORLDS if name in item.fixturenames and not hasattr(item.module, name)]
    return WORLDS[found[0]] if len(found) == 1 else None


@pytest.fixture(scope="session")
def keeper(django_db_setup, django_db_blocker):
    """What keeps worlds, until the database is taken down."""
    kept.unblocked = django_db_blocker.unblock
    yield kept
    kept.keep(None)


@pytest.fixture
def world_kept(request):
    """The first fixture of every test: a world may need a transaction around the test's own."""
    make = asked_for(request.node)
    if make:
        request.getfixturevalue("keeper").keep(make)
    else:
        kept.keep(None)
