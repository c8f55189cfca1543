"""The whole loop in the browser, by coach, learner and manager, from a plan to a decision that is told and checked."""

import re

import pytest
from django.core import mail
from playwright.sync_api import expect

from metrics.tasks import publish_due
from sessions.tasks import send_due
from tests.journeys.conftest import THEMES, WIDTHS
from tests.journeys.place import days_pass, make_place

PLAN = "When a customer repeats themselves, I will say what I heard."
TOLD = "From Monday nobody is called away from a session."


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", [390, 1280])
def test_the_whole_loop(as_, judge, width, theme):
    """Every state on the way is judged, up to the decision that is checked: in `make test` on the phone alone."""
    if width not in WIDTHS:
        judge = seen_on_the_phone
    place, look = make_place(), {"width": width, "theme": theme}
    coach, learner = as_(place.ana, **look), as_(place.leo, **look)
    plan_and_start(coach, judge)
    ask_and_watch(coach, judge)
    learner_rates(learner, judge)
    coach_rates(coach, judge)
    keep_change_and_plan(coach, judge)
    learner_reads_and_reflects(learner, judge)
    coach_answers(coach, judge)
    days_pass(2)
    answer_by_mail(as_(**look), judge)
    days_pass(8 * 7)
    publish_due()
    decide_and_tell(as_(place.mia, **look), judge)
    learner.goto("/")
    expect(learner.locator("main")).to_contain_text(TOLD)
    judge(learner)
    if width in WIDTHS:
        days_pass(18 * 7)  # a full block more, wherever in its block the decision was made
        publish_due()
        compare_and_close(as_(place.mia, **look), judge)


def seen_on_the_phone(page) -> None:
    """The same page has been judged at 390 px."""


def plan_and_start(coach, judge) -> None:
    coach.goto("/")
    coach.get_by_role("link", name="My learners").click()
    coach.get_by_role("link", name="Plan Leo Marin").click()
    coach.get_by_role("button", name="Save", exact=True).click()
    expect(coach.locator("main")).to_contain_text("Planned with Leo Marin")
    judge(coach)
    coach.get_by_role("button", name="Start").click()
    expect(coach.get_by_role("heading", name="Goal · 1 of 4")).to_be_visible()
    judge(coach)


def ask_and_watch(coach, judge) -> None:
    coach.get_by_label("What do you want to get out of these 15 minutes?").fill("Stay calm when it gets loud.")
    coach.locator("#note-text").evaluate("box => { box.style.height = '12rem'; }")  # as drawn by hand
    coach.get_by_role("button", name="Next: Practice").click()
    expect(coach.get_by_role("heading", name="Practice · 2 of 4")).to_be_focused()
    taps = coach.get_by_role("form", name="Names the feeling before offering a fix")
    taps.get_by_role("button", name="Saw it").click()
    taps.get_by_role("button", name="Saw it").click()
    expect(taps.locator('[data-count="saw"]')).to_have_text("2")
    judge(coach)
    coach.get_by_role("button", name="Next: Rate + talk").click()
    expect(coach.get_by_role("heading", name="Rate + talk · 3 of 4")).to_be_focused()
    expect(coach.locator("#rated")).to_contain_text("Leo Marin first. Say nothing yet.")
    judge(coach)


def learner_rates(learner, judge) -> None:
    learner.goto("/")
    learner.get_by_role("link", name="Rate and reflect").click()
    for scale, level in enumerate((2, 3, 3)):
        learner.locator("[data-scale]").nth(scale).get_by_role("radio").nth(level - 1).check()
    expect(learner.locator("[data-rating-status]")).to_have_text("3 rated · saved")
    judge(learner)
    learner.get_by_role("button", name="Hand in my rating").click()
    expect(learner.locator("#rating-state")).to_contain_text("Your rating is in.")
    judge(learner)


def coach_rates(coach, judge) -> None:
    expect(coach.locator("#rated")).to_contain_text("Leo Marin has rated. Your turn, then both open.")
    for scale, level in enumerate((3, 3, 1)):
        coach.locator("[data-scale]").nth(scale).get_by_role("radio").nth(level - 1).check()
    coach.get_by_role("button", name="Hand in my rating").click()
    expect(coach.get_by_role("heading", name="Same on 1 of 3.")).to_be_visible()
    judge(coach)


def keep_change_and_plan(coach, judge) -> None:
    coach.get_by_label("Keep").fill("You named the feeling twice; the customer slowed down.")
    coach.get_by_label("Change").fill("Before the fix, wait for the answer.")
    coach.get_by_role("button", name="Next: Plan").click()
    expect(coach.get_by_role("heading", name="Plan · 4 of 4")).to_be_focused()
    judge(coach)
    coach.get_by_label("When", exact=True).fill("a customer repeats themselves")
    coach.get_by_label("I will", exact=True).fill("say what I heard")
    coach.get_by_role("button", name="Finish").click()
    expect(coach.get_by_role("heading", name="Done: Leo Marin")).to_be_visible()
    judge(coach)
    expect(coach.locator("main")).to_contain_text(PLAN)


def learner_reads_and_reflects(learner, judge) -> None:
    learner.goto("/")
    learner.get_by_role("link", name="Write it, 60 s").click()
    learner.get_by_text("Both ratings").click()
    expect(learner.locator(".reveal-row.differs")).to_have_count(2)
    judge(learner)
    expect(learner.get_by_label("When", exact=True)).to_have_value("a customer repeats themselves")
    learner.get_by_label("What changed?").fill("She stopped repeating herself.")
    learner.get_by_role("radio", name="Fairly").check()
    learner.get_by_role("button", name="Save").click()
    expect(learner.locator("main")).to_contain_text(PLAN)
    judge(learner)


def coach_answers(coach, judge) -> None:
    coach.get_by_role("link", name="Back to Today").click()
    coach.get_by_role("link", name="Read 1").click()
    expect(coach.locator("main")).to_contain_text("She stopped repeating herself.")
    coach.get_by_role("button", name="Thanks").click()
    expect(coach.get_by_role("button", name="Take back")).to_be_visible()
    judge(coach)


def answer_by_mail(anybody, judge) -> None:
    send_due()
    (letter,) = [each for each in mail.outbox if each.subject.startswith("20 seconds")]
    link = re.search(r"http\S+\?a=as_planned", letter.body)[0]
    anybody.goto(link)
    expect(anybody.get_by_role("radio", name="Yes, went as planned")).to_be_checked()
    judge(anybody)
    anybody.get_by_role("button", name="Save").click()
    expect(anybody.locator("main")).to_contain_text("Saved: Yes, went as planned")
    judge(anybody)


def decide_and_tell(manager, judge) -> None:
    manager.goto("/")
    expect(manager.locator("article.next")).to_contain_text("Moved because of the queue")
    manager.locator("article.next").get_by_role("link", name="Decide").click()
    expect(manager.get_by_label("Insight")).to_have_value(re.compile("queue"))
    manager.get_by_role("radio", name="Cadence").check()
    manager.get_by_label("What changes").fill("Sessions are safe from the queue")
    manager.get_by_label("One sentence to learners").fill(TOLD)
    manager.get_by_role("button", name="Save decision").click()
    manager.get_by_role("button", name="Tell the learners").click()
    expect(manager.locator("main")).to_contain_text("Learners were told")
    judge(manager)


def compare_and_close(manager, judge) -> None:
    manager.goto("/")
    manager.get_by_role("link", name="Compare and close").click()
    expect(manager.get_by_role("heading", name="Before and after")).to_be_visible()
    judge(manager)
    manager.get_by_role("radio", name="Keep").check()
    manager.get_by_role("button", name="Close decision").click()
    expect(manager.locator("main")).to_contain_text("Closed.")
    judge(manager)
