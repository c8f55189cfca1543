"""The learner's record at a glance: each held session as a line, and how every behaviour of an enrolment went.

A page shows much of little here, so every table is read once, a few columns of it, for lines and paths alike.
What is sealed enters as in all of the record: through `visibility` alone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import Any, NamedTuple

from django.db.models import QuerySet

from programs.models import Member
from sessions.domain.chances import Chances, chances_by_session
from sessions.domain.times import full_day
from sessions.domain.trajectories import TRAJECTORY_SESSIONS, Trajectory, trajectories_of
from sessions.domain.visibility import Reveal, Views, views_of
from sessions.models import HELD, MicroSession, Reply
from sessions.models.plans import if_whole


class Held(NamedTuple):
    """One held session of its learner, and its plan: "" for a part that is not written."""

    pk: int
    started_at: datetime
    revealed_at: datetime | None
    enrolment_id: int
    pillar: str
    coach_id: int
    coach: str
    learner_id: int
    rubric_id: int
    focus_id: int
    focus: str
    cue: str | None
    will: str | None

    def other_name(self, member: Member) -> str:
        """The coach's: a learner looks at it."""
        return self.coach

    @property
    def plan(self) -> str:
        """As one sentence; empty until both parts are there."""
        return if_whole(self.cue, self.will)


COLUMNS = (
    *("pk", "started_at", "revealed_at", "enrolment", "enrolment__pillar__name", "coach", "coach__name", "learner"),
    *("rubric", "focus", "focus_criterion__name", "improvement_plan__cue", "improvement_plan__will"),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One session in the list: whether the own rating is in, the reveal once there is one, what came of the plan."""

    micro: Held
    when: str
    rated: bool
    reveal: Reveal | None
    plan: str
    chances: Chances
    answered: bool  # by the coach, and not yet read


@dataclass(frozen=True, slots=True)
class Path:
    """One enrolment: how each behaviour went in its newest sessions, and how often its plans were applied."""

    enrolment: int
    pillar: str
    coach: str
    sessions: int
    chances: Chances
    trajectories: tuple[Trajectory, ...]


@dataclass(frozen=True, slots=True)
class Overview:
    lines: tuple[Line, ...]
    paths: tuple[Path, ...]


def rows_of(learner: Member) -> QuerySet[MicroSession, Any]:
    """COLUMNS of the learner's held sessions, to be put in order."""
    return MicroSession.objects.learned_by(learner).filter(status__in=HELD).values_list(*COLUMNS)


def sessions_of(learner: Member) -> list[Held]:
    """The learner's held sessions, newest first. One query."""
    return [Held(*row) for row in rows_of(learner).order_by("-started_at", "-pk")]


def overview_of(listed: Sequence[Held], drawn: Iterable[Held], *, learner: Member) -> Overview:
    """Lines of the `listed` sessions, paths of the enrolments of the `drawn` ones (newest first). Four queries."""
    enrolments = _by_enrolment(drawn)
    newest = [micros[:TRAJECTORY_SESSIONS] for micros in enrolments]
    views = views_of({*listed, *chain(*newest)}, by=learner)
    chances = chances_by_session(learner)
    answered = _answered(listed, learner)
    return Overview(
        lines=tuple(_line(micro, views, chances, answered) for micro in listed),
        paths=tuple(_path(micros, views, chances) for micros in enrolments),
    )


def _line(micro: Held, views: Views, chances: dict[int, Chances], answered: set[int]) -> Line:
    plan = micro.plan
    return Line(
        micro=micro,
        when=full_day(micro.started_at),
        rated=micro.pk in views.handed_in,
        reveal=views.reveals.get(micro.pk),
        plan=plan,
        chances=chances.get(micro.pk, Chances()) if plan else Chances(),
        answered=micro.pk in answered,
    )


def _path(micros: Sequence[Held], views: Views, chances: dict[int, Chances]) -> Path:
    newest = micros[0]
    return Path(
        enrolment=newest.enrolment_id,
        pillar=newest.pillar,
        coach=newest.coach,
        sessions=len(micros),
        chances=sum((chances[micro.pk] for micro in micros if micro.pk in chances), Chances()),
        trajectories=tuple(trajectories_of(micros[:TRAJECTORY_SESSIONS], views.reveals)),
    )


def _by_enrolment(micros: Iterable[Held]) -> list[list[Held]]:
    found: dict[int, list[Held]] = {}
    for micro in micros:
        found.setdefault(micro.enrolment_id, []).append(micro)
    return list(found.values())


def _answered(micros: Iterable[Held], learner: Member) -> set[int]:
    """Those with an answer of the coach that the learner has not read."""
    new = Reply.objects.written_to(learner).filter(reflection__micro__in=[micro.pk for micro in micros], seen_at=None)
    return set(new.values_list("reflection__micro", flat=True))
