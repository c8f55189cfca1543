"""Times in words of the active time zone."""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

FARTHEST = timedelta(days=366)  # how far ahead two people plan
NEAR = 6  # days that are told by their weekday


def day_and_time(at: datetime) -> str:
    """ "Thu 15 Jan, 14:10"."""
    return date_format(timezone.localtime(at), "D j M, H:i")


def moment(at: datetime) -> str:
    """ "Thu 15 Jan 2026, 14:10"."""
    return date_format(timezone.localtime(at), "D j M Y, H:i")


def clock(at: datetime) -> str:
    """ "14:10"."""
    return date_format(timezone.localtime(at), "H:i")


def day(at: datetime) -> str:
    """ "15 Jan"."""
    return date_format(timezone.localtime(at), "j M")


def day_and_year(at: datetime) -> str:
    """ "15 Jan 2026"."""
    return date_format(timezone.localtime(at), "j M Y")


def past_day(at: datetime) -> str:
    """After "from": "today", "yesterday", "Tuesday" within six days, else "6 January"."""
    return _near(at) or _weekday_or_date(at)


def on_past_day(at: datetime) -> str:
    """After what happened: "today", "yesterday", "on Tuesday" within six days, else "on 6 January"."""
    return _near(at) or _("on %(day)s") % {"day": _weekday_or_date(at)}


def full_day(at: datetime) -> str:
    """ "Thu 15 Jan 2026"."""
    return date_format(timezone.localtime(at), "D j M Y")


def month(at: datetime) -> str:
    """ "Jan 2026"."""
    return date_format(timezone.localtime(at), "M Y")


def _near(at: datetime) -> str:
    return {0: _("today"), 1: _("yesterday")}.get(_days_since(at), "")


def _weekday_or_date(at: datetime) -> str:
    return date_format(timezone.localtime(at), "l" if _days_since(at) <= NEAR else "j F")


def _days_since(at: datetime) -> int:
    """Midnights passed since then."""
    return (timezone.localdate() - timezone.localdate(at)).days
