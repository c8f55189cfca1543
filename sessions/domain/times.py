"""Times in words of the active time zone."""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format

FARTHEST = timedelta(days=366)  # how far ahead two people plan


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


def full_day(at: datetime) -> str:
    """ "Thu 15 Jan 2026"."""
    return date_format(timezone.localtime(at), "D j M Y")


def month(at: datetime) -> str:
    """ "Jan 2026"."""
    return date_format(timezone.localtime(at), "M Y")
