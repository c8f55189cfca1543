"""Who knows whose values of a block, so that figures do not tell them the others'."""

import datetime as dt
from types import SimpleNamespace

import pgtrigger
import pytest
import time_machine
from django.apps import apps

from metrics.domain.knowers import who_know_nobody
from metrics.domain.rosters import rosters_of
from metrics.domain.spans import Span
from metrics.domain.values import values_of
from metrics.models import Block
from programs.domain.coverage import hidden_by
from programs.models import Cohort, Enrolment, Member
from sessions.models import MicroSession, Reflection
from tests.conftest import make_member
from tests.metrics.test_release import publish_at
from tests.metrics.town import MONDAY, at, make_town, weeks

LAST = weeks(8) - dt.timedelta(days=1)
NEXT = weeks(8)
WAYS = ("revealed", "reflected", "met", "answered", "silent", "cancelled", "missed")
"""In which something of a session of the first block settles in the second."""


def coached_by(member, enrolments, *, since=None):
    """From that day on, by the history too."""
    Enrolment.objects.filter(pk__in=[each.pk for each in enrolments]).update(coach=member)
    for each in enrolments:
        each.coach = member
    if since:
        history = apps.get_model("programs", "EnrolmentEvent").objects
        with pgtrigger.ignore():
            history.filter(pgh_created_at__gt=at(weeks(40))).update(pgh_created_at=at(since))


@pytest.fixture
def town(db):
    """Twelve in North, which Bea manages; she coached the first eight until the end of the first block, then Olaf."""
    town = make_town()
    town.bea = make_member(town.organization, "Bea Both", "coach", "manager")
    town.olaf = make_member(town.organization, "Olaf Other", "coach")
    town.cohort("North", 12, manager=town.bea)
    town.hers, town.others = town.enrolments["North"][:8], town.enrolments["North"][8:]
    coached_by(town.bea, town.hers, since=MONDAY)
    return town


def hand_over(town, *, on=LAST):
    coached_by(town.olaf, town.hers, since=on)


def settle(town, way: str, enrolment: Enrolment) -> None:
    """A session of the last day of the first block, of which that happens in the second."""
    if way in ("cancelled", "missed"):
        MicroSession.objects.filter(pk=town.called_off(enrolment, LAST, way).pk).update(**{f"{way}_at": at(NEXT)})
        return
    micro = town.hold(
        enrolment, LAST, own=None if way in ("met", "reflected") else 3, revealed=NEXT if way == "revealed" else None
    )
    if way == "met":
        MicroSession.objects.filter(pk=micro.pk).update(met_confirmed_at=at(NEXT))
    if way == "reflected":
        Reflection.objects.create(micro=micro, what_changed="It.", saved_at=at(NEXT))
    if way in ("answered", "silent"):
        town.prompts(micro, NEXT, "as_planned" if way == "answered" else "")


def second_block(town) -> SimpleNamespace:
    """Who has a value in it other than no session, and whom Bea knows."""
    block = Block(organization=town.organization, starts_on=NEXT, ends_on=weeks(16) - dt.timedelta(days=1))
    span = Span.of(block, town.organization.timezone)
    rosters = rosters_of(town.organization, span)
    values = values_of(town.organization, span, rosters).items()
    found = {
        learner for measure, each in values for learner, value in each.get(town.pillar.pk, {}).items()
        if value or measure != "sessions"
    }  # fmt: skip
    knowers = rosters[town.pillar.pk].knowers
    return SimpleNamespace(
        valued=found, hers={learner for learner in knowers if town.bea.pk in knowers[learner]} - {town.bea.pk}
    )


def test_who_held_sessions_that_settle_in_the_block_knows_their_values_whoever_coaches_by_then(town):
    for way, enrolment in zip(WAYS, town.hers, strict=False):
        settle(town, way, enrolment)
    town.hold(town.hers[-1], LAST)
    hand_over(town)
    block = second_block(town)
    assert block.valued == block.hers == {each.learner_id for each in town.hers[: len(WAYS)]}


def test_figures_of_which_the_coach_before_knows_most_are_not_shown(town):
    """The seals of eight sessions of the last day break in the next block, in which the other four meet."""
    town.hold_all([(each, MONDAY) for each in town.enrolments["North"]])
    town.hold_all([(each, LAST) for each in town.hers], level=4, revealed=NEXT)
    hand_over(town)
    town.hold_all([(each, weeks(9)) for each in town.others], level=1)
    assert [release.groups.count() for release in publish_at(town, weeks(17))] == [0, 0]


@pytest.mark.parametrize(("until", "known"), [(LAST, 0), (weeks(9), 8)])
def test_whoever_coached_in_the_block_counts_and_who_did_so_before_it_does_not(town, until, known):
    hand_over(town, on=until)
    assert len(second_block(town).hers) == known


def test_it_is_foretold_and_who_coached_once_inherits_no_decision(town):
    pillars = Cohort.objects.filter(pk=town.cohorts["North"].pk).values("program__pillar")
    managers = Member.objects.filter(pk=town.bea.pk)
    hand_over(town, on=weeks(9))
    with time_machine.travel(at(weeks(9)), tick=False):
        assert [(each.learners, each.coached) for each in hidden_by(town.bea)] == [(12, 8)]
    assert list(who_know_nobody(managers, pillars)) == []
    Enrolment.objects.update(coach=None)
    assert list(who_know_nobody(managers, pillars)) == []
