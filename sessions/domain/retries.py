"""What can become of a failed delivery: tried again, or why not and what happens instead.

A message with questions keeps them while its day lasts, so that it can still ask them. Then they go back to be planned
for another day: a question asked late is another question.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from coachhub.errors import WrongState
from sessions.domain.working_time import calendar_of
from sessions.models import Delivery, Message, Prompt

KEPT = timedelta(hours=12)  # after its time: its day is over, and the next one's first hour has not come


@dataclass(frozen=True)
class Row:
    """A delivery on the outbox page. `instead` says what happens where it cannot be tried again."""

    delivery: Delivery
    can_retry: bool
    instead: str


def rows(deliveries: Iterable[Delivery], now: datetime) -> list[Row]:
    """Each with what can be done. By the clock alone: whether and when a question is asked again tells its answer."""
    return [_row(each, now) for each in deliveries]


def check_can_retry(delivery: Delivery, now: datetime) -> None:
    """Of one that failed. Raises WrongState for questions whose day is over.

    What was answered meanwhile is left out right before sending.
    """
    if _asks(delivery) and not on_its_day(delivery.message, now):
        raise WrongState(_("Its day has passed; its questions are planned again."))


def on_its_day(message: Message, now: datetime) -> bool:
    """Whether a message with questions may still go out today, as judged right before it is sent."""
    return now < calendar_of(message.recipient).hours(message.local_date)[1]


def give_back(now: datetime) -> int:
    """Questions of messages that failed, and whose day is over, are planned again; returns how many."""
    over = {"message__deliveries__state": Delivery.State.FAILED, "message__due_at__lte": now - KEPT}
    return Prompt.objects.filter(pk__in=_planned().filter(**over).values("pk")).update(message=None)


def _planned() -> "QuerySet[Prompt]":
    return Prompt.objects.filter(status=Prompt.Status.PLANNED, follow_up__ended_at=None)


def _asks(delivery: Delivery) -> bool:
    return delivery.message.kind == Message.Kind.PROMPTS


def _row(delivery: Delivery, now: datetime) -> Row:
    if delivery.state != Delivery.State.FAILED:
        return Row(delivery, can_retry=False, instead="")
    if not _asks(delivery) or on_its_day(delivery.message, now):
        return Row(delivery, can_retry=True, instead="")
    if delivery.message.recipient.mail_bounced_at:
        return Row(delivery, can_retry=False, instead=_("Asked again once the address is corrected."))
    return Row(delivery, can_retry=False, instead=_("Its questions are planned again."))
