"""Sessions as Today shows them: a line each, so only what stands on that line is read, and no model is made of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from django.db.models import QuerySet

from sessions.models import MicroSession
from sessions.models.micro import MicroSessionQuerySet

COLUMNS = (
    *("pk", "status", "phase", "enrolment", "focus", "focus_criterion__name", "minutes_planned", "success_criterion"),
    *("scheduled_for", "started_at", "ended_at", "revealed_at", "met_confirmed_at"),
    *("move_asked_at", "move_asked_note"),
)


@dataclass(frozen=True, slots=True)
class Glimpse:
    """One session; `other` is the name of the learner or of the coach."""

    pk: int
    status: str
    phase: str
    enrolment: int
    focus_id: int
    focus: str
    minutes_planned: int
    success_criterion: str
    scheduled_for: datetime
    started_at: datetime | None
    ended_at: datetime | None
    revealed_at: datetime | None
    met_confirmed_at: datetime | None
    move_asked_at: datetime | None
    move_asked_note: str
    other: str

    @property
    def is_revealed(self) -> bool:
        return self.revealed_at is not None

    @property
    def since(self) -> datetime | None:
        return self.ended_at or self.started_at


def columns_of(
    micros: MicroSessionQuerySet, other: Literal["coach", "learner"]
) -> QuerySet[MicroSession, tuple[Any, ...]]:
    """What `Glimpse` is made of, with the other one's name, in the order of `micros`."""
    return micros.values_list(*COLUMNS, f"{other}__name")
