"""The API's page in a browser: Swagger UI draws the schema, and nothing that it does breaks the security policy."""

from django.urls import reverse
from playwright.sync_api import expect


def test_the_page_of_the_api_lists_its_operations(cast, as_):
    page = as_(cast.ana, width=1280)
    page.goto(reverse("api:docs"))
    page.locator("#operations-tag-Sessions").click()
    operation = page.locator(".opblock", has_text="Plan a session")
    operation.locator(".opblock-summary-control").click()
    expect(operation.get_by_text("Idempotency-Key")).to_be_visible()
    assert page.locator(".opblock-tag").count() > 10
