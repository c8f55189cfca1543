"""The targets of UX.md that can be counted: clicks, taps and fields, in a real browser."""

import datetime as dt

from django.utils import timezone
from playwright.sync_api import expect


def test_the_first_card_on_today_needs_no_scrolling(cast, as_):
    cast.plan(when=timezone.now() + dt.timedelta(minutes=10))
    page = as_(cast.ana)
    page.goto("/")
    card = page.locator("article.next")
    expect(card.get_by_role("heading")).to_contain_text("Leo Marin")
    expect(card.get_by_role("button").first).to_be_in_viewport(ratio=1)
