"""Every route of the API has a row, every row holds by bearer token, and refused calls change nothing."""

import pytest
from api_rows import API
from django.db import transaction
from django.urls import reverse
from rules_access import ACTORS, WHO

from coachhub import api_urls
from tests.api_steps import Caller
from tests.rules.test_access import row_counts

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
BY_SESSION = {"api:docs"}


def test_every_route_has_a_row():
    assert {f"api:{pattern.name}" for pattern in api_urls.urlpatterns} - BY_SESSION == set(API)


def ask(caller, method, url, data, before):
    """The status; what a call that may write did is undone, and to whom it is refused, our tables keep their rows."""
    if method == "GET":
        return caller.call(method, url, data).status_code
    with transaction.atomic():
        status = caller.call(method, url, data).status_code
        kept = row_counts() == before
        transaction.set_rollback(True)
    assert kept or status < 400, f"{method} {url} answered {status} and changed rows"
    return status


@pytest.mark.parametrize("name", API)
def test_access(name, cast):
    row = API[name]
    world = row.world(cast)
    url = reverse(name, args=row.args(world))
    callers = {who: Caller(getattr(cast, ACTORS[who])) if who in ACTORS else Caller() for who in WHO}
    reader = Caller(cast.ada, scope="read")
    before = row_counts()
    got = {
        f"{method} {who}": ask(callers[who], method, url, call.data(world), before)
        for method, call in row.calls.items()
        for who in WHO
    }
    assert got == {f"{method} {who}": call.expected(who) for method, call in row.calls.items() for who in WHO}
    others = {method: ask(callers["coach"], method, url, None, before) for method in METHODS if method not in row.calls}
    assert others == dict.fromkeys(others, 405)
    unsafe = {
        method: ask(reader, method, url, call.data(world), before)
        for method, call in row.calls.items()
        if method != "GET"
    }
    assert unsafe == dict.fromkeys(unsafe, 403)
    assert row_counts() == before, f"a GET of {url} changed rows"
