"""B2: My learners of a coach with 3,000 learners against that of a coach with 30, by the clock, one page of each.

The other coach's page holds all of the 30, this one the first 50. A round takes the median of a few calls of each.
"""

from collections.abc import Iterator
from statistics import median

from django.db import connection
from django.urls import reverse

from bench.many_learners import Hall
from bench.measure import Result, alternate, median_ratio, seconds_of
from bench.web import Visitor

FEW, MANY = 30, 3000
CALLS = 7  # in a round
BOUND = 1.5
LONG_TABLES = ("coaching_microsession", "coaching_rating", "coaching_score", "coaching_reflection")


def measure() -> Iterator[Result]:
    """The page, sorted by who waits longest, which is what opens, and by name."""
    hall = Hall()
    few, many = Visitor(hall.coach_of(FEW)), Visitor(hall.coach_of(MANY))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")  # as autovacuum leaves tables within minutes of so many new rows
    page = reverse("coach:enrolment-list")
    yield Result("My learners, longest wait first", ratio(many, few, page), BOUND, note=reads(many, page))
    by_name = f"{page}?sort=name"
    yield Result("My learners, by name", ratio(many, few, by_name), BOUND, note=reads(many, by_name))


def ratio(many: Visitor, few: Visitor, url: str) -> float:
    return median_ratio(alternate(lambda: p50(many, url), lambda: p50(few, url)))


def p50(visitor: Visitor, url: str) -> float:
    return median(seconds_of(lambda: visitor.get(url)) for _ in range(CALLS))


def reads(visitor: Visitor, url: str) -> str:
    """Which of the long tables the page's queries read from end to end."""
    plans: list[str] = []

    def explain(execute, sql, params, many, context):  # type: ignore[no-untyped-def]
        if sql.startswith("SELECT"):
            with connection.connection.cursor() as cursor:
                plans.extend(line for (line,) in cursor.execute(f"EXPLAIN {sql}", params).fetchall())
        return execute(sql, params, many, context)

    with connection.execute_wrapper(explain):
        visitor.get(url)
    whole = {table for table in LONG_TABLES if any(f"Seq Scan on {table}" in line for line in plans)}
    return f"reads all of {', '.join(sorted(whole))}" if whole else "no table of sessions or scores read whole"
