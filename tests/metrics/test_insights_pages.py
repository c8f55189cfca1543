"""What calls for a decision, and what Insights says where there is nothing to show."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from metrics.domain import decisions
from metrics.domain.release import publish
from metrics.models import Block, Figure, Group, Release
from programs.models import CohortManager, Organization
from tests.conftest import make_member
from tests.metrics.decision_steps import decide
from tests.metrics.town import make_town, weeks

HOME = "insights:home"


@pytest.fixture
def mia(client, town):
    return client.as_(town.mia)


def headlines(page):
    return [(insight.row.name, insight.call.headline) for insight, _trend in page.context["cards"]]


def figure_of(town, name, measure):
    return Figure.objects.get(group__name=name, measure=measure, group__release=Release.objects.first())


QUEUE = ("North", "Moved because of the queue: 20 % → 30 % → 40 %")
KEPT = ("North", "Kept as planned: 80 % → 70 % → 60 %, a clear fall")


def test_queue_and_the_same_direction_in_three_blocks_call_for_decisions(mia):
    page = mia.get(reverse(HOME))
    assert headlines(page) == [QUEUE, KEPT]
    assert page.context["cards"][0][0].context == "Level 2.00 → 3.00 → 3.00, no clear change."


def levels_of_mias_group(town, *levels):
    """Three releases anew, oldest first, with one group that calls because of its queue; None where it is missing."""
    Release.objects.all().delete()
    for number, level in enumerate(levels):
        block = Block.objects.get(starts_on=weeks(8 * number))
        release = Release.objects.create(block=block, rule_version=0, content_hash="x", released_at=timezone.now())
        group = Group.objects.create(
            release=release, node="pillar", pillar=town.pillar, name="North", people="20–49",
            identity="pillar:1" if level is not None else "pillar:2",
        )  # fmt: skip
        group.viewers.add(town.mia)
        Figure.objects.create(group=group, measure="queue", value="0.4", text="40 %")
        Figure.objects.create(group=group, measure="level", value=level or None, text=level or "")


@pytest.mark.parametrize(
    ("levels", "course"),
    [
        (("2.25", "2.50", "2.75"), "2.25 → 2.50 → 2.75, a clear rise."),
        (("2.25", "2.75", "2.75"), "2.25 → 2.75 → 2.75, no clear change."),
        (("", "2.75", "2.50"), "2.75 → 2.50, no clear change."),
        (("2.50", "", "2.50"), ""),
        (("2.50", "2.50", ""), ""),
        (("2.50", None, "2.50"), ""),
    ],
)
def test_the_level_beside_another_figure_is_the_one_that_its_group_says(mia, town, levels, course):
    """Of releases that follow each other only; where there is but one, nothing is said of it."""
    levels_of_mias_group(town, *levels)
    queue = next(each for each, _trend in mia.get(reverse(HOME)).context["cards"] if each.call.said.measure == "queue")
    assert queue.context == (f"Level {course}" if course else "")
    group = mia.get(reverse("insights:group-show", args=[queue.row.group])).context["page"]
    said = next(trend.summary for trend in group.trends if trend.measure == "level")
    assert not course or said == course


def test_the_insight_of_a_decision_is_of_releases_that_follow_each_other_as_its_card_is(mia, town):
    levels_of_mias_group(town, "2.25", None, "2.50")
    page = mia.get(reverse("insights:decision-new", args=[figure_of(town, "North", "level").pk]))
    assert page.context["form"]["insight"].value() == "North, 27 Apr – 21 Jun. Mean level: 2.50."


def test_a_clear_change_calls_for_a_decision(mia, town):
    Release.objects.filter(block__starts_on=weeks(16)).delete()
    assert headlines(mia.get(reverse(HOME))) == [
        ("North", "Moved because of the queue: 20 % → 30 %"),
        ("Late + Weekend", "Mean level: 2.00 → 3.00, a clear rise"),
        ("North", "Mean level: 2.00 → 3.00, a clear rise"),
    ]


def test_what_is_put_aside_calls_this_manager_no_more(mia, client, town):
    figure = figure_of(town, "North", "queue")
    page = mia.post(reverse("insights:figure-put-aside", args=[figure.pk]), follow=True)
    assert (headlines(page), page.redirect_chain) == ([KEPT], [(reverse(HOME), 302)])
    town.manage("North", town.sam)
    Release.objects.all().delete()
    publish(town.organization)
    assert headlines(client.as_(town.sam).get(reverse(HOME)))[0] == QUEUE


def test_leaving_it_as_it_is_takes_one_click(mia, town):
    figure = figure_of(town, "North", "queue")
    page = mia.post(reverse("insights:decision-leave", args=[figure.pk]), follow=True)
    assert headlines(page) == [KEPT]
    assert [(story.name, story.about) for story in page.context["board"].open_decisions] == [
        ("Leave as it is", "De-escalating a complaint · North")
    ]


def test_what_calls_after_a_decision_was_closed_calls_again(mia, town):
    made = decide(town, figure_of(town, "North", "queue"), made_on=weeks(8))
    assert headlines(mia.get(reverse(HOME))) == [KEPT]
    decisions.close(made, by=town.mia, outcome="drop")
    assert headlines(mia.get(reverse(HOME))) == [QUEUE, KEPT]


def test_once_all_that_called_is_answered_it_says_so_and_leads_to_the_decisions(mia, town):
    mia.post(reverse("insights:decision-leave", args=[figure_of(town, "North", "queue").pk]))
    mia.post(reverse("insights:figure-put-aside", args=[figure_of(town, "North", "kept").pk]))
    page = mia.get(reverse(HOME))
    assert (headlines(page), page.context["board"].answered) == ([], 2)
    empty = page.content.decode().partition('<div class="empty">')[2].partition("</div>")[0]
    assert "Nothing else calls for a decision." in empty
    assert f'href="{reverse("insights:decision-list")}"' in empty


def test_a_check_that_is_due_says_its_insight_and_on_which_day_it_was_made(mia, town):
    decide(town, figure_of(town, "North", "level"), insight="It fell.", made_on=weeks(8), check_on=None)
    card = mia.get(reverse(HOME)).content.decode().partition("Check today:")[2].partition("</article>")[0]
    assert (
        f"you, {date_format(weeks(8), 'j M')}" in card,
        '<blockquote class="goal">It fell.</blockquote>' in card,
    ) == (True, True)


def test_a_card_says_what_became_of_the_last_decision(mia, town):
    decide(town, figure_of(town, "North", "level"), made_on=weeks(8), check_on=weeks(52))
    queue = mia.get(reverse(HOME)).context["cards"][0][0]
    assert queue.last_decision.endswith("). Before and after it, “Mean level”: 2.00 → 3.00, a clear rise.")


def test_at_most_five_cards_with_the_checks_among_them(mia, town):
    for number in range(4):
        decide(town, figure_of(town, "North", "level"), what=f"Change {number}", check_on=None)
    page = mia.get(reverse(HOME))
    assert (len(page.context["board"].checks), len(page.context["cards"]), page.context["board"].more) == (4, 1, 1)


def test_the_first_weeks_say_when_the_first_figures_come(client, unpublished):
    from metrics.domain.blocks import lay_out

    lay_out(unpublished.organization, dt.date(2026, 1, 20))
    page = client.as_(unpublished.mia).get(reverse(HOME))
    assert page.context["place"].situation == "first_weeks"
    assert "First figures Monday 2 March, once enough people have taken part." in page.content.decode()


def test_before_anybody_is_enrolled_no_date_is_promised(client, db, clock):
    town = make_town()
    page = client.as_(town.mia).get(reverse(HOME))
    assert (page.context["place"].situation, page.context["place"].next_release_on) == ("first_weeks", None)
    assert "First figures come four to eight weeks after the first sessions" in page.content.decode()


def test_a_small_place_says_what_size_is_shown_and_what_is_planned(client, db, clock):
    town = make_town()
    town.cohort("North", 4)
    town.everybody_meets(weeks(0))
    publish(town.organization)
    page = client.as_(town.mia).get(reverse(HOME))
    assert page.context["place"].situation == "small_place"
    assert "A group is shown from 6 people who took part" in page.content.decode()
    assert [(each.name, each.program, each.sessions, each.minutes) for each in page.context["place"].plans] == [
        ("North", "Calm calls", 4, 15)
    ]
    text = page.content.decode()
    assert f'href="{reverse("insights:cohort-show", args=[town.cohorts["North"].pk])}"' in text
    assert "Monday 17 August" in text.partition("Next figures")[2]


def test_outside_the_demo_it_says_that_figures_wait_for_the_audit(client, unpublished):
    Organization.objects.filter(pk=unpublished.organization.pk).update(is_demo=False)
    page = client.as_(unpublished.mia).get(reverse(HOME))
    assert page.context["place"].situation == "not_here"
    assert "CoachHub does not publish figures about people here yet." in page.content.decode()


def test_a_manager_without_a_cohort_sees_no_figure(client, town):
    nina = make_member(town.organization, "Nina New", "manager")
    page = client.as_(nina).get(reverse(HOME))
    assert page.context["place"].situation == "small_place"


def test_a_new_manager_sees_nothing_before_the_next_release(client, town):
    nina = make_member(town.organization, "Nina New", "manager")
    CohortManager.objects.create(organization=town.organization, cohort=town.cohorts["North"], manager=nina)
    page = client.as_(nina).get(reverse(HOME))
    assert (page.context["place"].situation, page.context["board"].shown.periods) == ("named_since", ())
    said = "The newest figures came before you managed the cohort. Yours begin Monday 17 August."
    assert (said in page.content.decode(), "large enough to be shown" in page.content.decode()) == (True, False)
    assert client.as_(nina).get(reverse("insights:figure-list")).status_code == 302


def test_a_later_managers_trends_begin_with_the_first_release_of_their_time(client, town):
    """Sam, who opens other figures of every release, manages North before the third alone."""
    Release.objects.first().delete()
    town.manage("North", town.sam)
    publish(town.organization)
    north = figure_of(town, "North", "level").group

    def levels(member):
        page = client.as_(member).get(reverse("insights:group-show", args=[north.pk])).context["page"]
        return [said.text for trend in page.trends if trend.measure == "level" for said in trend.cells]

    assert (levels(town.mia), levels(town.sam)) == (["2.00", "3.00", "3.00"], ["", "", "3.00"])


def test_the_head_says_no_size_that_holds_from_the_next_release_on(mia, town):
    """What is released was published under the size of its day."""
    heads = []
    for size in (5, 12):
        Organization.objects.filter(pk=town.organization.pk).update(smallest_group=size)
        heads.append(mia.get(reverse(HOME)).content.decode().partition('<p class="sub">')[2].partition("</p>")[0])
    assert heads == ["Block 27 Apr – 21 Jun, published 29 Jun. Groups only: nobody can be picked out."] * 2


def test_how_this_works_names_the_size_of_groups(mia):
    page = mia.get(reverse("insights:how")).content.decode()
    assert "A group is shown from 6 people with a value: 5 whom no reader of the figures coaches" in page
