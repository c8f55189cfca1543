"""The targets of UX.md in seconds: what a practised hand does, counted in a real browser at the width of a phone."""

import datetime as dt

from django.utils import timezone
from playwright.sync_api import expect

from programs.models import Enrolment
from tests.journeys.hand import Hand
from tests.journeys.test_whole_loop import ask_and_watch

LEVELS = {"coach": (3, 3, 1), "learner": (2, 3, 3)}


def test_a_coach_needs_75_seconds_around_a_session_and_its_learner_90(cast, as_):
    coaching, learning = Hand(), Hand()
    Enrolment.objects.filter(pk=cast.enrolment.pk).update(created_at=timezone.now() - dt.timedelta(days=12))
    coach, learner = as_(cast.ana, width=390), as_(cast.leo, width=390)
    plan(coach, coaching)
    ask_and_watch(coach, lambda _page: None)
    rate_as_learner(learner, learning)
    rate_and_plan(coach, coaching)
    reflect(learner, learning)
    read_the_reflection(coach, coaching)
    assert (coaching.seconds < 75, learning.seconds < 90) == (True, True), (coaching.seconds, learning.seconds)


def plan(coach, hand) -> None:
    """From Today to a session that has started: everything proposed is taken."""
    coach.goto("/")
    hand.click(coach.get_by_role("link", name="Plan next, prefilled"))
    hand.click(coach.get_by_role("button", name="Save and start"))
    expect(coach.get_by_role("heading", name="Goal · 1 of 4")).to_be_visible()


def rate(page, hand, levels) -> None:
    for scale, level in enumerate(levels):
        hand.click(page.locator("[data-scale]").nth(scale).get_by_role("radio").nth(level - 1))
    hand.click(page.get_by_role("button", name="Hand in my rating"))


def rate_as_learner(learner, hand) -> None:
    """With every level read, as if for the first time."""
    learner.goto("/")
    hand.click(learner.get_by_role("link", name="Rate and reflect"))
    hand.read(learner.locator("form[data-rating]"))
    rate(learner, hand, LEVELS["learner"])
    expect(learner.locator("#rating-state")).to_contain_text("Your rating is in.")


def rate_and_plan(coach, hand) -> None:
    """What to keep comes from the taps of the practice; change and plan are written."""
    rate(coach, hand, LEVELS["coach"])
    expect(coach.get_by_role("heading", name="Same on 1 of 3.")).to_be_visible()
    hand.click(coach.locator("#feedback-keep .suggestions button"))
    expect(coach.get_by_label("Keep")).not_to_have_value("")
    hand.write(coach.get_by_label("Change"), "Before the fix, wait for the answer.")
    hand.click(coach.get_by_role("button", name="Next: Plan"))
    hand.write(coach.get_by_label("When", exact=True), "a customer repeats themselves")
    hand.write(coach.get_by_label("I will", exact=True), "say what I heard")
    hand.click(coach.get_by_role("button", name="Finish"))
    expect(coach.get_by_role("heading", name="Done: Leo Marin")).to_be_visible()


def reflect(learner, hand) -> None:
    learner.goto("/")
    hand.click(learner.get_by_role("link", name="Write it, 60 s"))
    hand.read(learner.locator(".said"))
    hand.write(learner.get_by_label("What changed?"), "She stopped repeating herself.")
    hand.click(learner.get_by_role("radio", name="Fairly"))
    hand.click(learner.get_by_role("button", name="Save"))
    expect(learner.locator("main")).to_contain_text("repeats themselves")


def read_the_reflection(coach, hand) -> None:
    hand.click(coach.get_by_role("link", name="Back to Today"))
    hand.click(coach.get_by_role("link", name="Read 1"))
    for words in coach.locator("article.reflection").locator("blockquote, .goal").all():
        hand.read(words)
    hand.click(coach.get_by_role("button", name="Thanks"))
    expect(coach.get_by_role("button", name="Take back")).to_be_visible()
