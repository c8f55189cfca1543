"""The fence: what managers read of figures comes from published rows and decisions, never from what people did."""

from types import SimpleNamespace

import pytest
from django.urls import reverse

from metrics import cards
from metrics.api.urls import urlpatterns as api
from metrics.models import Block, Release
from metrics.urls import insights
from programs.models import Cohort, CohortManager, Organization, Program
from tests.api_steps import Caller
from tests.conftest import make_member
from tests.metrics.decision_steps import decide, figure_of
from tests.metrics.fencing import ASKING, PLANNED, read
from tests.metrics.town import weeks

FIGURES = {
    "metrics_release", "metrics_block", "metrics_group", "metrics_group_viewers", "metrics_figure",
    "metrics_group_cohorts", "metrics_decision", "metrics_putaside",
}  # fmt: skip

PAGES = {
    "home": None, "how": None, "figure-list": None, "figure-export": None, "decision-list": None,
    "release-show": "release", "release-export": "release", "group-show": "group",
    "decision-new": "figure", "decision-show": "decision", "decision-edit": "decision",
}  # fmt: skip
ROUTES = {
    "insights": None, "release-list": None, "release": "release", "figure-proposal": "figure", "decision-list": None,
    "decision": "decision", "decision-comparison": "decision",
}  # fmt: skip
ONLY_DONE = {
    "decision-leave", "figure-put-aside", "decision-share", "decision-take-back", "decision-close", "decision-reopen",
}  # fmt: skip
OF_LEARNERS = {"decision-told"}  # the sentence that their own cohort was told, found by their enrolment


@pytest.fixture
def world(town):
    """Mia has figures, a decision due and one open; Tom's cohort came after the release; Fay's place is new."""
    figure = figure_of("North", "level")
    decision = decide(town, figure)
    decide(town, figure_of("North", "queue"), check_on=weeks(40))
    tom = make_member(town.organization, "Tom Tiny", "manager")
    town.cohort("Tiny", 3, manager=tom)
    return SimpleNamespace(
        release=Release.objects.first().pk, group=figure.group_id, figure=figure.pk, decision=decision.pk,
        mia=town.mia, tom=tom, fay=manager_of_a_new_place(town.pillar),
    )  # fmt: skip


def manager_of_a_new_place(pillar):
    place = Organization.objects.create(name="New", slug="new", timezone="Europe/Berlin", is_demo=True)
    Block.objects.create(organization=place, starts_on=weeks(24), ends_on=weeks(32))
    program = Program.objects.create(organization=place, pillar=pillar, name="New calls")
    cohort = Cohort.objects.create(organization=place, program=program, name="First", starts_on=weeks(24))
    fay = make_member(place, "Fay First", "manager")
    CohortManager.objects.create(organization=place, cohort=cohort, manager=fay)
    return fay


def addresses(world, names: dict, prefix: str) -> list[str]:
    return [reverse(f"{prefix}:{name}", args=[getattr(world, row)] if row else []) for name, row in names.items()]


def test_every_page_and_route_stands_before_the_fence():
    assert {page.name for page in insights} == set(PAGES) | ONLY_DONE
    assert {route.name for route in api} == set(ROUTES) | OF_LEARNERS | ONLY_DONE - {"decision-leave"} | {
        "figure-leave"
    }


def test_pages_and_files_read_published_figures_and_decisions_alone(client, world):
    browser = client.as_(world.mia)
    for address in addresses(world, PAGES, "insights"):
        response, tables = read(lambda: browser.get(address))  # noqa: B023  # called at once
        assert (address, response.status_code, tables - FIGURES - ASKING) == (address, 200, set())


def test_a_place_without_figures_reads_of_cohorts_what_is_planned_alone(client, world):
    for who, situation in ((world.tom, "small_place"), (world.fay, "first_weeks")):
        browser = client.as_(who)
        assert browser.get(reverse("insights:home")).context["place"].situation == situation
        for address in addresses(world, PAGES, "insights"):
            response, tables = read(lambda: browser.get(address))  # noqa: B023  # called at once
            assert (address, tables - FIGURES - ASKING - PLANNED) == (address, set())
            assert response.status_code in (200, 302, 404)


def test_the_api_reads_published_figures_and_decisions_alone(world):
    caller = Caller(world.mia)
    for address in addresses(world, ROUTES, "api"):
        response, tables = read(lambda: caller.get(address))  # noqa: B023  # called at once
        assert (address, response.status_code, tables - FIGURES - ASKING) == (address, 200, set())


def test_cards_on_today_read_published_figures_and_decisions_alone(world):
    for who in (world.mia, world.tom, world.fay):
        found, tables = read(lambda: cards.cards(who))  # noqa: B023  # called at once
        assert tables - FIGURES - ASKING == set()
        assert found


def test_the_fence_would_see_a_session_that_is_read(cast):
    _micros, tables = read(lambda: list(cast.mia.managed_cohorts.filter(enrolments__micro_sessions__status="closed")))
    assert tables - FIGURES - ASKING - PLANNED == {"programs_enrolment", "coaching_microsession"}
