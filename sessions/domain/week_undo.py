"""Taking back an accepted week while nobody has been told of it.

Sessions of an accepted week are announced UNDO later than other ones. Until then they are taken back as if they had
never been planned, so that their slots are proposed again; whatever somebody has worked on since stays.
"""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Min, QuerySet
from django.utils.translation import gettext_lazy as _

from coachhub.errors import WrongState
from programs.models import Member
from sessions.domain import locks
from sessions.domain.clock import database_now
from sessions.domain.week import bounds
from sessions.models import Delivery, Message, MicroSession, Status


class NothingToTakeBack(WrongState):
    sentence = _("The learners know of this week, so it can no longer be taken back. Cancel what does not suit.")


def untold(coach: Member, monday: date) -> QuerySet[MicroSession]:
    """The accepted sessions of the week that are as they were proposed, and whose learners know nothing yet."""
    first, last = bounds(monday)
    begun = Delivery.objects.exclude(state=Delivery.State.DUE)
    waiting = Message.objects.filter(kind=Message.Kind.SCHEDULE, due_at__gt=database_now()).exclude(
        deliveries__in=begun
    )
    rows = MicroSession.objects.coached_by(coach).filter(scheduled_for__gte=first, scheduled_for__lt=last)
    fresh = rows.filter(status=Status.PLANNED, schedule_sequence=0, move_asked_at=None, messages__in=waiting)
    return fresh.filter(version=1, ratings=None, private_notes=None)


def told_at(coach: Member, monday: date) -> datetime | None:
    """When the first of them is announced; None when there is nothing to take back. One query."""
    found: datetime | None = untold(coach, monday).aggregate(at=Min("messages__due_at"))["at"]
    return found


@transaction.atomic
def take_back(coach: Member, monday: date) -> int:
    """Take back what can be, with its messages; returns how many sessions. Raises NothingToTakeBack."""
    locks.queue_up(coach)
    there = MicroSession.objects.select_for_update(of=("self",)).filter(pk__in=untold(coach, monday).values("pk"))
    waited_for = [micro.pk for micro in there]
    rows = list(untold(coach, monday).filter(pk__in=waited_for))  # somebody may have written on one meanwhile
    unsent = Delivery.objects.filter(message__micro__in=rows, state=Delivery.State.DUE)
    locked = unsent.select_for_update(of=("self",), skip_locked=True).select_related("message")
    safe = [each.message.micro_id for each in locked if each.message.micro_id]
    if not safe:
        raise NothingToTakeBack
    MicroSession.objects.filter(pk__in=safe).delete()
    return len(safe)
