"""Sessions as Today shows them: a line each, so only what stands on that line is read, and no model is made of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

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


def glimpses(micros: MicroSessionQuerySet, other: Literal["coach", "learner"]) -> list[Glimpse]:
    """In the order of `micros`, with the other one's name. One query."""
    return [Glimpse(*row) for row in micros.values_list(*COLUMNS, f"{other}__name")]
