"""Writing messages: a due message is a row, written in the transaction of what causes it. Sending is delivery's."""

import logging
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from coachhub.celery import app
from programs.models import Member
from sessions.models import Delivery, Message, MicroSession

log = logging.getLogger("coachhub.outbox")
BELL_TIMEOUT = 0.2  # seconds
SWEEP = "sessions.tasks.send_due"


def tell_schedule(micro: MicroSession) -> Message:
    """The learner's message about a planned, moved or cancelled session, once per change (`schedule_sequence`)."""
    return _write(micro.learner, Message.Kind.SCHEDULE, micro=micro, sequence=micro.schedule_sequence)


def ask_to_rate(micro: MicroSession, *, due_at: datetime | None = None) -> Message:
    """The learner's one "rate and reflect" message, written at finish or logging; due when an undo has passed."""
    return _write(micro.learner, Message.Kind.RATE, micro=micro, due_at=due_at)


def withdraw_rate(micro: MicroSession) -> None:
    """Take back a "rate and reflect" message that nobody has begun to send: the end of the session was undone."""
    begun = Delivery.objects.exclude(state=Delivery.State.DUE)
    Message.objects.filter(micro=micro, kind=Message.Kind.RATE).exclude(deliveries__in=begun).delete()


def _write(
    recipient: Member,
    kind: Message.Kind,
    *,
    micro: MicroSession | None = None,
    sequence: int = 0,
    due_at: datetime | None = None,
) -> Message:
    """A message and its delivery, unless they exist; rings after the commit."""
    due = due_at or timezone.now()
    message, made = Message.objects.get_or_create(
        recipient=recipient,
        kind=kind,
        micro=micro,
        sequence=sequence,
        defaults={
            "organization_id": recipient.organization_id,
            "local_date": due.astimezone(ZoneInfo(recipient.timezone)).date(),
            "due_at": due,
        },
    )
    if made:
        Delivery.objects.create(message=message, next_try_at=due)
        transaction.on_commit(ring, robust=True)
    return message


def ring() -> None:
    """Wake the worker. Never raises: the sweep finds the row anyway."""
    try:
        app.send_task(SWEEP, retry=False, expires=60)
    except (OperationalError, OSError) as error:
        log.warning("the bell did not ring: %s", type(error).__name__)
