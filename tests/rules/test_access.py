"""Every URL has a row in the access table, every row holds, and outsiders' unsafe requests change nothing."""

import importlib.util
from functools import cache
from pathlib import Path

import pytest
import rules_access as access
from django.apps import apps
from django.urls import URLPattern, URLResolver, get_resolver, reverse

HERE = Path(__file__).parent
EXEMPT = {"static"}


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


def row_counts() -> dict[str, int]:
    """Rows of our own tables; login sessions and history contexts may come and go."""
    ours = [model for model in apps.get_models() if model._meta.app_label in {"programs", "coaching", "metrics"}]
    return {model._meta.label: model._base_manager.count() for model in ours}


CASES = [(name, who, method) for name in table() for who in access.WHO for method in ("get", "post")]


@pytest.mark.parametrize(("name", "who", "method"), CASES, ids=str)
def test_access(name, who, method, cast, client):
    row = table()[name]
    expected = row.expected(method, who)
    world = row.world(cast)
    url = reverse(name, args=row.args(world))
    actor = client if who == "anonymous" else client.as_(getattr(cast, access.ACTORS[who]))
    before = row_counts()
    data = row.data(world) if method == "post" else {}
    response = getattr(actor, method)(url, data)
    if expected == access.LOGIN:
        assert (response.status_code, response.url.split("?")[0]) == (302, reverse("account_login"))
    else:
        assert response.status_code == expected
    if method == "get" or response.status_code in (401, 403, 404, 405) or expected == access.LOGIN:
        assert row_counts() == before
