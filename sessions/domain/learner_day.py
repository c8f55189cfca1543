"""A learner's day: sessions that want something, the next one, and ratings that came in from another screen."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from coachhub.prepared import AnyOf, prepared
from programs.models import Member
from sessions.domain.coach_day import PASSED
from sessions.domain.glimpse import Glimpse, columns_of
from sessions.models import HELD, MicroSession, Phase, Rating, Reflection, Status

REFLECT_WITHIN = timedelta(days=3)
TELL_FOR = timedelta(days=3)
TIME_TO_RATE = (Phase.RATE, Phase.PLAN)


@dataclass(frozen=True)
class Rated:
    """One of the learner's own ratings that is in."""

    micro: int
    via: str
    at: datetime
    coach: str


@dataclass(frozen=True)
class LearnerDay:
    """Oldest first: `begun` and not to rate yet, `asked` by the coach just now, `to_rate` while sealed, `to_reflect`
    from the own rating on, until three days after the session.

    The time of the one `coming` came at most an hour ago: sessions begin late. `foreign` are the ratings of the last
    three days that came by a code or from the coach's phone, newest first.
    """

    begun: list[Glimpse]
    asked: list[Glimpse]
    to_rate: list[Glimpse]
    to_reflect: list[Glimpse]
    coming: Glimpse | None
    foreign: list[Rated]


def learner_day(member: Member) -> LearnerDay:
    """Three queries, two where nothing waits for a reflection."""
    now = timezone.now()
    micros = [Glimpse(*row) for row in _sessions(member, now - REFLECT_WITHIN, now - PASSED)]
    rows = _ratings(member, [micro.pk for micro in micros], now - TELL_FOR)
    ratings = [Rated(*row) for row in rows]
    rated = {rating.micro for rating in ratings}
    past = [micro for micro in micros if micro.status in HELD]
    running = [micro for micro in micros if micro.status == Status.RUNNING]
    asking = [micro for micro in running if micro.phase in TIME_TO_RATE]
    to_rate = [micro for micro in past if micro.pk not in rated and not micro.is_revealed]
    ended = [micro for micro in past if micro.ended_at and micro.ended_at >= now - REFLECT_WITHIN]
    fresh = ended + [micro for micro in asking if micro.pk in rated]
    reflected = _reflected([micro.pk for micro in fresh]) if fresh else []
    done = {micro.pk for micro in to_rate} | set(reflected)
    return LearnerDay(
        begun=[micro for micro in running if micro not in asking],
        asked=[micro for micro in asking if micro.pk not in rated],
        to_rate=to_rate,
        to_reflect=[micro for micro in fresh if micro.pk not in done],
        coming=min((m for m in micros if m.status == Status.PLANNED), key=lambda m: m.scheduled_for, default=None),
        foreign=[each for each in ratings if each.via != Rating.Via.LOGIN and each.at >= now - TELL_FOR],
    )


@prepared
def _sessions(
    member: Member, ended_since: datetime, planned_since: datetime
) -> QuerySet[MicroSession, tuple[Any, ...]]:
    """Those that run, sealed ones and those that ended since then, planned ones since then."""
    held = Q(status__in=HELD) & (Q(revealed_at=None) | Q(ended_at__gte=ended_since))
    ahead = Q(status=Status.PLANNED, scheduled_for__gte=planned_since)
    wanted = Q(status=Status.RUNNING) | held | ahead
    own = MicroSession.objects.learned_by(member).filter(wanted).order_by("ended_at", "pk")
    return columns_of(own, "coach")


@prepared
def _ratings(member: Member, micros: list[int], since: datetime) -> QuerySet[Rating, tuple[Any, ...]]:
    """Those of these sessions and those handed in since then, newest first."""
    near = Q(micro=AnyOf(micros)) | Q(submitted_at__gte=since)
    rows = Rating.objects.given_by(member).filter(near, submitted_at__isnull=False).order_by("-submitted_at")
    return rows.values_list("micro", "via", "submitted_at", "micro__coach__name")


@prepared
def _reflected(micros: list[int]) -> QuerySet[Reflection, int]:
    """Those of these sessions on which the learner has reflected."""
    saved = Reflection.objects.filter(micro=AnyOf(micros), saved_at__isnull=False)
    return saved.values_list("micro", flat=True)
