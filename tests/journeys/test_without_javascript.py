"""The loop without JavaScript: every step is a plain form, and every form says where it went."""

import datetime as dt

from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from programs.models import Enrolment
from sessions.domain import links
from tests.journeys.states import to_be_compared
from tests.journeys.windows import Window
from tests.rules.access_insights import published
from tests.sessions.prompt_steps import asked

PLAN = "When the voice rises, I will say what I heard."


def test_plan_run_rate_reveal_and_close(cast, as_, watch):
    watch.expects.add(422)  # a rating that is not whole
    Enrolment.objects.filter(pk=cast.enrolment.pk).update(created_at=timezone.now() - dt.timedelta(days=12))
    coach, learner = as_(cast.ana, js=False), as_(cast.leo, js=False)
    plan_and_start(coach)
    goal_and_practice(coach)
    learner_rates(learner)
    coach_rates(coach)
    plan_and_finish(coach)
    learner_reflects(learner)


def plan_and_start(coach: Window) -> None:
    coach.goto("/")
    coach.get_by_role("link", name="Plan next, prefilled").click()
    coach.get_by_role("button", name="Save and start").click()
    expect(coach.get_by_role("heading", name="Goal · 1 of 4")).to_be_visible()


def goal_and_practice(coach: Window) -> None:
    goal = coach.get_by_label("What do you want to get out of these 15 minutes?")
    goal.fill("Stay calm.")
    coach.locator("form", has=goal).get_by_role("button", name="Save").click()
    expect(goal).to_have_value("Stay calm.")
    coach.get_by_role("button", name="Next: Practice").click()
    taps = coach.get_by_role("form", name="Pauses before answering")
    taps.get_by_role("button", name="Saw it").click()
    taps.get_by_role("button", name="Chance, not used").click()
    expect(taps.locator('[data-count="saw"]')).to_have_text("1")
    taps.get_by_role("button", name="Undo").click()
    expect(taps.locator('[data-count="chance"]')).to_have_text("0")
    coach.get_by_role("button", name="Next: Rate + talk").click()
    expect(coach.locator("#rated")).to_contain_text("Say nothing yet")


def choose(page: Window, *levels: int) -> None:
    for scale, level in enumerate(levels):
        page.locator("[data-scale]").nth(scale).get_by_role("radio").nth(level - 1).check()


def learner_rates(learner: Window) -> None:
    learner.goto("/")
    learner.get_by_role("link", name="Rate and reflect").click()
    learner.locator("[data-scale]").last.get_by_role("radio").first.check()  # all but the focus
    learner.get_by_role("button", name="Hand in my rating").click()
    expect(learner.get_by_role("alert").or_(learner.locator(".note-bad")).first).to_be_visible()
    choose(learner, 2, 3, 3)
    learner.get_by_role("button", name="Hand in my rating").click()
    expect(learner.locator("main")).to_contain_text("Your rating is in.")


def coach_rates(coach: Window) -> None:
    coach.get_by_role("link", name="Look again").click()
    expect(coach.locator("#rated")).to_contain_text("Leo Marin has rated. Your turn, then both open.")
    choose(coach, 3, 3, 1)
    coach.get_by_role("button", name="Hand in my rating").click()
    expect(coach.get_by_role("heading", name="Same on 1 of 3.")).to_be_visible()


def plan_and_finish(coach: Window) -> None:
    for label, line in (("Keep", "You paused twice."), ("Change", "Wait for the answer.")):
        field = coach.get_by_label(label)
        field.fill(line)
        coach.locator("form", has=field).get_by_role("button", name="Save").click()
        expect(field).to_have_value(line)
    coach.get_by_role("button", name="Next: Plan").click()
    coach.get_by_label("When", exact=True).fill("the voice rises")
    coach.get_by_label("I will", exact=True).fill("say what I heard")
    coach.locator("#plan").get_by_role("button", name="Save").click()
    expect(coach.locator("#missing")).to_contain_text("Everything is there.")
    coach.get_by_role("button", name="Finish").click()
    expect(coach.get_by_role("heading", name="Done: Leo Marin")).to_be_visible()
    expect(coach.locator("main")).to_contain_text(PLAN)


def learner_reflects(learner: Window) -> None:
    learner.goto("/")
    learner.get_by_role("link", name="Write it, 60 s").click()
    learner.get_by_label("What changed?").fill("He calmed down.")
    learner.get_by_role("button", name="Save").click()
    expect(learner.locator("main")).to_contain_text(PLAN)
    expect(learner.locator(".reveal-row.differs")).to_have_count(2)


def test_answer_a_question_and_take_it_back(cast, as_):
    page = as_(js=False)
    page.goto(reverse("learn:prompt-open", args=[links.token_of(asked(cast))]) + "?a=harder")
    expect(page.get_by_role("radio", name="Yes, harder than planned")).to_be_checked()
    page.get_by_role("button", name="Save").click()
    expect(page.locator("main")).to_contain_text("Saved: Yes, harder than planned")
    page.get_by_text("Change my answer").click()
    page.get_by_role("radio", name="No chance yet").check()
    page.get_by_role("button", name="Save").click()
    expect(page.locator("main")).to_contain_text("Saved: No chance yet")


def test_decide_on_a_figure_and_tell_the_learners(cast, as_):
    world = published(cast)
    page = as_(cast.mia, js=False)
    page.goto(reverse("insights:decision-new", args=[world.figure.pk]))
    page.get_by_role("radio", name="Resources").check()
    page.get_by_label("What changes").fill("A quiet room")
    page.get_by_label("One sentence to learners").fill("There is a quiet room now.")
    page.get_by_role("button", name="Save decision").click()
    page.get_by_role("button", name="Tell the learners").click()
    expect(page.locator("main")).to_contain_text("Learners were told")


def test_compare_and_close_a_decision(cast, as_):
    decision = to_be_compared(cast)
    page = as_(cast.mia, js=False)
    page.goto("/")
    page.get_by_role("link", name="Compare and close").click()
    expect(page.locator(".compare-main")).to_contain_text("2.50 → 3.00")
    page.get_by_role("radio", name="Keep").check()
    page.get_by_label("What you saw").fill("Calmer calls.")
    page.get_by_role("button", name="Close decision").click()
    expect(page.get_by_role("heading", name="Keep")).to_be_visible()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_role("button", name="Close decision")).to_be_visible()
    decision.refresh_from_db()
    assert (decision.outcome, decision.closed_at) == ("", None)
