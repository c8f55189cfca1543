"""Two ways to rate without an own login: a code on the coach's screen, and the coach's phone in the learner's hands."""

from django.urls import reverse
from playwright.sync_api import expect

from programs.domain import members
from sessions.models import MicroSession, Rating
from tests.journeys.windows import Window
from tests.sessions.run_steps import rate


def running(cast, **fields) -> MicroSession:
    """A session in its Rate phase."""
    held = cast.held()
    times = {"started_at": held.started_at, "phase_started_at": held.started_at, "ended_at": None}
    MicroSession.objects.filter(pk=held.pk).update(
        status="running", phase="rate", minutes_actual=None, opens_at=None, **times | fields
    )
    return MicroSession.objects.for_list().get(pk=held.pk)


def give(page: Window, *keys: str) -> None:
    expect(page.locator("[data-rating-status]").first).to_have_text("0 rated")
    for key in keys:
        page.keyboard.press(key)
    expect(page.locator("[data-rating-status]").first).to_have_text(f"{len(keys)} rated · saved")


def test_a_code_on_the_coachs_screen_opens_this_rating_alone(cast, as_, judge):
    micro = running(cast)
    rate(micro, cast.ana, submit=True)
    coach, phone = as_(cast.ana), as_()
    coach.goto(reverse("coach:micro-run", args=[micro.pk]))
    coach.get_by_role("button", name="Code").click()
    code = coach.locator(".big-code")
    expect(code).to_be_visible()
    judge(coach)
    phone.goto(reverse("learn:code-enter"))
    phone.get_by_label("Code").fill(code.inner_text())
    phone.get_by_role("button", name="Open my rating").click()
    give(phone, "2", "3", "0")
    judge(phone)
    phone.get_by_role("button", name="Hand in my rating").click()
    expect(phone.get_by_role("heading", name="Thank you.")).to_be_visible()
    expect(coach.locator("#handout-dialog")).to_be_hidden()
    expect(coach.get_by_role("heading", name="Same on")).to_be_focused()
    judge(coach)
    assert Rating.objects.get(role="self").via == "code"


def test_the_coachs_phone_shows_the_rating_and_nothing_else_until_it_is_back(cast, as_, judge):
    micro = running(cast)
    phone = as_(cast.ana)
    phone.goto(reverse("coach:micro-run", args=[micro.pk]))
    phone.get_by_role("link", name="Hand over").click()
    phone.get_by_role("button", name="Show me the digits").click()
    digits = phone.locator(".big-code").inner_text()
    judge(phone)
    phone.get_by_role("button", name="I have them. Over to Leo Marin").click()
    give(phone, "3", "3", "3")
    judge(phone)
    phone.goto("/")
    expect(phone.get_by_role("button", name="Hand in my rating")).to_be_visible()
    phone.get_by_role("button", name="Hand in my rating").click()
    judge(phone)
    phone.get_by_role("link", name="It is back with its coach").click()
    phone.get_by_label("four digits").fill(digits)
    judge(phone)
    phone.get_by_role("button", name="Take the phone back").click()
    expect(phone.locator("#rated")).to_contain_text("Leo Marin has rated. Your turn, then both open.")
    assert Rating.objects.get(role="self").via == "hand_over"


def test_a_tap_on_the_phone_that_is_not_kept_says_why_and_the_page_gives_way(cast, as_, judge, watch):
    micro, phone = running(cast), as_(cast.ana)
    phone.goto(reverse("coach:hand-over", args=[micro.pk]))
    phone.get_by_role("button", name="Show me the digits").click()
    phone.get_by_role("button", name="I have them. Over to Leo Marin").click()
    give(phone, "3")
    members.deactivate(cast.leo, by=cast.ada)
    watch.expects.add(410)
    words = "Leo Marin is no longer a member here. Nothing more is kept of this rating."
    phone.keyboard.press("2")
    expect(phone.locator("[data-rating-status]").first).to_have_text(words)
    phone.reload()
    expect(phone.get_by_role("heading", name="This rating is over.")).to_be_visible()
    expect(phone.get_by_role("main")).to_contain_text(words)
    judge(phone)
    phone.get_by_role("link", name="Give the phone back").click()
    expect(phone.get_by_label("four digits")).to_be_visible()
