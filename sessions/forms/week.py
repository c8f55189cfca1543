"""Which week, and which of its proposals."""

from collections.abc import Iterable
from datetime import date, timedelta

from sessions.domain.week import Item, Key, NotAhead, monday_of, this_monday
from sessions.forms.times import instant_of, value_of


def chosen_monday(text: str) -> date | None:
    """The Monday of the week that "2026-01-19" is in; next week when nothing is asked for, None when it cannot be."""
    if not text:
        return this_monday() + timedelta(weeks=1)
    try:
        return monday_of(date.fromisoformat(text))
    except (ValueError, NotAhead):
        return None


def key_of(item: Item) -> str:
    """What a proposal's tick sends back."""
    enrolment, at = item.key
    return f"{enrolment}@{value_of(at)}"


def keys_in(values: Iterable[str]) -> list[Key]:
    """The ticks that were sent; nonsense is left out."""
    pairs = (value.partition("@") for value in values)
    found = [(pk, instant_of(at)) for pk, _, at in pairs if pk.isdecimal() and len(pk) < 19]
    return [(int(pk), at) for pk, at in found if at]
