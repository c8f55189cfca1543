"""Pages answered by the test client to a real browser, so that each is shown inside a transaction that is rolled back.

No server, no thread, no commit: a page with its world takes a third of a second. For reading alone; a journey that
posts and follows redirects uses the real server (`as_`).
"""

from contextvars import copy_context
from functools import cache
from urllib.parse import urlsplit

from django.contrib.staticfiles import finders
from django.http import HttpResponse
from django.test import Client
from playwright.sync_api import Page, Request, Route

SITE = "http://localhost"
KINDS = {"css": "text/css", "js": "text/javascript", "svg": "image/svg+xml", "woff2": "font/woff2"}


@cache
def static_file(path: str) -> bytes:
    with open(finders.find(path), "rb") as file:  # noqa: PTH123
        return file.read()


class Stage:
    """What the page asks for is answered as to the client that is signed in now."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.client, self.context = Client(), copy_context()
        self.ready: HttpResponse | None = None
        page.context.route("**/*", self._answer)

    def show(self, url: str, client: Client, answer: HttpResponse | None = None) -> None:
        """The page at that URL, as that client gets it; or an answer that it got there, to a form perhaps."""
        self.client, self.context = client, copy_context()  # the context holds the connection with its transaction
        self.ready = answer
        self.page.goto(SITE + url)

    def _answer(self, route: Route) -> None:
        parts = urlsplit(route.request.url)
        if parts.path.startswith("/static/"):
            kind = KINDS[parts.path.rsplit(".")[-1]]
            return route.fulfill(body=static_file(parts.path.removeprefix("/static/")), content_type=kind)
        response, self.ready = self.ready or self._ask(route.request), None
        return route.fulfill(status=response.status_code, body=response.content, headers=dict(response.headers))

    def _ask(self, request: Request) -> HttpResponse:
        ask = self.client.post if request.method == "POST" else self.client.get
        asked = {"HX-Request": "true"} if request.headers.get("hx-request") else {}
        return self.context.run(ask, request.url.removeprefix(SITE), SERVER_NAME="localhost", headers=asked)
