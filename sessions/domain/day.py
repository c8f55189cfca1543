"""Calendar days in the reader's time zone, and a coach's day in numbers: what stands over and under Today's cards."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from programs.models import Enrolment, Member
from sessions.domain.glimpse import glimpse
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
    )
    rows = list(glimpse(today).order_by("scheduled_for"))
    later = [micro for micro in rows if micro.status == Status.PLANNED and micro.scheduled_for > timezone.now() + SOON]
    learners = (
        Enrolment.objects.coached_by(member)
        .active()
        .aggregate(n=Count("learner", distinct=True, filter=Q(learner__deactivated_at=None)))["n"]
    )
    return CoachDay(len(rows), later, learners)


def waiting_since(enrolment: Enrolment, last: datetime | None) -> datetime:
    """The end of the last session, else the start of the enrolment."""
    return last or datetime.combine(enrolment.starts_on, time.min, timezone.get_current_timezone())


def days_since(at: datetime) -> int:
    """How often the calendar of the active time zone has turned since; 0 for today and for what is ahead."""
    return max(0, (timezone.localdate() - timezone.localdate(at)).days)


def ago(at: datetime) -> str:
    """ "today", "yesterday", "12 days ago"."""
    days = days_since(at)
    near = (gettext("today"), gettext("yesterday"))
    return near[days] if days < len(near) else ngettext("%(n)s day ago", "%(n)s days ago", days) % {"n": days}


def local_day(local: datetime) -> tuple[datetime, datetime]:
    """First instant of the local day and of the next one."""
    midnight = datetime.combine(local.date(), time.min, local.tzinfo)
    return midnight, datetime.combine(local.date() + timedelta(days=1), time.min, local.tzinfo)
