"""What a page that stays open brings in by itself, beside what is being typed there and what is about to be pressed."""

import datetime as dt
import re
from uuid import uuid4

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from sessions.domain import feedback, ticks
from sessions.models import Feedback, ImprovementPlan
from tests.journeys.test_other_ways_to_rate import running
from tests.rules.access_insights import published
from tests.rules.query_rows import enrolled
from tests.sessions.run_steps import LINES, rate


def test_the_coachs_lines_reach_the_learners_open_page_and_leave_what_is_typed_alone(cast, as_):
    """Not while the page is in a hidden tab."""
    micro = running(cast)
    for by in (cast.leo, cast.ana):
        rate(micro, by, submit=True)
    phone = as_(cast.leo)
    phone.clock.install()
    phone.goto(reverse("learn:rating-edit", args=[micro.pk]))
    phone.get_by_label("What changed?").press_sequentially("She let me")
    phone.evaluate("Object.defineProperty(document, 'hidden', {value: true, configurable: true})")
    asked = []
    phone.on("request", lambda request: asked.append(request.url))
    said = phone.locator("#said dd")
    for kind, line in LINES.items():
        feedback.write(micro, by=cast.ana, kind=kind, version=0, line=line)
        if kind == "keep":
            phone.clock.run_for(15_000)
            assert [url for url in asked if url.endswith("/rate/")] == []
            phone.evaluate("delete document.hidden")
        phone.clock.run_for(15_000)
        expect(said.last).to_have_text(line)
    expect(said).to_have_text(list(LINES.values()))
    expect(phone.get_by_label("What changed?")).to_be_focused()
    expect(phone.get_by_label("What changed?")).to_have_value("She let me")
    assert phone.locator("#said").get_attribute("hx-trigger") is None


@pytest.mark.parametrize(
    ("who", "page", "field", "button"),
    [
        ("leo", "learn:rating-edit", "What changed?", "Save"),
        ("ana", "coach:micro-close", "Keep", "Finish"),
    ],
)
def test_a_button_stays_under_the_finger_while_the_words_are_saved(cast, as_, who, page, field, button):
    """Leaving the field to press it saves, and says so beside it."""
    micro = cast.held()
    rate(micro, cast.leo, submit=True)
    phone = as_(getattr(cast, who))
    phone.goto(reverse(page, args=[micro.pk]))
    pressed = phone.get_by_role("button", name=button, exact=True)
    phone.get_by_label(field).press_sequentially("She let me")
    expect(pressed).to_be_in_viewport(ratio=1)
    before = pressed.bounding_box()["y"]
    phone.get_by_label(field).blur()
    expect(phone.locator("[data-save-status]").last).to_contain_text(re.compile(r"Saved \d"))
    assert abs(pressed.bounding_box()["y"] - before) < 1


def test_nothing_moves_when_the_undo_of_an_end_is_over(cast, as_):
    """The next session has been started: its page is being worked on while the ten seconds pass."""
    running(cast)
    micro = cast.plan(enrolment=enrolled(cast, 1))
    page = as_(cast.ana)
    page.clock.install()
    page.goto(reverse("coach:micro-show", args=[micro.pk]))
    page.get_by_role("button", name="Start session").click()
    line, undo = page.locator("#undo-end"), page.get_by_role("button", name="Undo")
    expect(undo).to_be_visible()
    places = [line, page.locator(".run-cols"), page.get_by_role("button", name="Next: Practice")]
    before = [place.bounding_box() for place in places]
    page.clock.run_for(11_000)
    expect(undo).to_be_hidden()
    assert [place.bounding_box() for place in places] == before
    expect(line).to_have_text(re.compile(r"Leo Marin: ended after \d+ min. Finish it from Today."))


def test_a_proposed_line_goes_in_once_and_out_again(cast, as_):
    """Without a keyboard that opens over it; what was written on stays, the last plan gives back what stood there."""
    micro, other = cast.held(), cast.criteria[1].behaviour
    start = micro.started_at - dt.timedelta(days=2)
    before = cast.held(started_at=start, ended_at=start + dt.timedelta(minutes=15))
    ImprovementPlan.objects.create(micro=before, cue="the voice rises", will="wait", written_by=cast.leo)
    ticks.add(micro, by=cast.ana, behaviour=other, kind="saw", key=uuid4())
    page = as_(cast.ana)
    page.goto(reverse("coach:micro-close", args=[micro.pk]))
    keep, line = page.get_by_label("Keep"), "Once: pauses before answering"
    chip = page.get_by_role("button", name=line)
    for pressed, value in (("true", line), ("false", ""), ("true", line)):
        chip.click()
        expect(keep).to_have_value(value)
        expect(chip).to_have_attribute("aria-pressed", pressed)
        expect(keep).not_to_be_focused()
    keep.fill(f"{line}; she slowed down.")
    chip.click()
    expect(keep).to_have_value(f"{line}; she slowed down.")
    cue, last = page.get_by_label("When", exact=True), page.get_by_role("button", name="As last time:")
    cue.fill("she shouts")
    last.click()
    expect(page.get_by_label("I will", exact=True)).to_have_value("wait")
    expect(cue).to_have_value("the voice rises")
    last.click()
    expect(cue).to_have_value("she shouts")
    expect(page.locator("[data-save-status]").last).to_contain_text(re.compile(r"Saved \d"))
    assert Feedback.objects.get(micro=micro).behaviour == other


def test_what_is_missing_follows_each_key_without_waiting_for_the_server(cast, as_):
    """The server says nothing new, so that nothing but the page itself can have said it."""
    page = as_(cast.ana)
    page.route("**/missing/", lambda route: route.fulfill(status=204))
    page.goto(reverse("coach:micro-close", args=[cast.held().pk]))
    said = page.locator("#missing")
    expect(said).to_have_text("Still missing: your rating, Keep, Change, the plan.")
    page.locator("[data-scale]").nth(1).get_by_role("radio").first.check()
    page.locator("[data-scale]").first.get_by_role("radio").first.check()
    page.get_by_label("Keep").press_sequentially("T")
    page.get_by_label("When", exact=True).press_sequentially("a")
    expect(said).to_have_text("Still missing: Change, the plan.")
    page.get_by_label("Change").press_sequentially("W")
    page.get_by_label("I will", exact=True).press_sequentially("s")
    expect(said).to_have_text("Everything is there.")
    page.get_by_label("I will", exact=True).press("Backspace")
    expect(said).to_have_text("Still missing: the plan.")


def test_an_example_of_what_changes_goes_in_and_out_and_leaves_what_was_written_alone(cast, as_):
    page = as_(cast.mia)
    page.goto(reverse("insights:decision-new", args=[published(cast).figure.pk]))
    harder, told = page.get_by_role("button", name="harder cases"), page.get_by_label("One sentence to learners")
    harder.click()
    expect(harder).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("radio", name="Difficulty")).to_be_checked()
    expect(told).to_have_value("From now on: harder cases.")
    harder.click()
    expect(page.get_by_label("What changes")).to_have_value("")
    expect(told).to_have_value("")
    told.press_sequentially("We listened")
    page.get_by_role("button", name="no calls during a session").click()
    expect(page.get_by_role("radio", name="Resources")).to_be_checked()
    expect(told).to_have_value("We listened")
