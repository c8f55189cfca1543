"""The demo as each role finds it: every link leads somewhere, and pages full of words are as well made as bare ones."""

from collections import Counter, deque
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from django.urls import resolve

from coachhub import demo
from programs.models import Member
from tests.conftest import ActingClient
from tests.journeys.conftest import THEMES, WIDTHS
from tests.journeys.judging import faults_of

FOLLOWED = 6
"""Pages of one kind that are opened; their links are found on each."""
JUDGED = 2
"""Pages of one kind that are shown to the browser."""


class Links(HTMLParser):
    """Where a page leads to, by links."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        href = dict(attrs).get("href", "")
        if tag == "a" and href and not href.startswith("#") and not urlsplit(href).scheme:
            self.found.append(href)


def crawled(client: ActingClient):
    """Each page that links lead to from Today, with its kind and the answer."""
    waiting, seen, kinds = deque([("/", "")]), {"/"}, Counter()
    while waiting:
        url, page_before = waiting.popleft()
        kind = resolve(urlsplit(url).path).view_name
        kinds[kind] += 1
        if kinds[kind] > FOLLOWED:
            continue
        answer = client.get(url)
        yield url, kind, answer, page_before
        if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
            for href in Links(answer.content.decode()).found:
                target = urljoin(url, href).split("#")[0]
                if target not in seen:
                    seen.add(target)
                    waiting.append((target, url))


def test_every_link_of_the_demo(noon, stages):
    faults = {}
    for name, _role, _story in demo.ACCOUNTS:
        member = Member.objects.select_related("user", "organization").get(name=name)
        faults[name] = faults_for(ActingClient().as_(member), stages)
    assert faults == {name: [] for name in faults}


def faults_for(client: ActingClient, stages) -> list[str]:
    faults, judged = [], Counter()
    for url, kind, answer, page_before in crawled(client):
        if answer.status_code not in (200, 302):
            faults.append(f"{url}, linked on {page_before}, answers {answer.status_code}")
        html = answer.status_code == 200 and answer["Content-Type"].startswith("text/html")
        if html and kind != "api:docs" and judged[kind] < JUDGED:
            judged[kind] += 1
            faults += faults_on(stages, url, answer)
    return faults


def faults_on(stages, url: str, answer) -> list[str]:
    faults = []
    for width, theme in zip(WIDTHS, THEMES, strict=True):
        stage, watch = stages(width, theme)
        stage.show(url, answer)
        faults += [f"{url} {width}: {fault}" for fault in faults_of(stage.page) + watch.complaints]
        watch.complaints.clear()
    return faults
