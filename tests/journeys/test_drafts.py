"""What was typed into a form that is saved by its button survives a reload and a lost connection, until it is saved."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from sessions.models import MicroSession

WORDS = "Names the feeling before the order is open"


@pytest.fixture
def plan(cast, as_):
    page = as_(cast.ana)
    page.goto(reverse("coach:micro-plan", args=[cast.enrolment.pk]))
    page.get_by_label("Success is").fill(WORDS)
    return page


def test_a_reload_brings_back_what_was_typed(plan):
    plan.reload()
    expect(plan.get_by_label("Success is")).to_have_value(WORDS)
    plan.get_by_role("button", name="Start afresh").click()
    expect(plan.get_by_label("Success is")).not_to_have_value(WORDS)
    plan.reload()
    expect(plan.get_by_label("Success is")).not_to_have_value(WORDS)


def test_without_a_connection_the_form_stays_and_what_is_saved_does_not_come_again(plan):
    address = plan.url
    plan.context.set_offline(True)
    plan.get_by_role("button", name="Save", exact=True).click()
    expect(plan.locator("#toasts")).to_contain_text("No connection. Nothing was lost")
    expect(plan.get_by_label("Success is")).to_have_value(WORDS)
    plan.context.set_offline(False)
    plan.goto("/")
    plan.goto(address)
    expect(plan.get_by_label("Success is")).to_have_value(WORDS)
    plan.get_by_role("button", name="Save", exact=True).click()
    expect(plan.locator("main")).to_contain_text("Planned with Leo Marin")
    plan.wait_for_load_state()  # the draft is dropped by the script of the page that it led to
    plan.goto(address)
    expect(plan.get_by_label("Success is")).not_to_have_value(WORDS)
    assert MicroSession.objects.get().success_criterion == WORDS
