"""What the loop puts on Today: the coach's queue and the learner's, and an administrator's messages."""

from programs.access import Permission, has_permission
from programs.cards import Card
from programs.models import Member
from sessions.cards.coach import coach_cards
from sessions.cards.learner import learner_cards
from sessions.cards.outbox import outbox_cards
from sessions.cards.prompts import coach_prompt_cards, learner_prompt_cards
from sessions.cards.rating import rating_cards
from sessions.domain.coach_day import CoachDay
from sessions.domain.learner_day import learner_day


def cards(member: Member, day: CoachDay | None) -> list[Card]:
    """Every card of the member's roles, in no order; `day` is the coach's, None for who does not coach."""
    found: list[Card] = []
    if day:
        found += coach_cards(member, day) + coach_prompt_cards(member, day)
    if has_permission(member, Permission.LEARN):
        own = learner_day(member)
        found += rating_cards(own) + learner_prompt_cards(member) + learner_cards(member, own)
    if has_permission(member, Permission.MANAGE_PEOPLE):
        found += outbox_cards(member)
    return found
