"""The targets of UX.md that can be counted: clicks, taps and fields, in a real browser. More of them in the loop."""

import datetime as dt
import re

import pytest
from django.urls import reverse
from django.utils import timezone
from playwright.sync_api import expect

from programs.models import Enrolment, UsualSlot
from sessions.domain.working_time import calendar_of
from sessions.models import MicroSession, Score
from tests.journeys.hand import Hand
from tests.journeys.judging import faults_of
from tests.journeys.place import make_place
from tests.rules.access_insights import published
from tests.sessions.prompt_steps import followed, prompt_of


def in_ten_minutes(cast) -> None:
    cast.plan(when=timezone.now() + dt.timedelta(minutes=10))


def question(cast) -> None:
    prompt_of(followed(cast, ended=timezone.now() - dt.timedelta(days=5)))


@pytest.mark.parametrize(
    ("who", "world", "kind"),
    [("ana", in_ten_minutes, "start"), ("leo", question, "prompt"), ("mia", published, "check")],
)
def test_the_first_card_on_today_needs_no_scrolling(who, world, kind, cast, client, stages):
    world(cast)
    stage, _watch = stages(390, "light")
    stage.show("/", client.as_(getattr(cast, who)).get("/"))
    card = stage.page.locator("main article").first
    expect(card).to_have_attribute("data-kind", kind)
    for target in card.get_by_role("button").or_(card.get_by_role("link")).all():
        expect(target).to_be_in_viewport(ratio=1)
    assert faults_of(stage.page) == []


def test_next_week_of_eighteen_learners_is_accepted_at_once(as_):
    place = make_place(learners=18)
    UsualSlot.objects.all().delete()
    starts = [(n % 5, dt.time(9 + n // 5)) for n in range(17)] + [(0, dt.time(9, 5))]  # within the first one
    UsualSlot.objects.bulk_create(
        UsualSlot(enrolment=each, weekday=weekday, starts_at=at, timezone="Europe/Berlin")
        for each, (weekday, at) in zip(Enrolment.objects.order_by("pk"), starts, strict=True)
    )
    page, hand = as_(place.ana), Hand()
    page.goto("/")
    hand.click(page.get_by_role("link", name="Plan next week"))
    expect(page.locator(".week-lines .pill-warm")).to_have_count(2)
    hand.click(page.get_by_role("button", name="Accept all 17 ticked"))
    expect(page.get_by_role("button", name="Accept all")).to_have_count(0)
    assert (hand.clicks, MicroSession.objects.filter(status="planned").count()) == (2, 17)


def test_one_session_is_planned_in_two_clicks_from_today(cast, as_):
    Enrolment.objects.filter(pk=cast.enrolment.pk).update(created_at=timezone.now() - dt.timedelta(days=12))
    page, hand = as_(cast.ana), Hand()
    page.goto("/")
    hand.click(page.get_by_role("link", name="Plan next, prefilled"))
    hand.click(page.get_by_role("button", name="Save", exact=True))
    expect(page.locator("main")).to_contain_text("Planned with Leo Marin")
    assert (hand.clicks, MicroSession.objects.get().status) == (2, "planned")


def test_a_session_is_moved_in_two_taps_with_the_reason(cast, as_):
    calendar = calendar_of(cast.leo)  # the chips are within the hours of both
    micro = cast.plan(when=calendar.at(calendar.next_working_day(calendar.local_date(timezone.now())), dt.time(11)))
    page, hand = as_(cast.ana), Hand()
    page.goto(reverse("coach:micro-move", args=[micro.pk]))
    hand.click(page.get_by_role("radio", name="+30 min"))
    hand.click(page.get_by_role("button", name="Queue"))
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    move = micro.moves.get()
    assert (hand.clicks, move.moved_to - move.moved_from, move.reason) == (2, dt.timedelta(minutes=30), "queue")


def test_a_session_that_took_place_is_logged_two_clicks_away_in_at_most_five_fields(cast, as_):
    page, hand = as_(cast.ana), Hand()
    page.goto("/")
    hand.click(page.get_by_role("link", name="Log a session"))
    hand.click(page.get_by_role("link", name="Leo Marin"))
    fields = page.locator("main form :is(input:not([type=hidden]), select, textarea)")
    expect(fields.first).to_be_visible()
    assert (hand.clicks, len([each for each in fields.all() if each.is_visible()])) == (2, 3)
    page.get_by_role("button", name="Log it").click()
    expect(page.get_by_role("heading", name="Finish: Leo Marin")).to_be_visible()


def test_each_criterion_is_one_tap_that_is_saved_without_leaving_the_page(cast, as_):
    micro = cast.held()
    page, hand = as_(cast.leo), Hand()
    page.goto(reverse("learn:rating-edit", args=[micro.pk]))
    page.evaluate("window.sameAsBefore = true")
    for number, level in enumerate((1, 4, 3), start=1):
        scale = page.locator("[data-scale]").nth(number - 1)
        assert all(each.is_visible() for each in scale.locator(".level").all())
        hand.click(scale.get_by_role("radio").nth(level - 1))
        expect(page.locator("[data-rating-status]")).to_have_text(f"{number} rated · saved")
    saved = Score.objects.order_by("criterion__position").values_list("level", flat=True)
    assert (hand.clicks, list(saved), page.evaluate("window.sameAsBefore")) == (3, [1, 4, 3], True)


def test_a_figure_is_one_click_from_its_decision(cast, client, stages):
    world, mia = published(cast), client.as_(cast.mia)
    figures, decide = reverse("insights:figure-list"), reverse("insights:decision-new", args=[world.figure.pk])
    stage, _watch = stages(390, "light")
    stage.put(decide, mia.get(decide))
    stage.show(figures, mia.get(figures))
    stage.page.get_by_role("link", name="2.50").click()
    expect(stage.page.get_by_role("heading", name="Decide")).to_be_visible()
    expect(stage.page.get_by_label("Insight")).to_have_value(re.compile(r"^De-escalation, .+ Mean level: 2\.50\.$"))
