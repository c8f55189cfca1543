"""The demo's published blocks, and what its managers decided on them: one worked, one was dropped, one is due today."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from coachhub.demo.people import ZONE, People
from metrics.domain.decisions import name_of
from metrics.domain.release import publish
from metrics.models import Decision, Figure, Measure, Release
from programs.models import Member


@dataclass(frozen=True)
class Told:
    group: str
    measure: Measure
    blocks_ago: int
    adjustment: str
    what: str
    insight: str
    learners: str
    outcome: str = ""
    note: str = ""
    closed_after: int = 60  # days from the end of its block


DECISIONS = (
    Told(
        "North", Measure.LEVEL, 5, "relevance", "Use own calls",
        "North: the mean level is 2.25, and “meets” is 3.",
        "From now on you practise on your own calls instead of made-up ones.",
        "keep", "The level has risen since. Own calls stay.", 120,
    ),
    Told(
        "East", Measure.SESSIONS, 4, "cadence", "Two shorter sessions a week",
        "East: sessions per learner are below the plan.",
        "We try two sessions of ten minutes instead of one of twenty.",
        "drop", "No more sessions than before, and coaches were rushed. Dropped.",
    ),
    Told(
        "De-escalating a complaint", Measure.LEVEL, 4, "difficulty", "Practise on harder cases",
        "De-escalation: the level has stayed where it was.",
        "From now on your cases start one step harder.",
    ),
)  # fmt: skip


def tell_figures(people: People, today: date) -> list[Release]:
    """Publishes every block that ended, then tells the decisions."""
    releases = publish(people.organization, until=today, in_time=True)
    for number, told in enumerate(DECISIONS):
        decide(people, number, told, today)
    return releases


def decide(people: People, number: int, told: Told, today: date) -> None:
    """A decision as it was made: about a figure of that block, closed or due today."""
    blocks = list(Release.objects.filter(block__organization=people.organization).order_by("-block__starts_on"))
    release = blocks[min(told.blocks_ago, len(blocks) - 1)]
    figure = Figure.objects.filter(group__release=release, group__name=told.group, measure=told.measure).first()
    if figure is None:
        return
    group, manager = figure.group, manager_of(people, figure)
    made = at_nine(release.block.ends_on + timedelta(days=3))
    closed = at_nine(release.block.ends_on + timedelta(days=told.closed_after)) if told.outcome else None
    decision = Decision.objects.create(
        organization=people.organization, group=group, group_identity=group.identity, group_name=name_of(group),
        measure=told.measure, insight=told.insight, adjustment=told.adjustment, what=told.what,
        owner=manager, made_by=manager, check_on=closed.date() if closed else today, told_to_learners=told.learners,
        shared_at=made, closed_at=closed, outcome=told.outcome, outcome_note=told.note,
        form_key=UUID(int=number + 1),
    )  # fmt: skip
    Decision.objects.filter(pk=decision.pk).update(created_at=made)
    decision.cohorts.set(group.cohorts.all())


def manager_of(people: People, figure: Figure) -> Member:
    return next(manager for manager in people.managers if figure.group.viewers.filter(pk=manager.pk).exists())


def at_nine(day: date) -> datetime:
    return datetime.combine(day, time(9), ZoneInfo(ZONE))
