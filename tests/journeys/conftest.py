"""Real Chromium on the real app: one browser a worker, a window of its own for each person.

A journey takes `as_` (real server, real commits; the database is emptied after it) and the `cast` or people of its
own. Whatever the browser complains of fails it: a console error, a breach of the content security policy, a request
that failed, an answer of 400 or above. `make test` runs each journey once, `make journeys` the whole matrix.
"""

import datetime as dt
import os
import threading
from asyncio import _get_running_loop, _set_running_loop
from collections.abc import Callable

import pytest
import time_machine
from django.core.management import call_command
from django.core.signals import request_finished, request_started
from django.db import connections

from coachhub import demo
from tests.journeys.judging import faults_of
from tests.journeys.stage import Stage, Theatre
from tests.journeys.windows import PATIENCE, Watch, Window, opened
from tests.once import kept

EVERYTHING = os.environ.get("JOURNEYS") == "all"
WIDTHS = (390, 1280) if EVERYTHING else (390,)
THEMES = ("light", "dark") if EVERYTHING else ("light",)
collect_ignore = [] if EVERYTHING else ["test_every_link.py", "test_pictures.py"]
loop = None


def pytest_itemcollected(item):
    item.add_marker("journey")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item):
    """Playwright leaves its event loop running in this thread: Django is not to mind it, other tests not to meet it."""
    if not item.get_closest_marker("journey"):  # pytest asks this of every test
        return (yield)
    kept.keep(None)
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    _set_running_loop(loop)
    try:
        return (yield)
    finally:
        put_loop_aside()
        del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


def put_loop_aside() -> None:
    """Django keeps connections by task while a loop runs, by thread while none does: those of the task end here."""
    global loop
    if loop := _get_running_loop():
        connections.close_all()
        _set_running_loop(None)


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    found = os.environ.get("CHROMIUM")
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--force-color-profile=srgb"]
    return browser_type_launch_args | {"args": arguments} | ({"executable_path": found} if found else {})


@pytest.fixture(scope="session")
def chromium(browser):
    """The browser. It ends with its loop, and before the test database, whichever test is the last."""
    yield browser
    put_loop_aside()
    _set_running_loop(loop)


@pytest.fixture
def watch():
    """What browsers complain of. Empty at the end, or the journey fails."""
    watch = Watch()
    yield watch
    assert watch.complaints == []


@pytest.fixture
def judge() -> Callable[[Window], None]:
    """`judge(page)` fails the journey when something is wrong with the page as it stands."""

    def judge_page(page: Window) -> None:
        assert faults_of(page) == []

    return judge_page


@pytest.fixture
def answered(transactional_db):
    """At the end every request has its answer: what a page asked last may not meet the emptying of the database."""
    asked, change = [], threading.Condition()

    def begins(**kwargs):
        with change:
            asked.append(1)

    def ends(**kwargs):
        with change:
            asked.pop()
            change.notify_all()

    request_started.connect(begins)
    request_finished.connect(ends)
    yield
    with change:
        assert change.wait_for(lambda: not asked, timeout=PATIENCE / 1000)
    request_started.disconnect(begins)
    request_finished.disconnect(ends)


@pytest.fixture
def as_(chromium, watch, answered, live_server, settings) -> Callable[..., Window]:
    """`as_(cast.ana, width=1280, theme="dark", js=False)` is a page signed in as Ana; without a member, nobody's."""
    settings.SITE_URL = live_server.url
    contexts = []

    def open_window(member=None, **options) -> Window:
        page = opened(chromium, live_server.url, member, watch=watch, **options)
        contexts.append(page.context)
        return page

    yield open_window
    for context in contexts:
        context.close()


@pytest.fixture(scope="session")
def theatre():
    """Hands out what is on stage."""
    theatre = Theatre()
    threading.Thread(target=theatre.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    yield theatre
    theatre.shutdown()
    theatre.server_close()


@pytest.fixture(scope="module")
def stages(chromium, theatre):
    """Pages without a server, see stage.py: one window for each width and theme, kept for all tests of a module."""
    made: dict = {}

    def stage(width: int, theme: str) -> tuple[Stage, Watch]:
        if (width, theme) not in made:
            watch = Watch()
            made[width, theme] = (
                Stage(opened(chromium, theatre.url, watch=watch, width=width, theme=theme), theatre),
                watch,
            )
        return made[width, theme]

    yield stage
    for stage, _watch in made.values():
        stage.page.context.close()


@pytest.fixture
def noon(db) -> dt.datetime:
    """The whole demo, at twelve in Berlin on 19 November 2025."""
    now = dt.datetime(2025, 11, 19, 11, 0, tzinfo=dt.UTC)
    with time_machine.travel(now, tick=False):
        call_command("load_library", verbosity=0)
        demo.build(now)
        yield now
