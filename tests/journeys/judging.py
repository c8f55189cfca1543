"""What a page is judged by: axe, no id twice, no scrolling sideways even at 320 px, targets that a thumb can hit."""

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
    return page.evaluate(script("judge.js")) + reflow_faults(page)


def reflow_faults(page: Page) -> list[str]:
    """What does not fit 320 px, WCAG 2.2 1.4.10; the page gets its own size back."""
    own = page.viewport_size
    page.set_viewport_size({"width": 320, "height": 640})
    over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    page.set_viewport_size(own)
    return [f"scrolls sideways by {over} px at 320 px"] if over > 0 else []
