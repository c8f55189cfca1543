"""Blocks by quarters: 4, 4 and 5 weeks, from the block after the running one on."""

import datetime as dt
from itertools import pairwise

import pytest
import time_machine
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from coachhub.errors import NotAllowed
from metrics.domain.blocks import lay_out
from metrics.domain.checks import first_check
from metrics.domain.quarters import choose, prices_of
from metrics.domain.release import publish
from metrics.domain.spans import QUARTER, spans_from
from metrics.models import Block, Group
from programs.models import Organization
from tests.conftest import make_member
from tests.metrics.town import MONDAY, make_town, weeks
from tests.once import world

DAY = dt.timedelta(days=1)
PAGE = "manage:blocks-edit"


@world
def town_of_quarters():
    """North and South of eight, Late of three; by weeks they have blocks of eight."""
    town = make_town()
    for name, size in (("North", 8), ("South", 8), ("Late", 3)):
        town.cohort(name, size)
    town.everybody_meets(MONDAY, *(weeks(number) for number in range(1, 34, 4)))
    town.ada = make_member(town.organization, "Ada", "admin")
    return town


@pytest.fixture
def town(town_of_quarters):
    return town_of_quarters


@pytest.fixture
def ada(client, town):
    return client.as_(town.ada)


def on(day):
    return time_machine.travel(dt.datetime.combine(day, dt.time(12), dt.UTC), tick=False)


def choose_on(town, day, *, quarters=True):
    with on(day):
        town.organization = choose(town.organization, quarters=quarters, by=town.ada)


def publish_on(town, day):
    with on(day):
        return publish(town.organization)


def blocks(town):
    """Week of the first Monday and length in weeks of each block."""
    rows = (
        Block.objects.filter(organization=town.organization).order_by("starts_on").values_list("starts_on", "ends_on")
    )
    return [((first - MONDAY).days // 7, (last + DAY - first).days // 7) for first, last in rows]


@settings(deadline=None)
@given(st.integers(0, 60), st.integers(0, 400), st.integers(0, 400), st.integers(1, 120))
def test_spans_are_whole_weeks_without_holes_and_stay_when_time_goes_on(wait, days, more, number):
    def at(day):
        return day.toordinal() * number % 120

    begins, until = weeks(wait), MONDAY + days * DAY
    spans = list(spans_from(MONDAY, until, at, quarters_from=begins))
    assert spans[0][0] == MONDAY
    assert spans[-1][0] <= until <= spans[-1][1]
    assert all(first.weekday() == 0 for first, _last in spans)
    assert all(last + DAY == following for (_first, last), (following, _end) in pairwise(spans))
    by_quarter = [(last + DAY - first).days // 7 for first, last in spans if first >= begins]
    assert by_quarter == [QUARTER[number % 3] for number in range(len(by_quarter))]
    assert {(last + DAY - first).days // 7 for first, last in spans if first < begins} <= {4, 8}
    later = list(spans_from(MONDAY, until + more * DAY, at, quarters_from=begins))
    assert later[: len(spans)] == spans
    following = spans[-1][1] + DAY
    assert later[len(spans) :] == list(
        spans_from(following, until + more * DAY, at, quarters_from=begins, done=len(by_quarter))
    )


def test_quarters_begin_after_the_running_block_and_go_on_from_release_to_release(town):
    publish_on(town, weeks(8))
    choose_on(town, weeks(10))
    assert town.organization.quarters_from == weeks(16)
    assert len(publish_on(town, weeks(16))) == 1
    for number, releases in ((20, 1), (24, 1), (28, 0), (29, 1), (33, 1)):
        assert len(publish_on(town, weeks(number))) == releases, number
    assert blocks(town) == [(0, 8), (8, 8), (16, 4), (20, 4), (24, 5), (29, 4), (33, 4)]
    assert Group.objects.filter(release__block__starts_on=weeks(24)).count() == 3


def test_weeks_hold_again_after_the_running_block(town):
    publish_on(town, weeks(8))
    choose_on(town, weeks(10))
    publish_on(town, weeks(24))
    choose_on(town, weeks(28), quarters=False)
    publish_on(town, weeks(29))
    assert blocks(town) == [(0, 8), (8, 8), (16, 4), (20, 4), (24, 5), (29, 8)]


def test_the_block_that_runs_stands_although_the_worker_has_not_laid_it_out(town):
    publish_on(town, weeks(8))
    choose_on(town, weeks(10))
    choose_on(town, weeks(25), quarters=False)
    publish_on(town, weeks(29))
    assert blocks(town) == [(0, 8), (8, 8), (16, 4), (20, 4), (24, 5), (29, 8)]


def test_quarters_given_up_before_they_began_leave_no_trace(town):
    publish_on(town, weeks(8))
    choose_on(town, weeks(10))
    choose_on(town, weeks(11), quarters=False)
    publish_on(town, weeks(16))
    assert blocks(town) == [(0, 8), (8, 8), (16, 8)]


def test_choosing_again_does_not_move_them(town):
    choose_on(town, weeks(1))
    choose_on(town, weeks(9))
    assert town.organization.quarters_from == weeks(8)
    with on(weeks(13)):
        lay_out(town.organization, weeks(13))
    assert blocks(town) == [(0, 8), (8, 4), (12, 4)]


def test_before_anybody_is_enrolled_the_first_block_is_a_quarters(db):
    town = make_town()
    town.ada = make_member(town.organization, "Ada", "admin")
    choose_on(town, weeks(1, MONDAY + 2 * DAY))
    town.cohort("North", 8)
    with on(weeks(3)):
        lay_out(town.organization, weeks(3))
    assert town.organization.quarters_from == weeks(1)
    assert blocks(town) == [(3, 4)]


def test_only_an_administrator_of_the_organization_chooses(town):
    other = Organization.objects.create(name="Other", slug="other")
    for by in (town.mia, make_member(other, "Olga", "admin")):
        with pytest.raises(NotAllowed):
            choose(town.organization, quarters=True, by=by)


@pytest.mark.parametrize(("day", "check"), [(10, 20), (16, 20), (17, 24), (21, 29), (25, 33)])
def test_a_decision_is_checked_after_a_full_block_by_quarters(town, day, check):
    publish_on(town, weeks(8))
    choose_on(town, weeks(10))
    publish_on(town, weeks(16))
    assert first_check(town.organization, weeks(day)) == weeks(check)


def shown(release):
    """Groups, cohorts with a row of their own, cohorts shown together."""
    leaves = [group for group in release.groups.all() if not group.children.exists()]
    sizes = [group.cohorts.count() for group in leaves]
    return release.groups.count(), sizes.count(1), sum(size for size in sizes if size > 1)


@pytest.mark.parametrize("quarters", [False, True])
def test_the_preview_says_what_the_release_then_shows(town, quarters):
    town.cohort("Alone", 2, program="Other words")
    publish_on(town, weeks(8))
    town.join("South", 6, on=weeks(9))
    town.cohort("New", 7, program="Other words")
    with on(weeks(10)):
        price = prices_of(town.organization)[quarters]
    choose_on(town, weeks(10), quarters=quarters)
    publish_on(town, weeks(16))
    release = publish_on(town, price.ends_on + DAY)[-1]
    assert (release.block.starts_on, release.block.ends_on) == (price.starts_on, price.ends_on)
    assert shown(release) == (price.groups, price.own, price.together)


def test_the_preview_follows_who_was_there_through_all_blocks_that_are_not_published_yet(db):
    """Fewer than k who leave stay counted: in its first block North was large enough for a row of its own."""
    town = make_town()
    for name, size in (("North", 6), ("South", 8)):
        town.cohort(name, size)
    town.everybody_meets(MONDAY)
    town.leave(town.enrolments["North"][:4], weeks(5))
    with on(weeks(18)):
        price = prices_of(town.organization)[False]
    release = publish_on(town, price.ends_on + DAY)[-1]
    assert (release.block.starts_on, release.block.ends_on) == (price.starts_on, price.ends_on)
    assert shown(release) == (price.groups, price.own, price.together) == (3, 2, 0)


def test_before_the_first_release_the_preview_of_weeks_lays_out_every_block_anew(town):
    """Quarters were to begin in week 16; chosen anew in week 17, weeks hold from the first day on."""
    choose_on(town, weeks(10))
    with on(weeks(17)):
        price = prices_of(town.organization)[False]
    assert (price.starts_on, price.weeks) == (weeks(24), 8)
    choose_on(town, weeks(17), quarters=False)
    release = publish_on(town, price.ends_on + DAY)[-1]
    assert (release.block.starts_on, release.block.ends_on) == (price.starts_on, price.ends_on)
    assert shown(release) == (price.groups, price.own, price.together)


def test_cohorts_too_small_to_be_shown_are_said_to_be_hidden(db):
    town = make_town()
    town.cohort("North", 5)
    with on(weeks(1)):
        price = prices_of(town.organization)[True]
    assert (price.groups, price.own, price.together, price.hidden, price.weeks) == (0, 0, 0, 1, 4)


def test_the_page_says_both_prices_and_from_when_the_choice_holds(town, ada):
    publish_on(town, weeks(8))
    with on(weeks(10)):
        page = ada.get(reverse(PAGE))
        assert [(label, price.groups, price.own, price.together, price.hidden, price.weeks)
                for label, price in page.context["prices"]] == [
            ("By weeks", 3, 1, 2, 0, 8),
            ("By quarters", 3, 1, 2, 0, 4),
        ]  # fmt: skip
        assert "Quarters would hold from Monday 27 April 2026" in page.content.decode()
        refused = ada.post(reverse(PAGE), {"calendar": "years"})
        assert (refused.status_code, list(refused.context["form"].errors)) == (422, ["calendar"])
        assert ada.post(reverse(PAGE), {"calendar": "quarters"}).status_code == 302
        page = ada.get(reverse(PAGE))
    assert "Weeks would hold again from Monday 27 April 2026" in page.content.decode()
    assert Organization.objects.get(pk=town.organization.pk).quarters_from == weeks(16)


def test_of_two_administrators_who_choose_the_second_is_told(town, ada):
    """A page that was drawn with weeks would take back, unasked, the quarters that were chosen since."""
    with on(weeks(10)):
        drawn = ada.get(reverse(PAGE)).context["form"].edition
        choose(town.organization, quarters=True, by=town.ada)
        mine = {"calendar": "weeks", "known": drawn}
        page = ada.post(reverse(PAGE), mine)
        said = "Saved meanwhile: “4, 4 and 5 weeks: quarters”. Save again to put yours there."
        assert (page.status_code, page.context["form"].errors) == (422, {"calendar": [said]})
        assert Organization.objects.get(pk=town.organization.pk).quarters_from is not None
        assert ada.post(reverse(PAGE), mine | {"known": page.context["form"].edition}).status_code == 302
    assert Organization.objects.get(pk=town.organization.pk).quarters_from is None


@pytest.mark.parametrize("cohorts", [1, 3])
def test_the_preview_costs_the_same_however_many_cohorts(town, ada, cohorts, django_assert_num_queries):
    for number in range(cohorts):
        town.cohort(f"More {number}", 7)
    publish_on(town, weeks(8))
    with on(weeks(10)), django_assert_num_queries(29):
        ada.get(reverse(PAGE))


def test_history_of_the_organization_keeps_the_choice(town):
    choose_on(town, weeks(1))
    events = town.organization.events.order_by("pgh_id").values_list("quarters_from", flat=True)
    assert list(events)[-1] == weeks(8)
