"""The printed rule, line by line: which published figures call for a decision, and how the card says it."""

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from metrics.domain.calls import Rule, direction, halved, rule_of
from metrics.domain.saying import WORDS, Said
from metrics.models import Block, Figure, Group, Release
from tests.metrics.town import make_town, weeks

DAY = dt.timedelta(days=1)


def course(measure: str, *figures: str) -> list[Said]:
    """Figures of releases in a row: a number, or a word of a small group."""
    return [Said(measure, 1, None if each in WORDS else Decimal(each), each) for each in figures]


@pytest.mark.parametrize(
    ("share", "calls"),
    [("0.2", None), ("0.3", Rule.QUEUE), ("under half", None), ("about half", Rule.QUEUE),
     ("half or more", Rule.QUEUE), ("most", Rule.QUEUE)],
)  # fmt: skip
def test_thirty_percent_moved_because_of_the_queue(share, calls):
    assert rule_of("queue", course("queue", share)) == calls


@pytest.mark.parametrize(
    ("share", "calls"),
    [("0.3", None), ("0.4", Rule.NO_CHANCE), ("under half", None), ("about half", Rule.NO_CHANCE),
     ("half or more", Rule.NO_CHANCE), ("most", Rule.NO_CHANCE)],
)  # fmt: skip
def test_forty_percent_without_a_chance(share, calls):
    assert rule_of("no_chance", course("no_chance", share)) == calls


@pytest.mark.parametrize(
    ("figures", "calls"),
    [(("1.0", "0.5"), Rule.HALVED), (("4.0", "2.0"), Rule.HALVED), (("6", "1.5"), Rule.HALVED), (("1.5", "1.0"), None),
     (("3.0", "2.0"), Rule.CHANGE), (("1.0",), None), (("0.5", "1.0"), None)],
)  # fmt: skip
def test_sessions_halved_since_the_last_block(figures, calls):
    assert rule_of("sessions", course("sessions", *figures)) == calls


@pytest.mark.parametrize(
    ("measure", "figures", "calls"),
    [
        ("level", ("2.50", "3.00"), Rule.CHANGE),
        ("level", ("2.50", "2.75"), None),
        ("level", ("2.25", "2.50", "2.75"), Rule.CHANGE),
        ("level", ("2.50", "2.50", "2.75"), None),
        ("kept", ("0.8", "0.6"), Rule.CHANGE),
        ("kept", ("0.8", "0.7"), None),
        ("kept", ("under half", "most"), Rule.CHANGE),
        ("kept", ("under half", "half or more"), None),
        ("kept", ("about half", "most"), None),
    ],
)
def test_a_clear_change_since_the_last_block_or_over_three(measure, figures, calls):
    assert rule_of(measure, course(measure, *figures)) == calls


def test_a_word_is_no_number_that_can_be_halved_or_go_on():
    words = course("sessions", "most", "under half")
    assert (halved(words), direction("kept", course("kept", "under half", "about half", "most"))) == (False, 0)


@pytest.fixture
def two_releases(db, clock):
    """One group of Mia's whose sessions halve and whose answers say too often that no chance came."""
    town = make_town()
    for number, (sessions, share) in enumerate((("2.0", "0.3"), ("1.0", "0.4"))):
        first = weeks(8 * number)
        block = Block.objects.create(organization=town.organization, starts_on=first, ends_on=weeks(8, first) - DAY)
        release = Release.objects.create(block=block, rule_version=0, content_hash="x", released_at=timezone.now())
        group = Group.objects.create(
            release=release, node="pillar", pillar=town.pillar, name="North", people="20–49", identity="pillar:1"
        )
        group.viewers.add(town.mia)
        Figure.objects.create(group=group, measure="sessions", value=sessions, text=sessions)
        Figure.objects.create(group=group, measure="no_chance", value=share, text=f"{share[-1]}0 %")
    return town


def test_cards_say_them_in_the_printed_order(client, two_releases):
    page = client.as_(two_releases.mia).get(reverse("insights:home"))
    assert [insight.call.headline for insight, _trend in page.context["cards"]] == [
        "Sessions per learner: 2.0 → 1.0, halved",
        "No chance came: 30 % → 40 %",
    ]


def test_how_this_works_says_from_which_word_a_share_calls(client, cast):
    page = client.as_(cast.mia).get(reverse("insights:how")).content.decode()
    assert "A share in words calls for a decision from “about half” or “half or more”, never as “under half”." in page
