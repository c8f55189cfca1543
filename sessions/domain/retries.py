"""What can become of a failed delivery: tried again, or why not and what happens instead.

A message with questions keeps them while its day lasts, so that it can still ask them. Then they go back to be planned
for another day: a question asked late is another question.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Min, QuerySet
from django.utils.formats import date_format
from django.utils.timezone import localtime
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
    """Each with what can be done; no query, or two where messages with questions failed."""
    shown = list(deliveries)
    failed = [each.message for each in shown if _asks(each) and each.state == Delivery.State.FAILED]
    open_still = set(_planned().filter(message__in=failed).values_list("message", flat=True))
    waiting = _planned().filter(message=None, follow_up__learner__in={message.recipient_id for message in failed})
    asked_next = dict(waiting.values_list("follow_up__learner").annotate(Min("due_at")))
    found = []
    for each in shown:
        may = each.state == Delivery.State.FAILED
        instead = ""
        if may and _asks(each):
            may = each.message_id in open_still and on_its_day(each.message, now)
            going_on = each.message_id in open_still or each.message.recipient_id in asked_next
            instead = "" if may else _instead(each, going_on, asked_next.get(each.message.recipient_id), now)
        found.append(Row(each, may, instead))
    return found


def check_can_retry(delivery: Delivery, now: datetime) -> None:
    """Of one that failed. Raises WrongState for questions that cannot be asked any more by this message."""
    if not _asks(delivery):
        return
    if not _planned().filter(message=delivery.message).exists() or not on_its_day(delivery.message, now):
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


def _instead(delivery: Delivery, going_on: bool, at: datetime | None, now: datetime) -> str:
    if not going_on:
        return _("Its questions were answered or replaced.")
    if delivery.message.recipient.mail_bounced_at:
        return _("Asked again once the address is corrected.")
    if at is None or at <= now:
        return _("Its questions go with the next message.")
    return _("Asked again %(day)s.") % {"day": date_format(localtime(at), "D j M H:i")}
