"""With 300 of everything a page costs what it costs with one row, and no board reads the table of scores.

The world is made once: what PAGES and LISTS say of 1 and 3 rows is asked of it again.
"""

import re

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hundreds import MANY, among_others, hundreds
from test_queries import PAGES

from sessions.models import Score
from tests.api_steps import Caller
from tests.coachhub.test_api_queries import LISTS
from tests.conftest import ActingClient

PAGE = 45
"""Of the 50 rows of a page some are the cast's own."""
SHOWN = {  # page: how its rows are known, and how many are there at least
    "today": ("", 0),  # the most urgent of each kind, on each Today
    "today learner": ("", 0),
    "today manager": ("", 0),
    "today admin": ("", 0),
    "coach:enrolment-list": (" Many", PAGE),
    "coach:enrolment-download": (" Many", MANY),
    "coach:enrolment-show": ("", 0),  # of the sessions the newest, and counts of all
    "coach:week-plan": (" Many", MANY),
    "coach:micro-log-choose": (" Many", PAGE),
    "coach:reflection-list": ("Calm.", PAGE),
    "learn:record": ("", 0),  # the newest
    "learn:record-download": ("Calm.", MANY),
    "manage:member-list": (" Many", PAGE),
    "manage:member-show": (" Many", MANY),
    "manage:member-show manager": ("cohort-", MANY),
    "manage:program-list": ("program-", MANY),
    "manage:program-show": ("cohort-", PAGE),
    "manage:cohort-show": (" Many", PAGE),
    "manage:cohort-edit": ("", 0),  # those who could manage it, who are few
    "manage:enrolment-add": ("", 0),  # who is looked for, by name
    "manage:enrolment-without-coach": (" Many", PAGE),
    "manage:import-add": ("file-", 5),  # the newest
    "manage:audit-list": (" Many", PAGE),
    "manage:audit-download": (" Many", MANY),
    "manage:outbox-list": ("550", PAGE),
    "insights:home": ("about-", MANY),
    "insights:figure-list": ("group-", PAGE),
    "insights:figure-export": ("group-", MANY),
    "insights:release-show": ("group-", PAGE),
    "insights:release-export": ("group-", MANY),
    "insights:group-show": ("", 0),  # the newest releases
    "insights:decision-list": ("about-", MANY),
    "insights:cohort-list": ("cohort-", MANY),
    "insights:cohort-show": (" Many", PAGE),
}
MORE = {
    "coach:reflection-list": 1,  # how many come after the fifty
    "manage:audit-download": 2,  # read in batches, a new one with the names of its people
}
FEW = {
    "profile": "tokens and places of one person",
    "coach:rating-kept": "what one coach rated before somebody else came to hold it",
    "learn:record enrolments": "pillars that one person learns",
    "learn:welcome": "pillars that one person learns",
    "learn:agreement-show": "coaches whom one learner had",
    "design:pillar-list": "written by hand: a dozen",
    "design:pillar-show": "three to five behaviours",
    "design:rubric-show": "three to five criteria",
    "design:blueprint-show": "versions of one text",
    "manage:member-show learner": "pillars that one person learns",
    "manage:enrolment-show": "substitutes of one enrolment",
    "insights:home releases": "the page is that of insights:home",
}
FEW_LISTS = {"pillars/", "rubrics/", "blueprints/"}  # the library, written by hand
SCORES = ("coaching_score", "coaching_rating")
LONG_AGO = 30
"""Days since the session of that row: it waits longest, and stands on the first page."""
PLANS = (("today", ""), ("coach:enrolment-list", ""), ("coach:enrolment-list", "?sort=name"))


@pytest.fixture(scope="module")
def many(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock(), hundreds() as cast:
        yield cast


def test_every_list_is_asked_with_hundreds_or_is_said_to_be_short():
    assert SHOWN.keys() | FEW.keys() == PAGES.keys()
    assert SHOWN.keys() & FEW.keys() == set()


@pytest.mark.django_db
@pytest.mark.parametrize("name", SHOWN)
def test_a_page_costs_the_same_for_three_hundred_rows(name, many):
    """One row of each kind beside them, as the page has it with one row. Who runs a place is told no score."""
    page, (mark, rows) = PAGES[name], SHOWN[name]
    page.add(many, LONG_AGO)
    visitor, url = ActingClient().as_(getattr(many, page.who)), reverse(name.split()[0], args=page.args(many))
    visitor.get(url)
    with CaptureQueriesContext(connection) as queries:
        answer = visitor.get(url)
    assert (answer.status_code, len(queries)) == (200, page.queries + MORE.get(name, 0))
    assert not mark or answer.content.decode().count(mark) >= rows
    named = {table for table in SCORES for each in queries if table in each["sql"]}
    assert page.who in ("ana", "leo") or named == set()


@pytest.mark.django_db
@pytest.mark.parametrize("path", [path for path in LISTS if path not in FEW_LISTS])
def test_a_list_of_the_api_costs_the_same_for_a_hundred_of_three_hundred(path, many, django_assert_num_queries):
    who, queries, _add = LISTS[path]
    caller = Caller(getattr(many, who))
    caller.get("me/")
    address = path.format(cast=many)
    with django_assert_num_queries(queries):
        answer = caller.get(f"{address}{'&' if '?' in address else '?'}limit=100").json()
    assert (len(answer["results"]), bool(answer["next"])) == (100, True)


def plans_of(step) -> list[str]:
    """The lines of the plan of every SELECT of a step."""
    lines: list[str] = []

    def explain(execute, sql, params, many, context):
        if sql.startswith("SELECT"):
            with connection.connection.cursor() as cursor:
                lines.extend(line for (line,) in cursor.execute(f"EXPLAIN {sql}", params).fetchall())
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explain):
        step()
    return lines


def whole(lines: list[str]) -> set[str]:
    """Which tables of scores the plans read from end to end."""
    return set(re.findall(rf"Seq Scan on ({'|'.join(SCORES)})", "\n".join(lines)))


@pytest.mark.django_db
def test_a_coach_of_three_hundred_reads_scores_by_index(many):
    """Among twenty times as many of others; one that has no index for it is seen to be read whole."""
    with transaction.atomic():
        among_others()
        browser, asked = ActingClient().as_(many.ana), set()
        for name, query in PLANS:
            lines = plans_of(lambda: browser.get(reverse(name) + query))  # noqa: B023  # called at once
            asked |= {table for table in SCORES if any(f" on {table}" in line for line in lines)}
            assert (name, query, whole(lines)) == (name, query, set())
        assert asked == set(SCORES)
        assert whole(plans_of(lambda: list(Score.objects.filter(level=2)))) == {"coaching_score"}
        transaction.set_rollback(True)
