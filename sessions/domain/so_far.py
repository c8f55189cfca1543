"""A coach's past sessions of one enrolment, a line each, and how every behaviour went in them.

Only what stands on a line is read, once for all lines. What is sealed enters through `visibility` alone; of a former
coach's session the plan is shown and nothing else.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, Q, QuerySet

from programs.models import Enrolment, Member
from sessions.domain.chances import Chances, chances_by_session
from sessions.domain.trajectories import Trajectory, trajectories_of
from sessions.domain.visibility import Line, Reveal, reveals_of
from sessions.models import MicroMove, MicroSession, Status
from sessions.models.plans import if_whole


class Past(NamedTuple):
    """A session that was held, cancelled or missed, and its plan: None without one, "" for a part not written."""

    pk: int
    status: str
    scheduled_for: datetime
    began: datetime | None
    minutes: int | None
    revealed_at: datetime | None
    cancel_note: str
    coach_id: int
    coach: str
    learner_id: int
    learner: str
    rubric_id: int
    focus_id: int
    focus: str
    cue: str | None
    will: str | None

    @property
    def started_at(self) -> datetime:
        """When it began, or should have."""
        return self.began or self.scheduled_for

    def other_name(self, member: Member) -> str:
        """The learner's: a coach looks at it."""
        return self.learner

    @property
    def plan(self) -> str:
        """As one sentence; empty until both parts are there."""
        return if_whole(self.cue, self.will)


COLUMNS = (
    *("pk", "status", "scheduled_for", "started_at", "minutes_actual", "revealed_at", "cancel_note"),
    *("coach", "coach__name", "learner", "learner__name", "rubric", "focus", "focus_criterion__name"),
    *("improvement_plan__cue", "improvement_plan__will"),
)


class Moved(NamedTuple):
    """From when, and the code of the reason."""

    since: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Told:
    """One session. `reveal` is None before the reveal; it and `chances` are for a former coach's session."""

    micro: Past
    mine: bool
    moves: Sequence[Moved]
    chances: Chances | None
    reveal: Reveal | None

    @property
    def focus_line(self) -> Line | None:
        """Both levels of the focus, once revealed."""
        lines = self.reveal.lines if self.reveal else ()
        return next((line for line in lines if line.behaviour == self.micro.focus_id), None)

    @property
    def is_sealed(self) -> bool:
        return self.mine and self.micro.began is not None and self.micro.revealed_at is None


def with_past_of(member: Member) -> QuerySet[Enrolment]:
    """The door: enrolments whose coach the member is now, and those in which they held a session: it stays theirs."""
    held = MicroSession.objects.coached_by(member).held().filter(enrolment=OuterRef("pk"))
    return Enrolment.objects.filter(Q(coach=member) | Exists(held))


def past(enrolment: Enrolment, *, by: Member) -> QuerySet[MicroSession, Any]:
    """COLUMNS of the coach's sessions that are over, newest first, to be cut in pages.

    A former coach's are among them if the learner took them along.
    """
    ours = Q(coach=by)
    if enrolment.shares_past_with_new_coach and enrolment.coach_id == by.pk:
        ours |= Q(status=Status.CLOSED, revealed_at__isnull=False)
    over = MicroSession.objects.filter(ours, enrolment=enrolment).exclude(status__in=[Status.PLANNED, Status.RUNNING])
    return over.order_by("-scheduled_for", "-pk").values_list(*COLUMNS)


def told(rows: Iterable[Sequence[object]], enrolment: Enrolment, *, by: Member) -> list[Told]:
    """What this coach may see of these sessions, in their order. Four queries."""
    micros = [Past(*row) for row in rows]  # type: ignore[arg-type]
    moves = _moves(micros)
    chances = chances_by_session(enrolment.learner)
    reveals = reveals_of(micros, by=by)
    return [
        Told(
            micro=micro,
            mine=micro.coach_id == by.pk,
            moves=moves[micro.pk] if micro.coach_id == by.pk else (),
            chances=chances.get(micro.pk, Chances()) if micro.coach_id == by.pk else None,
            reveal=reveals.get(micro.pk),
        )
        for micro in micros
    ]


def trajectories(sessions: Iterable[Told]) -> list[Trajectory]:
    """How every behaviour went in those of these sessions that are revealed to the coach. No query."""
    revealed = [(each.micro, each.reveal) for each in sessions if each.reveal]
    return trajectories_of([micro for micro, _ in revealed], {micro.pk: reveal for micro, reveal in revealed})


def _moves(micros: Iterable[Past]) -> dict[int, list[Moved]]:
    found: dict[int, list[Moved]] = defaultdict(list)
    rows = MicroMove.objects.filter(micro__in=[micro.pk for micro in micros]).order_by("moved_at")
    for micro, since, reason in rows.values_list("micro", "moved_from", "reason"):
        found[micro].append(Moved(since, reason))
    return found
