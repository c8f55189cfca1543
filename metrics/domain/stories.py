"""Decisions as their readers see them, without model instances."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Self

from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from metrics.domain import decisions
from metrics.domain.saying import day
from metrics.models import Decision, Figure, Measure
from programs.access import allows
from programs.models import Member


@dataclass(frozen=True, slots=True)
class Story:
    """A decision from its insight to its outcome. What the reader may do with it: `may_*`."""

    pk: int
    name: str
    about: str
    identity: str
    measure: str
    insight: str
    adjustment: str
    what: str
    owner: str
    made_on: date
    check_on: date
    told: str
    shared_at: datetime | None
    closed_on: date | None
    outcome: str
    note: str
    version: int
    is_left: bool
    wants_another: bool
    is_mine: bool
    may_change: bool
    may_take_back: bool
    may_reopen: bool

    @classmethod
    def of(cls, decision: Decision, member: Member) -> Self:
        """Needs `owner` loaded; no query."""
        theirs = allows(decisions.check_is_theirs, member, decision)
        may_change = allows(decisions.check_can_change, member, decision)
        return cls(
            pk=decision.pk,
            name=capfirst(decision.what) or str(decision.get_adjustment_display()),
            about=decision.group_name,
            identity=decision.group_identity,
            measure=decision.measure,
            insight=decision.insight,
            adjustment=str(decision.get_adjustment_display()),
            what=decision.what,
            owner=_("you") if decision.owner_id == member.pk else str(decision.owner),
            made_on=timezone.localdate(decision.created_at),
            check_on=decision.check_on,
            told=decision.told_to_learners,
            shared_at=decision.shared_at,
            closed_on=timezone.localdate(decision.closed_at) if decision.closed_at else None,
            outcome=str(decision.get_outcome_display()),
            note=decision.outcome_note,
            version=decision.version,
            is_left=decision.adjustment == Decision.Adjustment.LEAVE,
            wants_another=decision.outcome == Decision.Outcome.CHANGE,
            is_mine=decision.owner_id == member.pk,
            may_change=may_change,
            may_take_back=may_change and allows(decisions.check_may_undo, decision.shared_at),
            may_reopen=theirs and allows(decisions.check_may_undo, decision.closed_at),
        )

    @property
    def is_open(self) -> bool:
        return self.closed_on is None

    @property
    def waits_to_be_told(self) -> bool:
        """Whether learners have yet to hear of it from the reader; of what is left as it is they need not."""
        return self.may_change and not self.is_left and self.shared_at is None

    @property
    def measure_label(self) -> str:
        return str(Measure(self.measure).label)

    @property
    def when(self) -> str:
        """ "you, 16 Dec"."""
        return f"{self.owner}, {day(self.made_on)}"

    def is_due(self, today: date) -> bool:
        """Open, and its check date has come."""
        return self.is_open and self.check_on <= today


def stories_of(member: Member) -> list[Story]:
    """All decisions that the member may see, the newest first. One query."""
    visible = Decision.objects.visible_to(member).select_related("owner").order_by("-created_at", "-pk")
    return [Story.of(decision, member) for decision in visible]


def running_about(figure: Figure, member: Member) -> list[Story]:
    """The open decisions about this measure of the figure's group that the member may see, newest first. One query."""
    visible = Decision.objects.visible_to(member).open().select_related("owner").order_by("-created_at", "-pk")
    about = visible.filter(group_identity=figure.group.identity, measure=figure.measure)
    return [Story.of(decision, member) for decision in about]
