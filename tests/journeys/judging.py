"""What a page is judged by: axe, no scrolling sideways, targets that a thumb can hit."""

from functools import cache
from pathlib import Path

from playwright.sync_api import Page

HERE = Path(__file__).parent


@cache
def script(name: str) -> str:
    return (HERE / name).read_text()


def faults_of(page: Page) -> list[str]:
    """What is wrong with the page as it stands; empty is good."""
    page.evaluate(script("vendor/axe.min.js"))
    return page.evaluate(script("judge.js"))
