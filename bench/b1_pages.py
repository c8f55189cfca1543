"""B1: CPU of a page against an empty page behind the same middleware, which loads login session, user and member.

CPU is that of this process and of the database's processes that work for it: a page that lets the database do its work
does not get it for nothing. The note says what this process alone would have given. No network, no web server.
"""

import time
from collections.abc import Iterator

from bench.measure import Result, alternate, cost_of, median_ratio
from bench.pages import Page, demo_pages
from bench.urls import EMPTY
from bench.web import Cpu, Visitor

CALLS, EMPTY_CALLS = 8, 32  # in a round


def measure() -> Iterator[Result]:
    """One result a page of the demo."""
    for page in demo_pages():
        yield measure_page(page)


def measure_page(page: Page) -> Result:
    page.prepare()
    visitor = Visitor(page.member)
    size = visitor.get(page.url)
    cpu = Cpu()
    whole = alternate(
        lambda: cost_of(lambda: visitor.get(page.url), cpu.both, times=CALLS),
        lambda: cost_of(lambda: visitor.get(EMPTY), cpu.both, times=EMPTY_CALLS),
    )
    own = alternate(
        lambda: cost_of(lambda: visitor.get(page.url), time.process_time, times=CALLS),
        lambda: cost_of(lambda: visitor.get(EMPTY), time.process_time, times=EMPTY_CALLS),
    )
    note = f"{median_ratio(own):.2f}× without the database; {size / 1000:.0f} kB"
    return Result(page.what, median_ratio(whole), page.bound, note=note)
