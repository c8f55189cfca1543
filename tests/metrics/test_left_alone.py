"""A decision has somebody who can see, check and close it, or administrators are told that it waits for one."""

import pytest
from django.urls import reverse
from django.utils import timezone

from metrics.cards import cards
from metrics.domain import decisions
from metrics.tasks import publish_due
from programs.domain import curriculum, enrolments, members
from programs.models import Member
from tests.conftest import make_member
from tests.metrics.decision_steps import decide, figure_of


@pytest.fixture
def ada(town):
    return make_member(town.organization, "Ada Admin", "admin")


@pytest.fixture
def nora(town):
    """Manages nothing yet."""
    return make_member(town.organization, "Nora Next", "manager")


@pytest.fixture
def made(town):
    """About North, told, to be checked today."""
    return decisions.share(decide(town, figure_of("North", "queue"), told_to_learners="Own calls."), by=town.mia)


def owner_of(made) -> str:
    made.refresh_from_db()
    return made.owner.name


def waiting(ada) -> list[tuple]:
    return [(card.title, *card.lines, card.actions[0].url) for card in cards(ada) if card.kind == "left-alone"]


def name(ada, cohort, *managers) -> None:
    curriculum.change_cohort(cohort, by=ada, managers=managers)


def test_a_decision_goes_to_the_manager_who_has_taken_over_its_cohort_and_is_closed_there(
    town, made, ada, nora, client
):
    name(ada, town.cohorts["North"], town.mia, nora)
    members.deactivate(town.mia, by=ada)
    assert (owner_of(made), waiting(ada)) == ("Nora Next", [])
    page = client.as_(nora)
    assert "Use own calls" in page.get(reverse("today")).content.decode()
    assert page.get(reverse("insights:decision-show", args=[made.pk])).status_code == 200
    data = {"outcome": "keep", "outcome_note": "", "version": made.version}
    assert page.post(reverse("insights:decision-close", args=[made.pk]), data).status_code == 302
    assert (owner_of(made), made.outcome) == ("Nora Next", "keep")


def test_a_decision_that_nobody_can_check_is_told_to_administrators_and_waits_for_the_next_manager(
    town, made, ada, nora, client
):
    north = town.cohorts["North"]
    members.change(town.mia, by=ada, roles=["learner"])
    form = reverse("manage:cohort-edit", args=[north.pk])
    pillar = town.pillar.short
    line = f"It goes to a manager of North who neither coaches nor learns {pillar}, as soon as there is one."
    assert (owner_of(made), waiting(ada)) == ("Mia", [("1 decision has nobody to check it", line, form)])
    assert "1 decision has nobody to check it" in client.as_(ada).get(reverse("today")).content.decode()
    name(ada, town.cohorts["South"], town.sam, nora)
    assert owner_of(made) == "Mia"
    name(ada, north, nora)
    assert (owner_of(made), waiting(ada)) == ("Nora Next", [])


@pytest.mark.parametrize("knows", ["coaches", "has coached", "learns"])
def test_whose_values_a_new_manager_knows_keeps_a_decision_from_them(town, made, ada, nora, knows):
    """It tells its figure, and that the group was large enough was judged without them."""
    Member.objects.filter(pk=nora.pk).update(roles=["manager", "coach", "learner"])
    if knows == "coaches":
        town.join("South", 1, coach=nora)
    elif knows == "has coached":
        [before] = town.join("South", 1, coach=nora)
        town.hold(before, town.starts_on)
        enrolments.reassign(before, coach=town.coach, by=ada)
    else:
        town.enrolment(nora, "South").save()
    name(ada, town.cohorts["North"], town.mia, nora)
    members.deactivate(town.mia, by=ada)
    assert (owner_of(made), len(waiting(ada))) == ("Mia", 1)


def test_a_decision_that_was_left_alone_before_is_taken_up_by_itself(town, made, ada, nora):
    """A release before this one left it with who was gone."""
    name(ada, town.cohorts["North"], town.mia, nora)
    Member.objects.filter(pk=town.mia.pk).update(deactivated_at=timezone.now())
    assert len(waiting(ada)) == 1
    publish_due()
    assert (owner_of(made), waiting(ada)) == ("Nora Next", [])
