"""What a manager's own coaching hides: foretold for administrators by the rule by which it is published."""

import datetime as dt

import pytest
import time_machine
from django.db import transaction
from django.urls import reverse

from metrics.domain.release import publish
from programs.domain.coverage import Hidden, hidden_by, warnings_of
from programs.models import CohortManager, Enrolment, Program, Substitute
from tests.conftest import make_member, make_pillar
from tests.metrics.town import MONDAY, at, make_town, weeks

PILLAR = "De-escalating a complaint"
QUERIES = 20


@pytest.fixture
def clock():
    """In the fourth week of the first block of eight."""
    with time_machine.travel(at(weeks(3)), tick=False) as traveller:
        yield traveller


@pytest.fixture
def town(db, clock):
    """North and South of eight, Late of three; Bea may coach and manage, and does neither yet."""
    town = make_town()
    for name, size in (("North", 8), ("South", 8), ("Late", 3)):
        town.cohort(name, size)
    town.everybody_meets(MONDAY, weeks(1))
    town.bea = make_member(town.organization, "Bea Both", "coach", "manager")
    town.ada = make_member(town.organization, "Ada Admin", "admin")
    return town


def coached_by(member, enrolments):
    Enrolment.objects.filter(pk__in=[each.pk for each in enrolments]).update(coach=member)


def published(town):
    """The names of the next release's groups; undone at once."""
    with transaction.atomic(), time_machine.travel(dt.datetime.combine(weeks(8), dt.time(12), dt.UTC), tick=False):
        names = {group.name for release in publish(town.organization) for group in release.groups.all()}
        transaction.set_rollback(True)
    return names


def foretold(hidden):
    """Names of groups, and of the pillar where it goes too."""
    return {name for each in hidden for name in [each.pillar] * each.everything or each.groups.split(", ")}


def test_coaching_in_cohorts_that_one_does_not_manage_hides_them_and_those_beside_them(town):
    town.manage("North", town.bea)
    coached_by(town.bea, town.enrolments["South"][:7])
    assert hidden_by(town.bea) == [Hidden(PILLAR, "Late + North, South", learners=19, coached=7)]
    assert published(town) == {PILLAR}


def test_who_manages_a_small_cohort_and_coaches_most_of_the_pillar_hides_all_of_it(town):
    town.manage("Late", town.bea)
    coached_by(town.bea, [*town.enrolments["North"], *town.enrolments["South"][:7]])
    assert hidden_by(town.bea) == [Hidden(PILLAR, "Late, North, South", learners=19, coached=15, everything=True)]
    assert published(town) == set()


def test_the_loss_of_one_group_alone_is_told(db, clock):
    """Of a single cohort only the pillar is shown."""
    town = make_town()
    bea = make_member(town.organization, "Bea Both", "coach", "manager")
    town.cohort("North", 8, manager=bea)
    coached_by(bea, town.enrolments["North"][:7])
    assert hidden_by(bea) == [Hidden(PILLAR, "North", learners=8, coached=7, everything=True)]


@pytest.mark.parametrize("number", range(9))
def test_what_is_foretold_is_what_publishing_leaves_out(town, number):
    coached_by(town.bea, town.enrolments["South"][:number])
    before = published(town)
    town.manage("North", town.bea)
    found = hidden_by(town.bea)
    assert foretold(found) == before - published(town)
    assert bool(found) == (4 <= number < 8)


def test_it_is_told_as_well_once_the_groups_are_gone(town, clock):
    """A group that was merged stays so; that is no reason to forget why."""
    town.manage("North", town.bea)
    coached_by(town.bea, town.enrolments["South"][:7])
    clock.move_to(at(weeks(8), 12))
    assert {group.name for group in publish(town.organization)[0].groups.all()} == {PILLAR}
    assert hidden_by(town.bea) == [Hidden(PILLAR, "Late + North, South", learners=19, coached=7)]


def test_of_two_who_hide_the_same_both_are_told(town):
    other = make_member(town.organization, "Olaf Other", "coach", "manager")
    for member, half in ((town.bea, slice(4)), (other, slice(4, 8))):
        town.manage("North", member)
        coached_by(member, town.enrolments["South"][half])
    for member in (town.bea, other):
        assert hidden_by(member) == [Hidden(PILLAR, "Late + North, South", learners=19, coached=4)]


def test_who_held_sessions_in_the_block_or_stands_in_knows_those_learners_too(town):
    town.manage("North", town.bea)
    one, first, second, stood_in, *_rest = town.enrolments["South"]
    coached_by(town.bea, [one, first, second])
    for enrolment in (first, second):
        enrolment.coach = town.bea
        town.hold(enrolment, weeks(2))
    coached_by(town.coach, [first, second])
    assert hidden_by(town.bea) == []
    Substitute.objects.create(
        organization=town.organization, enrolment=stood_in, coach=town.bea, starts_on=weeks(3), ends_on=weeks(4),
        named_by=town.ada,
    )  # fmt: skip
    assert [(each.groups, each.coached) for each in hidden_by(town.bea)] == [("Late + North, South", 4)]


def test_it_costs_the_same_however_many_people(town, django_assert_num_queries):
    town.manage("North", town.bea)
    coached_by(town.bea, town.enrolments["South"][:7])
    with django_assert_num_queries(QUERIES):
        assert len(hidden_by(town.bea)) == 1
    town.join("North", 9)
    town.cohort("East", 9)
    with django_assert_num_queries(QUERIES):
        assert len(hidden_by(town.bea)) == 1


@pytest.mark.parametrize("why", ["manages nothing", "is no manager", "has left", "manages in another pillar"])
def test_who_may_open_no_figure_of_the_pillar_hides_none(town, why, django_assert_max_num_queries):
    coached_by(town.bea, town.enrolments["South"][:7])
    if why == "manages in another pillar":
        pillar = make_pillar(town.organization, key="other")
        town.programs["Other"] = Program.objects.create(organization=town.organization, pillar=pillar, name="Other")
        town.cohort("Far", 0, program="Other", manager=town.bea)
    elif why != "manages nothing":
        town.manage("North", town.bea)
        town.bea.roles = ["coach"] if why == "is no manager" else town.bea.roles
        town.bea.deactivated_at = at(MONDAY) if why == "has left" else None
    with django_assert_max_num_queries(1):
        assert hidden_by(town.bea) == []


def test_the_members_page_says_it_in_a_sentence(client, town):
    town.manage("North", town.bea)
    coached_by(town.bea, town.enrolments["South"][:7])
    page = client.as_(town.ada).get(town.bea.get_absolute_url())
    assert (
        page.context["hidden"]
        == warnings_of(town.bea)
        == [
            "As manager and coach of 7 of 19 learners there, Bea Both hides the figures of Late + North, South"
            f" ({PILLAR}) from everybody: they could not be shown without telling somebody’s own."
        ]
    )
    assert page.context["hidden"][0] in page.content.decode()


def given(client, town, name, managers):
    """What is said when these are the cohort's managers from now on."""
    address = reverse("manage:cohort-edit", args=[town.cohorts[name].pk])
    browser = client.as_(town.ada)
    form = browser.get(address).context["form"]
    data = {field.html_name: field.value() or "" for field in form} | {"managers": [each.pk for each in managers]}
    page = browser.post(address, data, follow=True)
    return [(message.level_tag, str(message)) for message in page.context["messages"]]


def test_giving_a_cohort_to_a_manager_says_what_goes_and_only_then(client, town):
    coached_by(town.bea, [*town.enrolments["North"], *town.enrolments["South"][:7]])
    all_of_it = (
        f"As manager and coach of 15 of 19 learners, Bea Both hides every figure of {PILLAR}"
        " (Late, North, South) from everybody: it could not be shown without telling somebody’s own."
    )
    assert given(client, town, "Late", [town.mia, town.bea]) == [("success", "Saved."), ("warning", all_of_it)]
    assert CohortManager.objects.filter(manager=town.bea).count() == 1
    assert given(client, town, "Late", [town.mia, town.bea]) == [("success", "Saved.")]


def test_a_new_cohort_says_so_too(client, town):
    coached_by(town.bea, [*town.enrolments["North"], *town.enrolments["South"][:7]])
    address = reverse("manage:cohort-add", args=[town.programs["Calm calls"].pk])
    page = client.as_(town.ada).post(
        address, {"name": "New", "starts_on": weeks(4), "managers": [town.bea.pk]}, follow=True
    )
    assert [str(message) for message in page.context["messages"]] == warnings_of(town.bea)
    assert len(warnings_of(town.bea)) == 1
