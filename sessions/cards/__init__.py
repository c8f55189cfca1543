"""What the loop puts on Today: the coach's queue and the learner's, and an administrator's messages."""

from programs.access import Permission, has_permission
from programs.cards import Card
from programs.models import Member
from sessions.cards.coach import coach_cards
from sessions.cards.learner import learner_cards
from sessions.cards.outbox import outbox_cards
from sessions.cards.prompts import coach_prompt_cards, learner_prompt_cards
from sessions.cards.rating import rating_cards


def cards(member: Member) -> list[Card]:
    """Every card of the member's roles, in no order."""
    found = rating_cards(member)
    if has_permission(member, Permission.COACH):
        found += coach_cards(member) + coach_prompt_cards(member)
    if has_permission(member, Permission.LEARN):
        found += learner_prompt_cards(member) + learner_cards(member)
    if has_permission(member, Permission.MANAGE_PEOPLE):
        found += outbox_cards(member)
    return found
