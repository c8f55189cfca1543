"""The past sessions of an enrolment as they are printed: words and addresses ready for the template."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from sessions.domain.chances import Chances
from sessions.domain.so_far import Moved, Told
from sessions.domain.times import day_and_time, moment
from sessions.models import MoveReason, Status
from sessions.views.addresses import by_pk


@dataclass(frozen=True, slots=True)
class Shown:
    """One session; `url` is empty for a former coach's, `state` for a closed one."""

    told: Told
    url: str
    when: str
    css: str
    state: str
    moves: list[str]
    levels: str
    plan: str
    chances: str


def shown(sessions: Iterable[Told]) -> Iterator[Shown]:
    """In the same order."""
    url = by_pk("coach:micro-show")
    for told in sessions:
        micro = told.micro
        plan = micro.plan
        yield Shown(
            told=told,
            url=url(micro.pk) if told.mine else "",
            when=_when(told),
            css={Status.CLOSED: "done", Status.CLOSING: "now"}.get(Status(micro.status), ""),
            state="" if micro.status == Status.CLOSED else str(Status(micro.status).label),
            moves=[_moved(move) for move in told.moves],
            levels=_levels(told),
            plan=plan,
            chances=_chances(told.chances) if plan and told.chances is not None else "",
        )


def _when(told: Told) -> str:
    micro = told.micro
    parts = [moment(micro.started_at)]
    if micro.minutes:
        parts.append(_("%(n)s min") % {"n": micro.minutes})
    if not told.mine:
        parts.append(_("with %(name)s") % {"name": micro.coach})
    return " · ".join(parts)


def _moved(move: Moved) -> str:
    words = {"when": day_and_time(move.since), "reason": MoveReason(move.reason).label.lower()}
    return _("moved from %(when)s: %(reason)s") % words


def _levels(told: Told) -> str:
    line = told.focus_line
    if line is None or told.reveal is None:
        return ""
    words = {"own": line.own.level or "–", "name": told.reveal.other.name, "other": line.other.level or "–"}
    return _("Level: you %(own)s, %(name)s %(other)s") % words + f" · {told.reveal.summary}"


def _chances(chances: Chances) -> str:
    return chances.counted if chances else _("no chance reported")
