"""Every URL has a row in the access table, every row holds, and outsiders' unsafe requests change nothing."""

import importlib.util
from functools import cache
from pathlib import Path

import psycopg
import pytest
import rules_access as access
from django.apps import apps
from django.db import connection, transaction
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.conftest import ActingClient

HERE = Path(__file__).parent
EXEMPT = {"static"}
REFUSED = (401, 403, 404, 405, access.LOGIN)


def load(path: Path):
    spec = importlib.util.spec_from_file_location(path.stem, path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@cache
def table() -> dict:
    rows: dict = {}
    for path in sorted(HERE.glob("access_*.py")):
        for name, row in load(path).ROWS.items():
            assert name not in rows, f"{name} has two rows"
            rows[name] = row
    return rows


def names(patterns, prefix: str = ""):
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from names(pattern.url_patterns, f"{prefix}{pattern.namespace}:" if pattern.namespace else prefix)
        elif isinstance(pattern, URLPattern) and pattern.name:
            yield prefix + pattern.name
        else:
            yield f"{prefix}unnamed {pattern.pattern}"


def test_every_url_has_a_row():
    urls = set(names(get_resolver().url_patterns)) - EXEMPT
    assert sorted(urls - set(table())) == []
    assert sorted(set(table()) - urls) == []


@cache
def counting() -> str:
    """One statement for the rows of all our own tables; login sessions and history contexts may come and go."""
    ours = [model for model in apps.get_models() if model._meta.app_label in {"programs", "coaching", "metrics"}]
    tables = ", ".join(f"(SELECT count(*) FROM {model._meta.db_table})" for model in ours)  # noqa: S608
    return f"SELECT {tables}"


def row_counts() -> tuple[int, ...]:
    """Planned once: that takes longer than counting."""
    with psycopg.Cursor(connection.connection) as cursor:
        return cursor.execute(counting(), prepare=True).fetchone()


def write(key: str | None, row, world, url: str, who: str, before: tuple[int, ...]) -> int | str:
    """What that person gets for a POST, undone afterwards; to whom it is refused, our tables keep their rows."""
    with transaction.atomic():
        got = told(acting(key).post(url, row.data(world)))
        kept = row_counts() == before
        transaction.set_rollback(True)
    assert kept or got not in REFUSED, f"{who} post {url} answered {got} and changed rows"
    return got


def acting(key: str | None) -> ActingClient:
    return ActingClient.with_cookie(key) if key else ActingClient()


def told(response) -> int | str:
    to_login = response.status_code == 302 and response.url.split("?")[0] == reverse("account_login")
    return access.LOGIN if to_login else response.status_code


@pytest.mark.parametrize("name", table())
def test_access(name, cast, client):
    row = table()[name]
    world = row.world(cast)
    url = reverse(name, args=row.args(world))
    keys = {who: client.as_(getattr(cast, name)).session.session_key for who, name in access.ACTORS.items()}
    before = row_counts()
    got = {f"{who} get": told(acting(keys.get(who)).get(url)) for who in access.WHO}
    assert row_counts() == before, f"a GET of {url} changed rows"
    got |= {f"{who} post": write(keys.get(who), row, world, url, who, before) for who in access.WHO}
    assert got == {f"{who} {method}": row.expected(method, who) for who in access.WHO for method in ("get", "post")}
