"""Pages that the test client got, shown to a real browser: each inside a transaction that is rolled back.

A small server hands out what was put on the stage, and static files that the browser keeps; no thread of it touches
the database, nothing is committed. For looking alone: what a page asks for afterwards gets no answer. A journey that
goes on from page to page uses the real server (`as_`).
"""

from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from django.contrib.staticfiles import finders
from django.http import HttpResponse
from playwright.sync_api import Page

from tests.journeys.judging import AXE, script

KINDS = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".woff2": "font/woff2"}


@cache
def static_file(path: str) -> bytes:
    return Path(finders.find(path)).read_bytes()


class Stagehand(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        kind = KINDS.get(Path(self.path).suffix)
        if self.path.startswith("/static/") and kind:
            kept = {"Content-Type": kind, "Cache-Control": "max-age=3600"}
            self._answer(200, kept, static_file(self.path.removeprefix("/static/")))
        elif answer := self.server.shown.get(self.path):
            self._answer(answer.status_code, dict(answer.headers), answer.content)
        else:
            self._answer(204, {}, b"")

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self._answer(204, {}, b"")

    def _answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
        self.send_response(status)
        for name, value in (headers | {"Content-Length": str(len(body))}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *words) -> None:
        """Quiet."""


class Theatre(ThreadingHTTPServer):
    """`shown`: what there is to see, by its path."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Stagehand)
        self.shown: dict[str, HttpResponse] = {}
        self.url = f"http://127.0.0.1:{self.server_port}"


class Stage:
    def __init__(self, page: Page, theatre: Theatre) -> None:
        self.page, self.theatre = page, theatre
        page.add_init_script(script(AXE))  # it is large: sent once, not for each page that is judged

    def show(self, url: str, answer: HttpResponse) -> None:
        """What the test client got at that URL."""
        self.put(url, answer)
        self.page.goto(self.theatre.url + url)

    def put(self, url: str, answer: HttpResponse) -> None:
        """For a link that leads there."""
        self.theatre.shown[url] = answer
