"""A coach's day: what stands over, on and under the cards of Today."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Q
from django.utils import timezone

from programs.models import Enrolment, Member
from sessions.domain.day import local_day, waiting_since
from sessions.domain.glimpse import Glimpse, glimpses
from sessions.models import HELD, MicroSession, Rating, RatingRole, Status

SOON = timedelta(minutes=30)


@dataclass(frozen=True)
class Wait:
    """An enrolment with nothing planned or running, and since when."""

    enrolment: int
    learner: str
    pillar: str
    since: datetime


@dataclass(frozen=True)
class CoachDay:
    """What Today tells a coach, earliest first: `open` needs something, `later` is planned for the rest of the day.

    `waits` are those of the coach's enrolments that have nothing ahead, the longest wait first.
    """

    now: datetime
    sessions: int
    open: list[Glimpse]
    later: list[Glimpse]
    learners: int
    waits: list[Wait]


def coach_day(member: Member) -> CoachDay:
    """The local day's sessions, those that are running, unfinished or sealed, and every enrolment. Two queries."""
    now = timezone.now()
    start, end = local_day(timezone.localtime(now))
    soon = now + SOON
    of_today = Q(status=Status.CLOSED, scheduled_for__gte=start, scheduled_for__lt=end)
    to_come = Q(status=Status.PLANNED, scheduled_for__lt=max(end, soon))
    unfinished = Q(status__in=[Status.RUNNING, Status.CLOSING]) | Q(status=Status.CLOSED, revealed_at=None)
    mine = MicroSession.objects.coached_by(member).filter(unfinished | to_come | of_today)
    rows = glimpses(mine.order_by("scheduled_for"), "learner")
    ahead = [micro for micro in rows if micro.status == Status.PLANNED and micro.scheduled_for > soon]
    learners, waits = _enrolments(member, now)
    return CoachDay(
        now=now,
        sessions=sum(start <= micro.scheduled_for < end for micro in rows),
        open=[
            micro for micro in rows if micro not in ahead and not (micro.is_revealed and micro.status == Status.CLOSED)
        ],
        later=[micro for micro in ahead if micro.scheduled_for < end],
        learners=learners,
        waits=waits,
    )


def _enrolments(member: Member, now: datetime) -> tuple[int, list[Wait]]:
    """The number of active learners, and who waits. One query."""
    coming = Q(micro_sessions__status=Status.PLANNED, micro_sessions__scheduled_for__gte=now)
    rows = (
        Enrolment.objects.coached_by(member)
        .active()
        .annotate(
            held=Max("micro_sessions__ended_at"),
            ahead=Count("micro_sessions", filter=coming | Q(micro_sessions__status=Status.RUNNING)),
        )
        .values_list(
            *("pk", "starts_on", "learner", "learner__name", "learner__deactivated_at", "pillar__short"),
            *("held", "ahead"),
            named=True,
        )
    )
    found = list(rows)
    waits = [
        Wait(row.pk, row.learner__name, row.pillar__short, waiting_since(row.starts_on, row.held))
        for row in found
        if not row.ahead
    ]
    active = {row.learner for row in found if row.learner__deactivated_at is None}
    return len(active), sorted(waits, key=lambda wait: wait.since)


def waiting_for_coach(micros: Collection[Glimpse]) -> list[Glimpse]:
    """Of these sessions the held and sealed ones that the learner has rated and the coach has not. One query."""
    sealed = [micro for micro in micros if micro.status in HELD and not micro.is_revealed]
    rated = Rating.objects.filter(micro__in=[micro.pk for micro in sealed], submitted_at__isnull=False)
    sides = set(rated.values_list("micro", "role"))
    return [m for m in sealed if (m.pk, RatingRole.SELF) in sides and (m.pk, RatingRole.COACH) not in sides]
