"""B1: CPU of a page against an empty page behind the same middleware, which loads login session, user and member.

CPU is that of this process, as in a web worker without its server: one thread serves one page at a time, so this is
what bounds how many pages a site serves. The database works beside it; the note says what the quotient would be with
the CPU of its processes on both sides, and how long the page is.
"""

import time
from collections.abc import Iterator

from bench.measure import Result, alternate, median_ratio
from bench.pages import Page, demo_pages
from bench.urls import EMPTY
from bench.web import Visitor, database_seconds

CALLS, EMPTY_CALLS = 6, 18  # in a round


def measure() -> Iterator[Result]:
    """One result a page of the demo."""
    for page in demo_pages():
        yield measure_page(page)


def measure_page(page: Page) -> Result:
    page.prepare()
    visitor = Visitor(page.member)
    size = visitor.get(page.url)
    pairs = alternate(lambda: cpu_of(visitor, page.url, CALLS), lambda: cpu_of(visitor, EMPTY, EMPTY_CALLS))
    own = median_ratio((one[0], other[0]) for one, other in pairs)
    both = median_ratio((sum(one), sum(other)) for one, other in pairs)
    return Result(page.what, own, page.bound, note=f"{both:.1f}× with the database's; {size / 1000:.0f} kB")


def cpu_of(visitor: Visitor, url: str, times: int) -> tuple[float, float]:
    """Seconds of CPU a page: of this process, of the database's."""
    own, database = time.process_time(), database_seconds()
    for _ in range(times):
        visitor.get(url)
    return (time.process_time() - own) / times, (database_seconds() - database) / times
