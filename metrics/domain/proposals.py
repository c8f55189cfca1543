"""What the form of a new decision starts with: the insight as a sentence, and when to check."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

from django.utils.translation import gettext_lazy as _

from metrics.domain.blocks import today_in
from metrics.domain.calls import direction, unbroken
from metrics.domain.checks import first_check
from metrics.domain.reading import Row, consecutive, history_of, places_of, rows_in, shown_to
from metrics.domain.saying import Period, Said, course_of, day
from metrics.models import Decision, Figure, Measure
from programs.models import Member

LONGEST = 300
LIKELY = {
    Measure.QUEUE: Decision.Adjustment.CADENCE,
    Measure.SESSIONS: Decision.Adjustment.CADENCE,
    Measure.KEPT: Decision.Adjustment.CADENCE,
    Measure.NO_CHANCE: Decision.Adjustment.RELEVANCE,
    Measure.APPLIED: Decision.Adjustment.DIFFICULTY,
}
EXAMPLES = (
    (Decision.Adjustment.CADENCE, _("two short sessions a week")),
    (Decision.Adjustment.DIFFICULTY, _("harder cases")),
    (Decision.Adjustment.RELEVANCE, _("practise on own calls")),
    (Decision.Adjustment.RESOURCES, _("no calls during a session")),
)
"""What could change, with its adjustment."""


@dataclass(frozen=True, slots=True)
class Proposal:
    row: Row
    period: Period
    said: Said
    insight: str
    check_on: Any
    adjustment: str

    @property
    def initial(self) -> dict[str, Any]:
        return {"insight": self.insight, "check_on": self.check_on, "adjustment": self.adjustment}


def propose(figure: Figure, member: Member) -> Proposal:
    """The figure must be visible to the member, with its group's release and block loaded. Five queries."""
    group = figure.group
    place = next(place for place in places_of(member, group.release_id) if place.group == group)
    row = rows_in([place])[0]
    period = Period.of(group.release.block, group.release_id)
    history = history_of(member, [group.identity], until=period.starts_on)
    periods = [each for each in shown_to(member).every if each.starts_on <= period.starts_on]
    course = unbroken(consecutive(history[group.identity][figure.measure], periods))
    check_on = first_check(member.organization, today_in(member.organization))
    said = Said(figure.measure, figure.pk, figure.value, figure.text)
    likely = LIKELY.get(Measure(figure.measure), "")
    return Proposal(row, period, said, insight_of(row, period, course), check_on, likely)


def insight_of(row: Row, period: Period, course: tuple[Said, ...]) -> str:
    """ "De-escalation · Late, 6 Jan – 2 Feb. Moved because of the queue: 20 % → 30 % → 40 %, a clear rise."."""
    change = direction(course[-1].measure, course) or None
    figure = f"{course[-1].label}: {course_of(course, change)}."
    place = f"{row.title}, {period}. "
    return place[: LONGEST - len(figure)] + figure


def as_it_is(decision: Decision) -> dict[str, Any]:
    """An open decision's terms for its form."""
    names = ("insight", "adjustment", "what", "owner", "check_on", "told_to_learners", "version")
    return {name: getattr(decision, name) for name in names}


def key_of(text: str) -> UUID:
    """The form's key; a form without one is a new form."""
    try:
        return UUID(text)
    except ValueError:
        return uuid4()


def day_of(decision: Decision) -> str:
    return day(decision.check_on)
