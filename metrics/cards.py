"""What figures and decisions put on Today: checks that are due, the next release, and what learners were told."""

from programs.cards import Card
from programs.models import Member


def cards(member: Member) -> list[Card]:
    """Every card of the member's roles, in no order."""
    return []
