"""Which week, and which of its proposals."""

from collections.abc import Iterable
from datetime import date, timedelta

from django.utils import timezone

from sessions.domain.week import Item, Key
from sessions.forms.times import instant_of, value_of

WEEKS_AHEAD = 26


def this_monday() -> date:
    """Of the active time zone."""
    today = timezone.localdate()
    return today - timedelta(days=today.weekday())


def chosen_monday(text: str) -> date | None:
    """The Monday of the week that "2026-01-19" is in; next week when nothing is asked for, None when it cannot be."""
    first = this_monday()
    if not text:
        return first + timedelta(weeks=1)
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    monday = day - timedelta(days=day.weekday()) if day > date.min + timedelta(weeks=1) else day
    return monday if first <= monday <= first + timedelta(weeks=WEEKS_AHEAD) else None


def key_of(item: Item) -> str:
    """What a proposal's tick sends back."""
    enrolment, at = item.key
    return f"{enrolment}@{value_of(at)}"


def keys_in(values: Iterable[str]) -> list[Key]:
    """The ticks that were sent; nonsense is left out."""
    pairs = (value.partition("@") for value in values)
    found = [(pk, instant_of(at)) for pk, _, at in pairs if pk.isdecimal() and len(pk) < 19]
    return [(int(pk), at) for pk, at in found if at]
