"""Every page that shows a list costs the same number of queries for one row and for three; test_hundreds.py has 300.

Three of them are the frame's: login session, user, members. Lists of the API: tests/coachhub/test_api_queries.py.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from query_rows import (
    admin_day,
    bare_cohort,
    behaviour,
    closed_decision,
    closed_only,
    coach_day,
    cohort,
    cohort_of_leo,
    enrolled,
    failed,
    former_coach,
    gone_on,
    group,
    known_elsewhere,
    learner_day,
    manager_day,
    met,
    met_again,
    of_leo,
    of_north,
    pair,
    pillar,
    program,
    release,
    released,
    substitute,
    to_read,
    upload,
    waiting,
)

from metrics.models import Group
from programs.models import Pillar


@dataclass(frozen=True)
class Page:
    """Who looks at it, what one more row is, and how many queries it takes whatever the number of rows."""

    who: str
    queries: int
    add: Callable[[Any, int], object]
    args: Callable[[Any], list[Any]] = lambda cast: []


PAGES = {
    "today": Page("ana", 11, coach_day),
    "today learner": Page("leo", 12, learner_day),
    "today manager": Page("mia", 9, manager_day),
    "today admin": Page("ada", 12, admin_day),
    "profile": Page("leo", 9, known_elsewhere),
    "coach:enrolment-list": Page("ana", 13, met),
    "coach:enrolment-download": Page("ana", 11, met),
    "coach:enrolment-show": Page("ana", 13, met_again, of_leo),
    "coach:week-plan": Page("ana", 19, met),
    "coach:micro-log-choose": Page("ana", 5, met),
    "coach:rating-kept": Page("ana", 6, gone_on),
    "coach:reflection-list": Page("ana", 6, met_again),
    "learn:record": Page("leo", 8, met_again),
    "learn:record enrolments": Page("leo", 7, cohort_of_leo),
    "learn:record-download": Page("leo", 12, met_again),
    "learn:welcome": Page("leo", 4, cohort_of_leo),
    "learn:agreement-show": Page(
        "leo", 5, former_coach, lambda cast: [cast.enrolment.agreements.get(status="draft").pk]
    ),
    "design:pillar-list": Page("leo", 5, pillar),
    "design:pillar-show": Page("leo", 10, behaviour, lambda cast: [cast.pillar.pk]),
    "design:rubric-show": Page("leo", 8, behaviour, lambda cast: [cast.rubric.pk]),
    "design:blueprint-show": Page(
        "leo", 6, behaviour, lambda cast: [cast.pillar.blueprints.filter(key="case-1").last().pk]
    ),
    "manage:member-list": Page("ada", 7, enrolled),
    "manage:member-show": Page("ada", 8, met, lambda cast: [cast.ana.pk]),
    "manage:member-show learner": Page("ada", 8, cohort_of_leo, lambda cast: [cast.leo.pk]),
    "manage:member-show manager": Page("ada", 9, cohort, lambda cast: [cast.mia.pk]),
    "manage:program-list": Page("ada", 6, program),
    "manage:program-show": Page("ada", 7, cohort, lambda cast: [cast.program.pk]),
    "manage:cohort-show": Page("ada", 11, enrolled, of_north),
    "manage:cohort-edit": Page("ada", 6, cohort, of_north),
    "manage:enrolment-add": Page("ada", 6, pair, of_north),
    "manage:enrolment-without-coach": Page("ada", 5, waiting),
    "manage:enrolment-show": Page("ada", 13, substitute, of_leo),
    "manage:import-add": Page("ada", 4, upload),
    "manage:audit-list": Page("ada", 5, enrolled),
    "manage:audit-download": Page("ada", 5, enrolled),
    "manage:outbox-list": Page("ada", 6, failed),
    "insights:home": Page("mia", 11, group),
    "insights:home releases": Page("mia", 11, released),
    "insights:figure-list": Page("mia", 6, group),
    "insights:figure-export": Page("mia", 6, group),
    "insights:release-show": Page("mia", 6, group, lambda cast: [release(cast).pk]),
    "insights:release-export": Page("mia", 6, group, lambda cast: [release(cast).pk]),
    "insights:group-show": Page("mia", 9, released, lambda cast: [Group.objects.last().pk]),
    "insights:decision-list": Page("mia", 4, closed_decision),
    "insights:cohort-list": Page("mia", 4, cohort),
    "insights:cohort-show": Page("mia", 6, enrolled, of_north),
}


def queries_of(client, url) -> tuple[int, int]:
    """How many, and how long the answer is."""
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(url)
    assert answer.status_code == 200
    return len(queries), len(answer.content)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_costs_the_same_for_one_row_and_for_three(name, cast, client):
    page, rows = PAGES[name], 0
    visitor = client.as_(getattr(cast, page.who))
    found = {}
    for number in (1, 3):
        for row in range(rows, number):
            page.add(cast, row + 1)
        rows = number
        url = reverse(name.split()[0], args=page.args(cast))
        visitor.get(url)
        found[number] = queries_of(visitor, url)
    assert {number: queries for number, (queries, _length) in found.items()} == dict.fromkeys(found, page.queries)
    assert name.startswith("today") or found[3][1] > found[1][1], "the rows are not on the page"


IN_PAGES = {  # who, what one more row is, rows of the second page
    "coach:enrolment-list": ("ana", enrolled, 2),
    "coach:micro-log-choose": ("ana", enrolled, 2),
    "coach:reflection-list": ("ana", to_read, 1),
    "manage:cohort-show": ("ada", enrolled, 3),
    "manage:program-show": ("ada", bare_cohort, 2),
    "manage:enrolment-without-coach": ("ada", waiting, 1),
    "insights:decision-list": ("mia", closed_only, 1),
}


@pytest.mark.parametrize("name", IN_PAGES)
def test_a_page_holds_fifty(name, cast, client):
    who, add, more = IN_PAGES[name]
    for number in range(51):
        add(cast, number)
    args = PAGES[name].args(cast)
    pages = [client.as_(getattr(cast, who)).get(reverse(name, args=args), {"page": number}) for number in (1, 2)]
    if name == "coach:reflection-list":  # no second page: the next ones come when these are answered
        assert [len(page.context["unread"]) for page in pages] == [50, 50]
    else:
        assert [len(page.context["page"]) for page in pages] == [50, more]


@pytest.mark.parametrize(("name", "add"), [("manage:program-list", program), ("manage:program-show", bare_cohort)])
def test_counted_lists_are_in_the_order_of_names(name, add, cast, client):
    for number in (3, 1, 2):
        add(cast, number)
    context = client.as_(cast.ada).get(reverse(name, args=PAGES[name].args(cast))).context
    names = [row.name for row in context.get("programs") or context["page"]]
    assert (len(names), names) == (4, sorted(names, key=str.lower))


def test_pillars_are_in_the_order_of_names(cast, client):
    for name in ("Listening", "asking", "Conflict"):
        Pillar.objects.create(organization=cast.organization, key=name.lower(), name=name, short=name, outcome="Calm")
    page = client.as_(cast.leo).get(reverse("design:pillar-list"))
    names = [each.name for each in page.context["pillars"]]
    assert names == ["asking", "Conflict", "De-escalating a complaint", "Listening"]
