"""What a learner was last told of a session's time, and so what is news to them.

Of several changes the newest message alone goes out, so the last change may not be the last thing they were told. What
stood in the message that was sent is in the session's history, by its `schedule_sequence`.
"""

from copy import copy
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any, Self

from django.apps import apps
from django.db.models import Exists, OuterRef, Q, Subquery
from django.utils import timezone

from sessions.models import Delivery, Message, MicroSession, Status

_messages = Message.objects.filter(kind=Message.Kind.SCHEDULE, micro=OuterRef("pgh_obj"))
_sent = _messages.filter(sequence=OuterRef("schedule_sequence"), deliveries__state=Delivery.State.SENT)
_by_then = _messages.filter(sequence__lte=OuterRef("schedule_sequence"))
_history: Any = apps.get_model("coaching", "MicroSessionEvent").objects  # made by pghistory
_known = _history.filter(  # what came before any message was imported: they know of it from elsewhere
    Exists(_sent) | ~Exists(_by_then)
).order_by("-schedule_sequence", "pgh_id")
_told = _known.filter(pgh_obj=OuterRef("micro"), schedule_sequence__lt=OuterRef("sequence"))

KNOWN = {
    f"known_{name}": Subquery(_told.values(name)[:1])
    for name in ("scheduled_for", "minutes_planned", "coach_id", "status")
}
"""Of a message about a session's time, to annotate: what `Known.of` reads."""

_refused = Q(
    deliveries__state__in=[Delivery.State.DUE, Delivery.State.SENDING], recipient__mail_bounced_at__isnull=False
)
UNTOLD = Exists(
    Message.objects.filter(
        Q(deliveries__state=Delivery.State.FAILED) | _refused,
        kind=Message.Kind.SCHEDULE,
        micro=OuterRef("pk"),
        sequence=OuterRef("schedule_sequence"),
    )
)
"""Of a session, to annotate as `untold`: whether the newest word of its time has not reached its learner."""


class News(Enum):
    PLANNED = "planned"
    MOVED = "moved"
    CHANGED = "changed"  # how long it takes, or who coaches
    RESTORED = "restored"  # they were told that it is cancelled
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Known:
    """A session as its learner knows it."""

    at: datetime
    minutes: int
    coach_id: int
    cancelled: bool

    @classmethod
    def of(cls, message: Any) -> Self | None:
        """From a message annotated with KNOWN; None when they know of no session."""
        if message.known_scheduled_for is None:
            return None
        cancelled = message.known_status == Status.CANCELLED
        return cls(message.known_scheduled_for, message.known_minutes_planned, message.known_coach_id, cancelled)

    @property
    def ends_at(self) -> datetime:
        return self.at + timedelta(minutes=self.minutes)

    def shown(self, micro: MicroSession) -> MicroSession:
        """The session as they know it, to be read and not to be saved."""
        known = copy(micro)
        known.scheduled_for, known.minutes_planned, known.coach_id = self.at, self.minutes, self.coach_id
        return known


def known_before(message: Message) -> Known | None:
    """What its recipient knew of the session before this message. One query."""
    return Known.of(Message.objects.annotate(**KNOWN).get(pk=message.pk))


def is_to_tell(micro: Any) -> bool:
    """Whether somebody has to tell its learner of a session annotated with UNTOLD, cancelled or not: it is ahead."""
    ahead = micro.status in (Status.PLANNED, Status.CANCELLED) and micro.scheduled_for > timezone.now()
    return bool(micro.untold and ahead)


def is_known_as_cancelled(micro: MicroSession) -> bool:
    """Whether the last that its learner was told of a session, held or not, is that it is cancelled. One query."""
    last = _known.filter(pgh_obj=micro.pk).values_list("status", flat=True).first()
    return bool(last == Status.CANCELLED)


def news_of(micro: MicroSession, known: Known | None) -> News | None:
    """What has become of a planned or cancelled session for who knows it so; None when nothing has."""
    if micro.status == Status.CANCELLED:
        return None if known is None or known.cancelled else News.CANCELLED
    if known is None:
        return News.PLANNED
    if known.cancelled:
        return News.RESTORED
    if known.at != micro.scheduled_for:
        return News.MOVED
    return News.CHANGED if (known.minutes, known.coach_id) != (micro.minutes_planned, micro.coach_id) else None
