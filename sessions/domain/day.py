"""A coach's day in numbers: what stands over and under the cards of Today."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db.models import Count, Q
from django.utils import timezone

from programs.models import Enrolment, Member
from sessions.models import MicroSession, Status

SOON = timedelta(minutes=30)


@dataclass(frozen=True)
class CoachDay:
    sessions: int
    later: list[MicroSession]
    learners: int


def coach_day(member: Member) -> CoachDay:
    """Sessions of the local day, those more than half an hour ahead, and the number of learners."""
    start, end = local_day(timezone.localtime())
    today = (
        MicroSession.objects.coached_by(member)
        .filter(scheduled_for__gte=start, scheduled_for__lt=end)
        .exclude(status__in=[Status.CANCELLED, Status.MISSED])
        .for_list()
        .order_by("scheduled_for")
    )
    rows = list(today)
    later = [micro for micro in rows if micro.status == Status.PLANNED and micro.scheduled_for > timezone.now() + SOON]
    learners = (
        Enrolment.objects.coached_by(member)
        .active()
        .aggregate(n=Count("learner", distinct=True, filter=Q(learner__deactivated_at=None)))["n"]
    )
    return CoachDay(len(rows), later, learners)


def local_day(local: datetime) -> tuple[datetime, datetime]:
    """First instant of the local day and of the next one."""
    midnight = datetime.combine(local.date(), time.min, local.tzinfo)
    return midnight, datetime.combine(local.date() + timedelta(days=1), time.min, local.tzinfo)
