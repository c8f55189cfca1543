"""Without a mouse: Tab, Enter, Space and the number keys; the focus is never lost when a part of the page changes."""

import datetime as dt

from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from metrics.models import Decision
from programs.models import Enrolment
from sessions.domain import links
from sessions.models import Feedback, MicroSession, Score
from tests.journeys.windows import Window
from tests.rules.access_insights import published
from tests.sessions.prompt_steps import asked
from tests.sessions.rate_steps import both, reflect

LOOK_AGAIN = """async (url) => {
    const title = document.querySelector("#first-title");
    title.tabIndex = -1;
    title.focus();
    await htmx.ajax("GET", url, {target: "#rated", swap: "outerMorph"});
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
}"""
"""A heading has the focus while its part is fetched anew."""


def tab_to(page: Window, target, most: int = 40) -> None:
    """Tab until the target has the focus."""
    for _step in range(most):
        if target.evaluate("element => element === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{target} is not reached with {most} tabs")


def press(page: Window, target, key: str = "Enter") -> None:
    tab_to(page, target)
    page.keyboard.press(key)


def choose(page: Window, field: str, name: str) -> None:
    """Into the group of radio buttons, then down to the one of that name."""
    press(page, page.locator(f"[name={field}]").first, "Space")
    target = page.get_by_role("radio", name=name)
    for _step in range(page.locator(f"[name={field}]").count()):
        if target.is_checked():
            return
        page.keyboard.press("ArrowDown")
    raise AssertionError(f"{name} is not reached")


def focus_is_kept(page: Window) -> bool:
    return page.evaluate("document.activeElement !== document.body")


def test_plan_with_the_keyboard(cast, as_, judge):
    Enrolment.objects.filter(pk=cast.enrolment.pk).update(created_at=timezone.now() - dt.timedelta(days=12))
    page = as_(cast.ana, width=1280)
    page.goto("/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    press(page, page.locator("summary", has_text="Ana Silva"))
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    judge(page)
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Sign out")).to_be_hidden()
    press(page, page.get_by_role("link", name="Plan next, prefilled"))
    expect(page.get_by_role("heading", name="Plan with Leo Marin")).to_be_visible()
    tab_to(page, page.locator("[name=minutes_planned]:checked"))
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("radio", name="20", exact=True)).to_be_checked()
    press(page, page.get_by_role("button", name="Save", exact=True))
    expect(page.locator("main")).to_contain_text("Planned with Leo Marin")
    assert MicroSession.objects.get().minutes_planned == 20


def test_rate_and_reflect_with_the_keyboard(cast, as_):
    micro = cast.held()
    page = as_(cast.leo, width=1280)
    page.goto(reverse("learn:rating-edit", args=[micro.pk]))
    for key in "340":
        page.keyboard.press(key)
    expect(page.locator("[data-rating-status]")).to_have_text("3 rated · saved")
    tab_to(page, page.get_by_label("What changed?"))
    page.keyboard.type("She calmed down.")
    tab_to(page, page.get_by_label("When", exact=True))
    page.keyboard.type("the voice rises")
    tab_to(page, page.get_by_label("I will", exact=True))
    page.keyboard.type("say what I heard")
    press(page, page.get_by_role("button", name="Hand in and save"))
    expect(page.locator("main")).to_contain_text("When the voice rises, I will say what I heard.")
    assert list(Score.objects.order_by("criterion__position").values_list("level", flat=True)) == [3, 4, None]


def test_run_a_session_with_the_keyboard_and_never_lose_the_focus(cast, as_):
    now = timezone.now()
    micro = cast.plan(status="running", started_at=now, phase_started_at=now, phase="goal")
    page = as_(cast.ana)
    page.goto(reverse("coach:micro-run", args=[micro.pk]))
    press(page, page.get_by_role("button", name="Next: Practice"))
    expect(page.get_by_role("heading", name="Practice · 2 of 4")).to_be_focused()
    press(page, page.get_by_role("button", name="Saw it").first)
    press(page, page.get_by_role("button", name="Undo").first)
    expect(page.locator('[data-count="saw"]').first).to_have_text("0")
    assert focus_is_kept(page)
    press(page, page.get_by_role("button", name="Next: Rate + talk"))
    expect(page.get_by_role("heading", name="Rate + talk · 3 of 4")).to_be_focused()
    press(page, page.get_by_role("button", name="Code"))
    expect(page.locator("#code")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Code")).to_be_focused()
    page.evaluate(LOOK_AGAIN, reverse("coach:micro-rated", args=[micro.pk]))
    expect(page.locator("#first-title")).to_be_focused()
    tab_to(page, page.locator("[data-scale] input").first)
    for key in "333":
        page.keyboard.press(key)
    expect(page.locator("[data-rating-status]")).to_have_text("3 rated · saved")
    press(page, page.get_by_role("button", name="Hand in my rating"))
    expect(page.get_by_text("Your rating is in")).to_be_visible()
    tab_to(page, page.get_by_label("Keep"))
    page.keyboard.type("You named it twice.")
    press(page, page.get_by_role("button", name="Next: Plan"))
    expect(page.get_by_role("heading", name="Plan · 4 of 4")).to_be_focused()
    assert Feedback.objects.get().line == "You named it twice."
    finish_and_close(page)
    assert MicroSession.objects.get().status == "closed"


def finish_and_close(page: Window) -> None:
    """From the last phase: the plan, the end, and the one line that is still missing."""
    tab_to(page, page.get_by_label("When", exact=True))
    page.keyboard.type("the voice rises")
    tab_to(page, page.get_by_label("I will", exact=True))
    page.keyboard.type("say what I heard")
    press(page, page.get_by_role("button", name="Finish", exact=True))
    expect(page.get_by_role("heading", name="Finish: Leo Marin")).to_be_visible()
    tab_to(page, page.get_by_label("Change", exact=True))
    page.keyboard.type("Wait for the answer.")
    press(page, page.get_by_role("button", name="Finish", exact=True))
    expect(page.get_by_role("heading", name="Done: Leo Marin")).to_be_visible()


def test_answer_a_question_with_the_keyboard(cast, as_):
    prompt = asked(cast)
    page = as_(width=1280)
    page.goto(reverse("learn:prompt-open", args=[links.token_of(prompt)]))
    choose(page, "answer", "Yes, harder than planned")
    press(page, page.get_by_role("button", name="Save"))
    expect(page.locator("main")).to_contain_text("Saved: Yes, harder than planned")
    press(page, page.locator("summary", has_text="Change my answer"))
    expect(page.get_by_role("radio", name="Yes, harder than planned")).to_be_visible()
    prompt.refresh_from_db()
    assert prompt.answer == "harder"


def test_decide_tell_and_close_with_the_keyboard(cast, as_):
    world = published(cast)
    page = as_(cast.mia, width=1280)
    page.goto(reverse("insights:group-show", args=[world.group.pk]))
    press(page, page.locator(f'main a[href="{reverse("insights:decision-new", args=[world.figure.pk])}"]').first)
    choose(page, "adjustment", "Resources")
    tab_to(page, page.get_by_label("What changes"))
    page.keyboard.type("A quiet room")
    tab_to(page, page.get_by_label("One sentence to learners"))
    page.keyboard.type("There is a quiet room now.")
    press(page, page.get_by_role("button", name="Save decision"))
    press(page, page.get_by_role("button", name="Tell the learners"))
    expect(page.locator("main")).to_contain_text("Learners were told")
    press(page, page.locator("summary", has_text="Close it before its check"))
    choose(page, "outcome", "Drop")
    press(page, page.get_by_role("button", name="Close decision"))
    expect(page.get_by_role("heading", name="Drop")).to_be_visible()
    made = Decision.objects.get(what="A quiet room")
    assert (made.adjustment, made.outcome, made.shared_at is None) == ("resources", "drop", False)


def test_answer_a_reflection_with_the_keyboard(cast, as_):
    reflect(both(cast.held()))
    page = as_(cast.ana)
    page.goto(reverse("coach:reflection-list"))
    press(page, page.get_by_role("button", name="Thanks"))
    expect(page.get_by_role("button", name="Take back")).to_be_visible()
    expect(page.locator("#to-read")).to_have_text("Nothing waits for you.")
    assert focus_is_kept(page)
    press(page, page.get_by_role("button", name="Take back"))
    expect(page.get_by_role("button", name="Thanks")).to_be_visible()
    expect(page.locator("#to-read")).to_have_text("1 to read.")
    assert focus_is_kept(page)
