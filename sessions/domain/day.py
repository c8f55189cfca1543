"""Calendar days in the reader's time zone, and how long something is ago."""

from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext, ngettext


def waiting_since(starts_on: date, last: datetime | None) -> datetime:
    """The end of the last session, else the start of the enrolment."""
    return last or datetime.combine(starts_on, time.min, timezone.get_current_timezone())


def days_since(at: datetime) -> int:
    """How often the calendar of the active time zone has turned since; 0 for today and for what is ahead."""
    return max(0, (timezone.localdate() - timezone.localdate(at)).days)


def ago(at: datetime) -> str:
    """ "today", "yesterday", "12 days ago"."""
    days = days_since(at)
    if days > 1:
        return ngettext("%(n)s day ago", "%(n)s days ago", days) % {"n": days}
    return gettext("yesterday") if days else gettext("today")


def local_day(local: datetime) -> tuple[datetime, datetime]:
    """First instant of the local day and of the next one."""
    midnight = datetime.combine(local.date(), time.min, local.tzinfo)
    return midnight, datetime.combine(local.date() + timedelta(days=1), time.min, local.tzinfo)
