"""Taps during practice: "saw it", "chance, not used". Each once by its client-made key; sealed with the rating."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coachhub.errors import Invalid, WrongState
from programs.models import Behaviour, Member
from sessions.domain import policies
from sessions.domain.locks import locked
from sessions.models import MicroSession, Tick


@dataclass(frozen=True)
class TickCount:
    """Taps on one behaviour that were not taken back; `last_kind` and `last_key` name the newest."""

    saw: int = 0
    chance: int = 0
    last_kind: str = ""
    last_key: UUID | None = None

    @property
    def chances(self) -> int:
        """How often the behaviour was shown or could have been."""
        return self.saw + self.chance


@transaction.atomic
def add(
    micro: MicroSession, *, by: Member, behaviour: Behaviour, kind: str, key: UUID, at: datetime | None = None
) -> Tick:
    """Count a tap. The same key again gives the first tap and counts nothing.

    Raises NotAllowed, WrongState once closed and for a key of another tap, Invalid for a behaviour outside the
    rubric or an unknown kind.
    """
    micro = locked(micro)
    policies.check_can_write_record(by, micro)
    if kind not in Tick.Kind.values:
        raise Invalid(_("A tap is “saw it” or “chance, not used”."), field="kind")
    if not micro.rubric.criteria.filter(behaviour=behaviour).exists():
        raise Invalid(_("This behaviour is not part of the session’s rubric."), field="behaviour")
    new = {"micro": micro, "behaviour": behaviour, "kind": kind, "at": at or timezone.now()}
    tick, _made = Tick.objects.get_or_create(key=key, defaults=new)
    if (tick.micro_id, tick.behaviour_id, tick.kind) != (micro.pk, behaviour.pk, kind):
        raise WrongState(_("This tap was counted elsewhere."))
    return tick


@transaction.atomic
def undo(micro: MicroSession, *, by: Member, key: UUID) -> None:
    """Take a tap back; a key that is not there, or was taken back before, changes nothing.

    Raises NotAllowed, WrongState once closed.
    """
    micro = locked(micro)
    policies.check_can_write_record(by, micro)
    Tick.objects.counted().filter(micro=micro, key=key).update(undone_at=timezone.now())


def counts(micro: MicroSession, *, by: Member) -> dict[int, TickCount]:
    """By behaviour id, for the coach; for the learner only once revealed, since taps tell the rating."""
    sees = by.pk == micro.coach_id or (by.pk == micro.learner_id and micro.is_revealed)
    return _counted(Tick.objects.counted().filter(micro=micro).order_by("at", "pk")) if sees else {}


def _counted(ticks: Iterable[Tick]) -> dict[int, TickCount]:
    found: dict[int, TickCount] = {}
    for tick in ticks:
        so_far = found.get(tick.behaviour_id, TickCount())
        found[tick.behaviour_id] = TickCount(
            saw=so_far.saw + (tick.kind == Tick.Kind.SAW),
            chance=so_far.chance + (tick.kind == Tick.Kind.CHANCE),
            last_kind=tick.kind,
            last_key=tick.key,
        )
    return found
