"""The seal and how it breaks: once, for both sides at the same moment, in one transaction."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from sessions.domain.locks import locked
from sessions.models import MicroSession, Rating, RatingRole

BOTH = (RatingRole.COACH, RatingRole.SELF)


def is_due(micro: MicroSession, now: datetime) -> bool:
    """Whether the deadline has passed (DESIGN.md §5.3); a session that has not ended has none."""
    return micro.opens_at is not None and micro.opens_at <= now


@transaction.atomic
def reveal_if_ready(micro: MicroSession) -> MicroSession:
    """Break the seal if both ratings are in or the deadline has passed. Returns the fresh session."""
    micro = reveal_if_due(locked(micro))
    return _break(micro, timezone.now()) if not micro.is_revealed and _both_are_in(micro) else micro


def reveal_if_due(micro: MicroSession) -> MicroSession:
    """Break the seal if the deadline has passed, sweep or no sweep. Its row is locked by the caller."""
    now = timezone.now()
    return _break(micro, now) if not micro.is_revealed and is_due(micro, now) else micro


def reveal_due(now: datetime) -> int:
    """Break every seal whose deadline has passed, in one statement; returns how many. May run twice."""
    return MicroSession.objects.filter(revealed_at=None, opens_at__lte=now).update(revealed_at=now)


def _break(micro: MicroSession, now: datetime) -> MicroSession:
    micro.revealed_at = now
    micro.save(update_fields=["revealed_at"])
    return micro


def _both_are_in(micro: MicroSession) -> bool:
    return Rating.objects.filter(micro=micro, role__in=BOTH, submitted_at__isnull=False).count() == len(BOTH)
