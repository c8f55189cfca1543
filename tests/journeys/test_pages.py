"""Every page that a role opens, found by the access table: a new page is judged without being named here.

`make test` judges each once, as the first person who gets it, on a phone; `make journeys` as everybody, at both
widths, in both themes.
"""

import datetime as dt

import pytest
import rules_access as access
from django.urls import reverse
from django.utils import timezone

from sessions.domain import schedule
from tests.journeys.conftest import EVERYTHING, THEMES, WIDTHS
from tests.journeys.judging import faults_of
from tests.journeys.refusals import REFUSALS
from tests.journeys.states import STATES, address
from tests.rules.test_access import table

ROLES = ("coach", "learner", "manager", "admin")
DIFFERS = {"today": ROLES, "profile": ("learner", "coach")}
"""Pages that are not the same for each role."""
EXEMPT = {"healthz", "readyz", "api:docs", "coach:micro-rated", "coach:micro-missing"}
"""Words for machines, Swagger's page, and two parts that a page asks for."""


def who_opens(name: str, row: access.Row) -> list[str]:
    found = [who for who in access.WHO if row.expected("get", who) == 200]
    return found if EVERYTHING else [who for who in found if who in DIFFERS.get(name, found[:1])]


PAGES = [(name, who) for name, row in table().items() if name not in EXEMPT for who in who_opens(name, row)]


def judged(stages, url: str, answer) -> list[str]:
    """What is wrong with the page at each width and in each theme."""
    faults = []
    for width in WIDTHS:
        for theme in THEMES:
            stage, watch = stages(width, theme)
            watch.expects = {answer.status_code}
            stage.show(url, answer)
            found = faults_of(stage.page) + watch.complaints
            watch.complaints.clear()
            faults += [f"{width} {theme}: {fault}" for fault in found]
    return faults


@pytest.mark.parametrize(("name", "who"), PAGES)
def test_page(name, who, cast, client, stages):
    """The page, and what it becomes when its form is sent empty."""
    row = table()[name]
    url = reverse(name, args=row.args(row.world(cast)))
    reader = client if who == "anonymous" else client.as_(getattr(cast, access.ACTORS[who]))
    page = reader.get(url)
    if page["Content-Type"].startswith("text/html"):  # else a file
        assert judged(stages, url, page) == []
    refused = reader.post(url, {}) if row.expected("post", who) not in (404, 405) else page
    if refused.status_code == 422:
        assert judged(stages, url, refused) == []


@pytest.mark.parametrize("name", REFUSALS)
def test_page_that_refuses(name, cast, client, stages, settings):
    """Nobody plans to see it, and it has the same rules."""
    status, make = REFUSALS[name]
    page = make(cast, client, settings)
    assert page.status_code == status
    assert judged(stages, f"/refusals/{name}/", page) == []


@pytest.mark.parametrize("name", STATES)
def test_page_in_another_state(name, cast, client, stages):
    """What the access table shows in one state only; the words tell that this is the other one."""
    state = STATES[name]
    url = address(state, state.world(cast))
    page = client.as_(getattr(cast, state.who)).get(url)
    assert (page.status_code, state.says in page.content.decode()) == (200, True)
    assert judged(stages, url, page) == []


@pytest.mark.parametrize(
    ("name", "who"),
    [
        *((name, "ana") for name in ("today", "coach:micro-show", "coach:micro-move")),
        *((name, "leo") for name in ("today", "learn:micro-show")),
    ],
)
def test_page_on_which_a_learner_asks_for_another_time(name, who, cast, client, stages):
    """The wish with its two answers, on the coach's side; on the learner's own the way to take it back."""
    micro = schedule.ask_to_move(cast.plan(timezone.now() + dt.timedelta(days=2)), by=cast.leo, note="At five?")
    url = reverse(name, args=[] if name == "today" else [micro.pk])
    page = client.as_(getattr(cast, who)).get(url)
    assert ("At five?" if who == "ana" else "Keep the time after all") in page.content.decode()
    assert judged(stages, url, page) == []
