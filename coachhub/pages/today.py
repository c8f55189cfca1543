"""Today: one queue for all of a member's roles, at most five cards, one per kind with a count."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

import metrics.cards
import programs.cards
import sessions.cards
from coachhub.pages.beginnings import beginning_of
from programs.access import Permission, has_permission
from programs.cards import Card
from programs.http import MemberRequest
from programs.models import Member
from sessions.domain.coach_day import CoachDay, coach_day
from sessions.domain.delivery import last_beat

MOST_CARDS = 5
NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Queue:
    """The cards shown, how many single things there are to do, how many of them are on cards that have no room, and
    of those cards the ones that only tell something: they are folded below, as doing nothing brings them up."""

    cards: list[Card]
    to_do: int
    hidden: int
    folded: list[Card]

    @classmethod
    def of(cls, found: Iterable[Card]) -> "Queue":
        """Most urgent first; among equals what is to be done, then the oldest."""
        ordered = sorted(found, key=lambda card: (card.urgency, not card.to_do, card.since or NEVER, card.kind))
        to_do = [card.count if card.to_do else 0 for card in ordered]
        shown, others = ordered[:MOST_CARDS], ordered[MOST_CARDS:]
        folded = [card for card in others if not card.to_do]
        return cls(shown, to_do=sum(to_do), hidden=sum(to_do[MOST_CARDS:]), folded=folded)

    @property
    def has_order(self) -> bool:
        """Whether more than one card asks for something."""
        return sum(card.to_do for card in self.cards) > 1


@dataclass(frozen=True)
class Office:
    """How many active people there are, and how many seconds ago the worker ran; None before its first time."""

    people: int
    worker_seconds: int | None

    @property
    def worker_minutes(self) -> int:
        return (self.worker_seconds or 0) // 60


@require_safe
def today(request: MemberRequest) -> HttpResponse:
    """The page behind the brand: what to do now, first."""
    day = day_of(request.member)
    queue, office = queue_of(request.member, day), office_of(request.member)
    context = {
        "queue": queue,
        "todo_count": queue.to_do,
        "day": day,
        "now": timezone.localtime(),
        "office": office,
        "beginning": None if queue.cards else beginning_of(request.member, day, office.people if office else 0),
        "several_roles": len(request.member.roles) > 1,
    }
    return render(request, "pages/today.html", context)


def queue_of(member: Member, day: CoachDay | None) -> Queue:
    """What every app has for this member."""
    return Queue.of([*sessions.cards.cards(member, day), *metrics.cards.cards(member), *programs.cards.cards(member)])


def day_of(member: Member) -> CoachDay | None:
    """The coach's day in numbers, for coaches."""
    return coach_day(member) if has_permission(member, Permission.COACH) else None


def office_of(member: Member) -> Office | None:
    """Whether things run, for administrators."""
    if not has_permission(member, Permission.MANAGE_PEOPLE):
        return None
    beat = last_beat()
    seconds = int((timezone.now() - beat).total_seconds()) if beat else None
    return Office(Member.objects.visible_to(member).active().count(), seconds)
