"""The whole loop in the browser, by coach, learner and manager: plan, coach, rate, reflect, follow up, decide, tell."""

import re

import pytest
from django.core import mail
from playwright.sync_api import expect

from metrics.tasks import publish_due
from sessions.tasks import send_due
from tests.journeys.place import days_pass, make_place

PLAN = "When a customer repeats themselves, I will say what I heard."
TOLD = "From Monday nobody is called away from a session."


@pytest.mark.parametrize("width", [390, 1280])
def test_the_whole_loop(as_, width):
    place = make_place()
    coach, learner = as_(place.ana, width=width), as_(place.leo)
    plan_and_start(coach)
    ask_and_watch(coach)
    learner_rates(learner)
    coach_rates(coach)
    keep_change_and_plan(coach)
    learner_reads_and_reflects(learner)
    coach_answers(coach)
    days_pass(2)
    answer_by_mail(as_())
    days_pass(8 * 7)
    publish_due()
    decide_and_tell(as_(place.mia, width=width))
    learner.goto("/")
    expect(learner.locator("main")).to_contain_text(TOLD)


def plan_and_start(coach) -> None:
    coach.goto("/")
    coach.get_by_role("link", name="My learners").click()
    coach.get_by_role("link", name="Plan Leo Marin").click()
    coach.get_by_role("button", name="Save", exact=True).click()
    expect(coach.locator("main")).to_contain_text("Planned with Leo Marin")
    coach.get_by_role("button", name="Start").click()
    expect(coach.get_by_role("heading", name="Goal · 1 of 4")).to_be_visible()


def ask_and_watch(coach) -> None:
    coach.get_by_label("What do you want to get out of these 15 minutes?").fill("Stay calm when it gets loud.")
    coach.get_by_role("button", name="Next: Practice").click()
    expect(coach.get_by_role("heading", name="Practice · 2 of 4")).to_be_focused()
    taps = coach.get_by_role("form", name="Names the feeling before offering a fix")
    taps.get_by_role("button", name="Saw it").click()
    taps.get_by_role("button", name="Saw it").click()
    expect(taps.locator('[data-count="saw"]')).to_have_text("2")
    coach.get_by_role("button", name="Next: Rate + talk").click()
    expect(coach.get_by_role("heading", name="Rate + talk · 3 of 4")).to_be_focused()
    expect(coach.locator("#rated")).to_contain_text("Leo Marin first. Say nothing yet.")


def learner_rates(learner) -> None:
    learner.goto("/")
    learner.get_by_role("link", name="Rate and reflect").click()
    for scale, level in enumerate((2, 3, 3)):
        learner.locator("[data-scale]").nth(scale).get_by_role("radio").nth(level - 1).check()
    expect(learner.locator("[data-rating-status]")).to_have_text("3 of 3 rated · saved")
    learner.get_by_role("button", name="Hand in my rating").click()
    expect(learner.locator("#rating-state")).to_contain_text("Your rating is in.")


def coach_rates(coach) -> None:
    expect(coach.locator("#rated")).to_contain_text("Leo Marin has rated. Your turn, then both open.")
    for scale, level in enumerate((3, 3, 1)):
        coach.locator("[data-scale]").nth(scale).get_by_role("radio").nth(level - 1).check()
    coach.get_by_role("button", name="Hand in my rating").click()
    expect(coach.get_by_role("heading", name="Same on 1 of 3.")).to_be_visible()


def keep_change_and_plan(coach) -> None:
    coach.get_by_label("Keep").fill("You named the feeling twice; the customer slowed down.")
    coach.get_by_label("Change").fill("Before the fix, wait for the answer.")
    coach.get_by_role("button", name="Next: Plan").click()
    coach.get_by_label("When", exact=True).fill("a customer repeats themselves")
    coach.get_by_label("I will", exact=True).fill("say what I heard")
    coach.get_by_role("button", name="Finish").click()
    expect(coach.get_by_role("heading", name="Done: Leo Marin")).to_be_visible()
    expect(coach.locator("main")).to_contain_text(PLAN)


def learner_reads_and_reflects(learner) -> None:
    learner.goto("/")
    learner.get_by_role("link", name="Write it, 60 s").click()
    learner.get_by_text("Both ratings").click()
    expect(learner.locator(".reveal-row.differs")).to_have_count(2)
    expect(learner.get_by_label("When", exact=True)).to_have_value("a customer repeats themselves")
    learner.get_by_label("What changed?").fill("She stopped repeating herself.")
    learner.get_by_role("radio", name="Fairly").check()
    learner.get_by_role("button", name="Save").click()
    expect(learner.locator("main")).to_contain_text(PLAN)


def coach_answers(coach) -> None:
    coach.get_by_role("link", name="Back to Today").click()
    coach.get_by_role("link", name="Read 1").click()
    expect(coach.locator("main")).to_contain_text("She stopped repeating herself.")
    coach.get_by_role("button", name="Thanks").click()
    expect(coach.get_by_role("button", name="Take back")).to_be_visible()


def answer_by_mail(anybody) -> None:
    send_due()
    (letter,) = [each for each in mail.outbox if each.subject.startswith("20 seconds")]
    link = re.search(r"http\S+\?a=as_planned", letter.body)[0]
    anybody.goto(link)
    expect(anybody.get_by_role("radio", name="Yes, went as planned")).to_be_checked()
    anybody.get_by_role("button", name="Save").click()
    expect(anybody.locator("main")).to_contain_text("Saved: Yes, went as planned")


def decide_and_tell(manager) -> None:
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
