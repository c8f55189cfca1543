"""Wake-ups of the worker: thin, may be lost or run twice; what is due stands in the database."""

from typing import Any

from celery import shared_task
from celery.signals import worker_shutting_down
from django.utils import timezone

from sessions.domain import claims, closing, codes, delivery, outbox, prompts, reveals, running

TURN = 5.0  # seconds of sending, after which other tasks have their turn


@worker_shutting_down.connect(dispatch_uid="hand back what is not sent yet")
def stop_after_the_mail_at_hand(**_signal: Any) -> None:
    """A worker is given seconds to end, and a batch may take minutes."""
    claims.stopping.set()


@shared_task(name="sessions.tasks.end_overdue")
def end_overdue() -> int:
    """End sessions that nobody ended. Returns how many."""
    return running.end_overdue(timezone.now())


@shared_task(name="sessions.tasks.fall_back")
def fall_back() -> int:
    """Begin follow-ups of sessions that were not closed within 20 h. Returns how many."""
    return closing.fall_back(timezone.now())


@shared_task(name="sessions.tasks.reveal_due")
def reveal_due() -> int:
    """Break seals whose deadline has passed, and close rating codes that have run out. Returns how many seals."""
    now = timezone.now()
    codes.close_expired(now)
    return reveals.reveal_due(now)


@shared_task(name="sessions.tasks.send_due")
def send_due() -> dict[str, int]:
    """Send what is due, and say that the worker lives. Rung by beat and by whoever writes a message."""
    delivery.beat()
    return dict(delivery.sweep(seconds=TURN))


@shared_task(name="sessions.tasks.close_unanswered")
def close_unanswered() -> int:
    """Count questions that stayed unanswered for 72 working hours as missed. Returns how many."""
    return prompts.close_unanswered()


@shared_task(name="sessions.tasks.forget_old_addresses")
def forget_old_addresses() -> int:
    """Forget former addresses that could not be told of their change for 30 days. Returns how many."""
    return outbox.forget_old_addresses(timezone.now())
