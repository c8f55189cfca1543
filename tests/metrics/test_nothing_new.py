"""What a manager reads to whom the newest release shows nothing, although earlier ones did."""

import datetime as dt

import pytest
from django.urls import reverse

from metrics.domain.release import publish
from programs.models import CohortManager
from tests.api_steps import Caller
from tests.metrics.decision_steps import decide, figure_of
from tests.metrics.town import at, weeks

SAID = "Block 22 Jun – 16 Aug, published 17 Aug, shows nothing here. No group of yours is large enough to be shown."


@pytest.fixture
def due(town):
    """A decision of Mia's on North that is due."""
    return decide(town, figure_of("North", "level"), insight="It stands still.", made_on=weeks(20))


@pytest.fixture
def stranded(town, due, clock):
    """Mia manages a new cohort of three instead of hers; the fourth block, the first without her, is published."""
    CohortManager.objects.filter(manager=town.mia).delete()
    town.cohort("Tiny", 3, manager=town.mia)
    clock.move_to(at(weeks(32), 12))
    publish(town.organization)
    return town


def test_before_that_the_figures_call(client, town, due):
    browser = client.as_(town.mia)
    assert [card.kind for card in browser.get("/").context["queue"].cards] == ["check", "figures", "release"]
    assert len(browser.get(reverse("insights:home")).context["cards"]) == 2


def test_insights_says_so_at_the_top_and_no_older_figure_calls(client, stranded, due):
    page = client.as_(stranded.mia).get(reverse("insights:home"))
    text = page.content.decode()
    assert (page.context["place"].situation, page.context["cards"]) == ("small_place", [])
    assert (SAID in text, "The next block is published on Monday 12 October." in text) == (True, True)
    assert [each.name for each in page.context["place"].plans] == ["Tiny"]
    assert [story.pk for story in page.context["board"].checks] == [due.pk]
    assert 0 < text.index(SAID) < text.index("Check today:")


def test_the_figures_before_stay_readable_under_their_block(client, stranded):
    browser = client.as_(stranded.mia)
    before = browser.get(reverse("insights:home")).context["board"].shown.before
    address = reverse("insights:release-show", args=[before.release])
    link = f'href="{address}">The figures before: block 27 Apr – 21 Jun'
    assert link in browser.get(reverse("insights:home")).content.decode()
    for url in (address, reverse("insights:figure-list")):
        text = browser.get(url).content.decode()
        assert "Block 22 Jun – 16 Aug has been published since and shows nothing here" in text
        assert "<span>Block 27 Apr – 21 Jun</span>" in text


def test_where_the_newest_shows_something_no_page_says_that_it_does_not(client, stranded):
    for name in ("home", "figure-list"):
        assert "shows nothing here" not in client.as_(stranded.sam).get(reverse(f"insights:{name}")).content.decode()


def test_on_today_the_check_stays_and_no_older_figure_calls(client, stranded):
    found = client.as_(stranded.mia).get("/").context["queue"].cards
    assert [card.kind for card in found] == ["check", "release"]


def test_the_api_says_the_same(stranded, due):
    found = Caller(stranded.mia).get("insights/").json()
    assert (found["situation"], found["release"], found["next_release_on"]) == ("small_place", None, "2026-10-12")
    assert ([each["decision"] for each in found["checks"]], found["cards"], found["more"]) == ([due.pk], [], 0)
    assert found["last_release"]["starts_on"] == str(dt.date(2026, 4, 27))
    assert Caller(stranded.sam).get("insights/").json()["last_release"] is None


def test_a_change_is_not_told_across_a_release_that_showed_nothing(client, stranded, clock):
    """Kept fell from block to block; with a block between that Mia could not read, nothing is "since the last"."""
    CohortManager.objects.create(
        organization=stranded.organization, cohort=stranded.cohorts["North"], manager=stranded.mia
    )
    stranded.everybody_meets(weeks(33), names=("North",))
    clock.move_to(at(weeks(40), 12))
    publish(stranded.organization)
    page = client.as_(stranded.mia).get(reverse("insights:home"))
    assert page.context["place"].situation == "figures"
    assert {len(insight.call.course) for insight, _trend in page.context["cards"]} <= {1}
