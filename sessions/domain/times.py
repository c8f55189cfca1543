"""Times in words of the active time zone."""

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.formats import date_format

FARTHEST = timedelta(days=366)  # how far ahead two people plan


def day_and_time(at: datetime) -> str:
    """ "Thu 15 Jan, 14:10"."""
    return date_format(timezone.localtime(at), "D j M, H:i")


def clock(at: datetime) -> str:
    """ "14:10"."""
    return date_format(timezone.localtime(at), "H:i")
