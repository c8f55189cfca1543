"""Pages in the states that the access table does not bring them into: who reads it, where, and the words that tell."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from access_insights import closed, published, shared
from api_rows import cancelled
from django.urls import reverse
from django.utils import timezone
from query_rows import enrolled

from metrics.models import Block, Decision, Figure, Group, Release
from programs.domain import enrolments, members
from programs.models import Organization
from sessions.domain import links, schedule
from tests.sessions.prompt_steps import followed, prompt_of
from tests.sessions.rate_steps import both
from tests.sessions.run_steps import write_plan


@dataclass(frozen=True)
class State:
    """`world(cast)` makes the state and gives the row whose page it is, None for a page without one."""

    page: str
    who: str
    world: Callable[[Any], Any]
    says: str


def first_weeks(cast):
    Organization.objects.filter(pk=cast.organization.pk).update(is_demo=True)
    monday = timezone.localdate() - dt.timedelta(days=timezone.localdate().weekday())
    Block.objects.create(organization=cast.organization, starts_on=monday, ends_on=monday + dt.timedelta(days=27))


def small_place(cast):
    Organization.objects.filter(pk=cast.organization.pk).update(is_demo=True)
    published(cast)
    Group.viewers.through.objects.all().delete()
    Group.cohorts.through.objects.all().delete()


def nothing_new(cast):
    """What showed a group has had a successor that shows none."""
    Organization.objects.filter(pk=cast.organization.pk).update(is_demo=True)
    published(cast)
    for day in (dt.date(2026, 3, 2), dt.date(2026, 4, 27)):
        block = Block.objects.create(
            organization=cast.organization, starts_on=day, ends_on=day + dt.timedelta(days=55)
        )  # fmt: skip
        if day.month == 3:
            Release.objects.create(block=block, rule_version=0, content_hash="x", released_at=timezone.now())


def hiding(cast):
    """Mia manages North, and coaches six of its eight learners."""
    both = members.change(cast.mia, by=cast.ada, roles=["manager", "coach"])
    for number in range(6):
        enrolled(cast, number, coach=both)
    return both


def to_be_compared(cast):
    """The block after the decision has been published."""
    world, day = shared(cast), dt.date(2026, 3, 2)
    block = Block.objects.create(
        organization=cast.organization, starts_on=day, ends_on=day + dt.timedelta(days=55)
    )  # fmt: skip
    release = Release.objects.create(block=block, rule_version=0, content_hash="x", released_at=timezone.now())
    group = Group.objects.get(pk=world.group.pk)
    group.pk, group.release = None, release
    group.save(force_insert=True)
    group.viewers.add(cast.mia)
    Figure.objects.create(group=group, measure="level", value="3.0", text="3.00")
    made = dt.datetime.combine(day, dt.time(9), dt.UTC)
    Decision.objects.filter(pk=world.decision.pk).update(created_at=made, check_on=block.ends_on)
    return world.decision


def nobody_coaches(cast):
    cast.plan(timezone.now() + dt.timedelta(days=1))
    return enrolments.reassign(cast.enrolment, coach=None, by=cast.ada)


def missed(cast):
    return schedule.mark_missed(cast.plan(timezone.now() - dt.timedelta(hours=2)), by=cast.ana)


def deactivated(cast):
    return members.deactivate(cast.leo, by=cast.ada)


def stood_in_for(cast):
    """Cole stands in for Ana, whose last session with Leo is open to both."""
    write_plan(both(cast.held()))
    micro, today = cast.plan(timezone.now() + dt.timedelta(days=1)), timezone.localdate()
    week = {"starts_on": today, "ends_on": today + dt.timedelta(days=7)}
    enrolments.name_substitute(cast.enrolment, by=cast.ada, coach=cast.cole, **week)
    return micro


def no_row(world):
    """For a page of the whole state."""

    def make(cast) -> None:
        world(cast)

    return make


def asked_once(status: str, **fields):
    return lambda cast: prompt_of(followed(cast), status, **fields)


STATES = {
    "insights-in-the-first-weeks": State("insights:home", "mia", first_weeks, "First figures "),
    "insights-of-a-small-place": State("insights:home", "mia", small_place, "large enough to be shown"),
    "insights-that-show-nothing-new": State("insights:home", "mia", nothing_new, "The figures before: block"),
    "figures-before-those-that-show-nothing": State("insights:figure-list", "mia", nothing_new, "shows nothing here"),
    "insights-where-nothing-is-published": State("insights:home", "mia", lambda cast: None, "does not publish figures"),
    "decision-told": State("insights:decision-show", "mia", lambda cast: shared(cast).decision, "Learners were told"),
    "decision-to-compare": State("insights:decision-show", "mia", to_be_compared, "2.50 → 3.00"),
    "decision-closed": State("insights:decision-show", "mia", lambda cast: closed(cast).decision, "Closed"),
    "decisions-closed": State("insights:decision-list", "mia", no_row(closed), "Closed"),
    "missed-for-its-coach": State("coach:micro-show", "ana", missed, "Marked as missed."),
    "missed-for-its-learner": State("learn:micro-show", "leo", missed, "This session did not take place."),
    "cancelled-for-its-coach": State("coach:micro-show", "ana", cancelled, "Cancelled"),
    "cancelled-for-its-learner": State("learn:micro-show", "leo", cancelled, "This session was cancelled."),
    "today-without-a-coach": State("today", "leo", no_row(nobody_coaches), "You will hear here who coaches you."),
    "enrolment-without-a-coach": State("manage:enrolment-show", "ada", nobody_coaches, "no coach yet"),
    "enrolments-without-a-coach": State("manage:enrolment-without-coach", "ada", no_row(nobody_coaches), "Leo Marin"),
    "figures-hidden": State("manage:member-show", "ada", hiding, "hides every figure of"),
    "deactivated": State("manage:member-show", "ada", deactivated, "The history stays."),
    "question-answered": State("learn:prompt-open", "leo", asked_once("answered"), "Saved: "),
    "question-missed": State("learn:prompt-open", "leo", asked_once("missed"), "Did a chance come?"),
    "question-cancelled": State(
        "learn:prompt-open", "leo", asked_once("cancelled"), "A newer plan has taken the place of this one."
    ),
    "today-of-a-substitute": State("today", "cole", no_row(stood_in_for), "You stand in until"),
    "learners-of-a-substitute": State("coach:enrolment-list", "cole", no_row(stood_in_for), "Leo Marin"),
    "session-of-a-substitute": State("coach:micro-show", "cole", stood_in_for, "When the voice rises"),
}


def address(state: State, row) -> str:
    named = links.token_of(row) if state.page == "learn:prompt-open" else row and row.pk
    return reverse(state.page, args=[named] if named else [])
