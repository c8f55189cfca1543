"""A signed-in person who calls the site in this process: WSGI as granian does, without its server."""

import io
from collections.abc import Callable
from functools import cache
from pathlib import Path
from wsgiref.util import setup_testing_defaults

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core.wsgi import get_wsgi_application
from django.db import connection

from programs.models import Member

application = get_wsgi_application()


def login_of(member: Member) -> str:
    """The cookie of a new login session."""
    store = SessionStore()
    store.update(
        {
            SESSION_KEY: str(member.user_id),
            BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
            HASH_SESSION_KEY: member.user.get_session_auth_hash(),
            "member": member.pk,
        }
    )
    store.create()
    return f"{settings.SESSION_COOKIE_NAME}={store.session_key}"


class Visitor:
    """`visitor.get("/")` returns how many bytes a browser gets, compressed; RuntimeError for anything but a page."""

    def __init__(self, member: Member) -> None:
        self.environ: dict[str, object] = {"HTTP_COOKIE": login_of(member), "HTTP_ACCEPT_ENCODING": "gzip"}
        setup_testing_defaults(self.environ)

    def get(self, url: str) -> int:
        path, _question, query = url.partition("?")
        given = {"PATH_INFO": path, "QUERY_STRING": query, "wsgi.input": io.BytesIO()}
        statuses: list[str] = []

        def start(status: str, headers: object, error: object = None, /) -> Callable[[bytes], object]:
            statuses.append(status)
            return list  # nothing of Django writes by it

        answer = application(self.environ | given, start)
        length = sum(len(part) for part in answer)
        answer.close()
        if statuses != ["200 OK"]:
            raise RuntimeError(f"{url} answered {statuses}")
        return length


def database_seconds() -> float:
    """CPU that the database's processes behind our connections have used, by the kernel's finest count; Linux only."""
    return sum(int(Path(f"/proc/{pid}/schedstat").read_text().split()[0]) for pid in _backends()) / 1e9


@cache
def _backends() -> tuple[int, ...]:
    """The pool keeps its one connection, so its process stays the same."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")
        found = tuple(pid for (pid,) in cursor.fetchall())
    connection.close()
    return found
