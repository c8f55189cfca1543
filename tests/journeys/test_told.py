"""The Goal step: what the learner says of the last plan, by taps and keys; their own answer is said in its place."""

from django.urls import reverse
from playwright.sync_api import expect

from sessions.domain import prompts, running
from tests.sessions.prompt_steps import GOOD, asked


def test_what_the_learner_says_is_a_tap_and_theirs_wins(cast, as_, watch, judge):
    question = asked(cast)
    coach = as_(cast.ana)
    coach.goto(reverse("coach:micro-run", args=[running.start(cast.plan(), by=cast.ana).pk]))
    saved, pressed = coach.locator("[data-save-status]").first, coach.locator(".told [aria-pressed=true]")
    coach.get_by_role("button", name="Yes, came naturally").dblclick()
    expect(pressed).to_have_text(["Yes, came naturally"])
    for label in ("No chance yet", "Yes, harder than planned"):
        coach.get_by_role("button", name=label).click()
    coach.get_by_role("button", name="Next: Practice").click()
    expect(coach.locator("[data-tally]").first).to_be_visible()
    coach.get_by_role("button", name="Goal").first.click()
    expect(pressed).to_have_text(["Yes, harder than planned"])
    judge(coach)
    coach.get_by_role("button", name="Yes, harder than planned").press("Enter")
    expect(saved).to_contain_text("Saved")
    expect(coach.get_by_role("button", name="Yes, harder than planned")).to_be_focused()
    expect(pressed).to_have_count(0)
    prompts.answer(question, by=cast.leo, answer=GOOD)
    watch.expects.add(409)
    coach.get_by_role("button", name="No chance yet").click()
    said = coach.get_by_text("Leo Marin has answered: “Yes, went as planned”")
    expect(said).to_be_focused()
    expect(saved).to_have_text("")
    judge(coach)
