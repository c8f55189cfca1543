"""The loop in ten minutes by somebody who has never seen CoachHub: the demo as the README walks through it.

Counted, not timed, and held to seven minutes, so that who reads slower has ten: they read the guide, and on each page
every word from its top down to what they tap or fill in, but for words that they have read before; they think before
every tap and write every letter. What the guide offers besides the loop is left out.
"""

import re
from pathlib import Path

import pytest
from django.conf import settings as configured
from django.core.management import call_command
from playwright.sync_api import Locator, Page, expect

from coachhub import demo
from coachhub.environment import mailers
from sessions.domain import hurry
from tests.journeys.hand import Hand

MINUTES = 7
GUIDE = re.compile(r"^### Once round the loop$(.+?)^### ", re.M | re.S)
CHANGE = "Before the fix, wait for her answer."
CUE, WILL = "a customer repeats themselves", "say what I heard"
CHANGED = "She stopped repeating herself."
DOWN_TO = """target => {
  const from = target.closest(".actionbar") ?? document.body; // the bar is in sight all the time
  const texts = [], walker = document.createTreeWalker(from, NodeFilter.SHOW_TEXT);
  const stop = target.closest("label") ?? document.querySelector(`label[for="${target.id}"]`) ?? target;
  for (let node; (node = walker.nextNode()); ) {
    const upToThere = stop.contains(node) || stop.compareDocumentPosition(node) & Node.DOCUMENT_POSITION_PRECEDING;
    const around = node.parentElement;
    const seen = around.checkVisibility() && !around.closest("option, script, .visually-hidden");
    if (upToThere && seen && node.data.trim()) texts.push(node.data.trim());
  }
  return texts;
}"""
TOLD = "From now on: harder cases."


@pytest.fixture
def site(transactional_db, settings, tmp_path):
    """The demo as `make run` leaves it, its mail in a folder."""
    settings.DEMO, settings.EMAIL_URL, settings.PRODUCTION = True, "", False
    settings.MAILBOX_DIR = tmp_path / "mailbox"
    settings.MAILERS = mailers("", mailbox=settings.MAILBOX_DIR)
    call_command("load_library", verbosity=0)
    hurry.send_now(by=demo.build().members.earliest("pk"))


class Newcomer(Hand):
    """Before each tap they read the page from its top to there: every word that they have not read before."""

    letter = 60 / (51.6 * 5)  # seconds, at a computer (Dhakal et al. 2018)

    def __init__(self, page: Page) -> None:
        super().__init__()
        self.page, self.known, self.spent = page, set(), {}

    def click(self, target: Locator) -> None:
        self.look(target)
        super().click(target)

    def look(self, target: Locator) -> None:
        """Read from the top of the page down to the target."""
        found = dict.fromkeys(target.evaluate(DOWN_TO))
        self.words += sum(words_in(text) for text in found if text not in self.known)
        self.known.update(found)

    def tap(self, name: str, role: str = "button", exact: bool = False) -> None:
        self.click(self.page.get_by_role(role, name=name, exact=exact).first)

    def arrive(self, heading: str) -> None:
        expect(self.page.get_by_role("heading", name=heading).first).to_be_visible()

    def go_on_as(self, name: str, *, to: str = "Today") -> None:
        self.click(self.page.get_by_role("main").get_by_role("button", name=f"Demo: go on as {name}"))
        self.arrive(to)

    def done(self, step: str) -> None:
        self.spent[step] = round(self.seconds - sum(self.spent.values()))


def words_in(text: str) -> int:
    return sum(any(letter.isalpha() for letter in word) for word in text.split())


def test_a_newcomer_goes_round_the_loop_in_ten_minutes(site, as_):
    newcomer = Newcomer(as_(width=1280))
    for step in STEPS:
        step(newcomer, newcomer.page)
        newcomer.done(step.__name__)
    assert newcomer.seconds < MINUTES * 60, newcomer.spent


def read_the_guide(newcomer: Newcomer, page: Page) -> None:
    guide = GUIDE.search((Path(configured.BASE_DIR) / "README.md").read_text())[1]
    newcomer.words += len(guide.split())


def start(newcomer: Newcomer, page: Page) -> None:
    page.goto("/accounts/login/")
    newcomer.arrive("Sign in")
    newcomer.tap("Dana Weiss")
    newcomer.arrive("Today")
    newcomer.tap("Start session", exact=True)
    newcomer.arrive("Goal · 1 of 4")
    newcomer.tap("Next: Practice")
    newcomer.arrive("Practice · 2 of 4")
    for _ in range(3):
        newcomer.click(page.locator('[data-tally] button[value="saw"]').first)
    newcomer.tap("Next: Rate + talk")
    newcomer.arrive("Rate + talk · 3 of 4")


def rate_as_amira(newcomer: Newcomer, page: Page) -> None:
    newcomer.go_on_as("Amira Haddad", to="How did it go")
    rate(newcomer, page, 3)


def rate(newcomer: Newcomer, page: Page, level: int) -> None:
    """The focus alone."""
    newcomer.click(page.locator("[data-scale]").first.get_by_role("radio").nth(level - 1))
    newcomer.tap("Hand in my rating")


def rate_as_dana(newcomer: Newcomer, page: Page) -> None:
    newcomer.arrive("What do you take from it?")
    newcomer.go_on_as("Dana Weiss", to="Rate + talk · 3 of 4")
    rate(newcomer, page, 2)
    newcomer.arrive("You differ on")


def finish_and_plan(newcomer: Newcomer, page: Page) -> None:
    newcomer.click(page.locator("#feedback-keep .suggestions button"))
    newcomer.write(page.get_by_label("Change", exact=True), CHANGE)
    newcomer.tap("Next: Plan")
    newcomer.arrive("Plan · 4 of 4")
    newcomer.write(page.get_by_label("When", exact=True), CUE)
    newcomer.write(page.get_by_label("I will", exact=True), WILL)
    newcomer.tap("Finish", exact=True)
    newcomer.arrive("Done: Amira Haddad")
    newcomer.tap("Plan it", exact=True)
    expect(page.locator("main")).to_contain_text("Next session:")


def reflect(newcomer: Newcomer, page: Page) -> None:
    newcomer.go_on_as("Amira Haddad", to="What do you take from it?")
    newcomer.write(page.get_by_label("What changed?"), CHANGED)
    newcomer.click(page.get_by_role("radio", name="Fairly"))
    newcomer.tap("Save", exact=True)
    expect(page.locator("main")).to_contain_text(CHANGED)


def answer_the_mail(newcomer: Newcomer, page: Page) -> None:
    newcomer.tap("Demo: go on in the mailbox", role="link")
    newcomer.arrive("Mailbox")
    newcomer.tap("Do not wait: send it now")
    newcomer.arrive("Mailbox")
    newcomer.tap("20 seconds", role="link")
    newcomer.arrive("20 seconds")
    mail = page.frame_locator(".mailbox-frame")
    newcomer.read(mail.locator("body"))
    Hand.click(newcomer, mail.get_by_role("link", name="Yes, harder than planned"))
    newcomer.arrive("Your plan from")
    newcomer.tap("Save", exact=True)
    expect(page.locator("main")).to_contain_text("Saved")


def decide(newcomer: Newcomer, page: Page) -> None:
    newcomer.go_on_as("Mia Novak")
    newcomer.tap("Decide", role="link")
    newcomer.arrive("Decide")
    newcomer.tap("harder cases")
    expect(page.get_by_role("radio", name="Difficulty")).to_be_checked()
    newcomer.look(page.get_by_label("One sentence to learners"))
    newcomer.tap("Save decision")
    newcomer.arrive("Tell the learners")
    newcomer.tap("Tell the learners")
    newcomer.go_on_as("Amira Haddad")
    expect(page.locator("main")).to_contain_text(TOLD)


STEPS = (
    read_the_guide, start, rate_as_amira, rate_as_dana, finish_and_plan, reflect, answer_the_mail, decide,
)  # fmt: skip
