"""What a page is judged by: axe, no id twice, no scrolling sideways even at 320 px, targets that a thumb can hit.

What is folded away is judged unfolded; a menu is not, since it opens over the page.
"""

from functools import cache
from pathlib import Path

from playwright.sync_api import Page

HERE = Path(__file__).parent
AXE = "vendor/axe.min.js"
UNFOLD = """() => {
  for (const each of document.querySelectorAll("main details:not([open], .menu)")) {
    each.open = true;
    each.dataset.unfolded = "";
  }
  for (const bar of document.querySelectorAll(".actionbar")) {
    Object.assign(bar.style, { position: "relative", inset: "auto" }); // else it lies over what is unfolded
  }
}"""
FOLD = """() => {
  for (const each of document.querySelectorAll("[data-unfolded]")) {
    each.open = false;
    delete each.dataset.unfolded;
  }
  for (const bar of document.querySelectorAll(".actionbar")) {
    for (const name of ["position", "inset"]) bar.style.removeProperty(name);
  }
}"""


@cache
def script(name: str) -> str:
    return (HERE / name).read_text()


def faults_of(page: Page) -> list[str]:
    """What is wrong with the page as it stands; empty is good. What was folded away is so again afterwards."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(script(AXE))
    page.evaluate(UNFOLD)
    faults = page.evaluate(script("judge.js")) + reflow_faults(page)
    page.evaluate(FOLD)
    return faults


def reflow_faults(page: Page) -> list[str]:
    """What does not fit 320 px, WCAG 2.2 1.4.10; the page gets its own size back."""
    own = page.viewport_size
    page.set_viewport_size({"width": 320, "height": 640})
    over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    page.set_viewport_size(own)
    return [f"scrolls sideways by {over} px at 320 px"] if over > 0 else []
