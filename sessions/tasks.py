"""Wake-ups of the worker: thin, may be lost or run twice; what is due stands in the database."""

from celery import shared_task
from django.utils import timezone

from sessions.domain import closing, running


@shared_task(name="sessions.tasks.end_overdue")
def end_overdue() -> int:
    """End sessions that nobody ended. Returns how many."""
    return running.end_overdue(timezone.now())


@shared_task(name="sessions.tasks.fall_back")
def fall_back() -> int:
    """Begin follow-ups of sessions that were not closed within 20 h. Returns how many."""
    return closing.fall_back(timezone.now())
