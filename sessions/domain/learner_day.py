"""A learner's day: sessions that want something, the next one, and ratings that came in from another screen."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

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
    """Three queries."""
    now = timezone.now()
    held = Q(status__in=HELD) & (Q(revealed_at=None) | Q(ended_at__gte=now - REFLECT_WITHIN))
    ahead = Q(status=Status.PLANNED, scheduled_for__gte=now - PASSED)
    wanted = Q(status=Status.RUNNING) | held | ahead
    own = MicroSession.objects.learned_by(member).filter(wanted).order_by("ended_at", "pk")
    micros = [Glimpse(*row) for row in columns_of(own, "coach")]
    ratings = _ratings(member, micros, now)
    rated = {rating.micro for rating in ratings}
    past = [micro for micro in micros if micro.status in HELD]
    running = [micro for micro in micros if micro.status == Status.RUNNING]
    asking = [micro for micro in running if micro.phase in TIME_TO_RATE]
    to_rate = [micro for micro in past if micro.pk not in rated and not micro.is_revealed]
    ended = [micro for micro in past if micro.ended_at and micro.ended_at >= now - REFLECT_WITHIN]
    fresh = ended + [micro for micro in asking if micro.pk in rated]
    saved = Reflection.objects.filter(micro__in=[micro.pk for micro in fresh], saved_at__isnull=False)
    done = {micro.pk for micro in to_rate} | set(saved.values_list("micro", flat=True))
    return LearnerDay(
        begun=[micro for micro in running if micro not in asking],
        asked=[micro for micro in asking if micro.pk not in rated],
        to_rate=to_rate,
        to_reflect=[micro for micro in fresh if micro.pk not in done],
        coming=min((m for m in micros if m.status == Status.PLANNED), key=lambda m: m.scheduled_for, default=None),
        foreign=[each for each in ratings if each.via != Rating.Via.LOGIN and each.at >= now - TELL_FOR],
    )


def _ratings(member: Member, micros: list[Glimpse], now: datetime) -> list[Rated]:
    """Those of these sessions and those of the last days, newest first. One query."""
    near = Q(micro__in=[micro.pk for micro in micros]) | Q(submitted_at__gte=now - TELL_FOR)
    rows = Rating.objects.given_by(member).filter(near, submitted_at__isnull=False).order_by("-submitted_at")
    shown = rows.values_list("micro", "via", "submitted_at", "micro__coach__name")
    return [Rated(micro, via, at, coach) for micro, via, at, coach in shown if at]
