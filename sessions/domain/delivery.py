"""Sending what is due: claim, look again, send, then mark (TRUST.md section 1).

A crash between the receiver's acceptance and our mark is unknowable; the next try then carries the same identity.
"""

import logging
import random
import time
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime, timedelta
from math import inf

from django.db import transaction
from django.utils.translation import gettext as _

from programs.models import Member, Organization
from sessions.delivery.base import Channel, DeliveryFailed
from sessions.delivery.registry import channels
from sessions.domain import assembly, claims, retries, still_due
from sessions.domain.bell import ring
from sessions.domain.clock import database_now
from sessions.domain.still_due import Drop, Refuse, Wait
from sessions.models import Delivery, Heartbeat, Message, Prompt

log = logging.getLogger("coachhub.delivery")
State = Delivery.State

BATCH = 100
TRIES = 8
TRY_WITHIN = timedelta(hours=24)
PAUSES = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 20, 60, 150, 300, 480))
JITTER = 0.2  # either way: the eighth try comes 14 to 21 hours after the first

type Tally = Counter[str]
"""How many deliveries ended a sweep in which state."""


def sweep(now: datetime | None = None, *, seconds: float = inf) -> Tally:
    """Write the prompt messages whose time has come, then send all that is due.

    After `seconds` it rings for another sweep instead: thousands of mails take minutes, in which whatever else waits
    for the worker would find it busy.
    """
    ends = time.monotonic() + seconds
    retries.give_back(now or database_now())
    assembly.assemble(now)
    tally: Tally = Counter()
    while (done := send_due(BATCH, now=now)).total() == BATCH:
        tally += done
        if time.monotonic() > ends:
            ring()
            return tally
    return tally + done


def send_due(
    limit: int = BATCH,
    *,
    now: datetime | None = None,
    organization: Organization | None = None,
    any_hour: bool = False,
) -> Tally:
    """Claim and send up to `limit` due deliveries. Two at once, or a second one later, send nothing twice.

    `now` is for tests; otherwise the database's clock decides. One recipient's failure never stops the others.
    """
    claimed = claims.claim(limit, now, organization, any_hour=any_hour)
    tally: Tally = Counter()
    with _Round(now, any_hour=any_hour) as round_:
        for delivery in claims.each(claimed):
            tally[round_.deliver(delivery)] += 1
    return tally


def beat(name: str = "worker") -> None:
    """Note that the worker ran; `doctor` and an administrator's Today read it."""
    row = Heartbeat(name=name, at=database_now())
    Heartbeat.objects.bulk_create([row], update_conflicts=True, unique_fields=["name"], update_fields=["at"])


def last_beat(name: str = "worker") -> datetime | None:
    """When the worker last ran the sweep; None before its first time."""
    return Heartbeat.objects.filter(name=name).values_list("at", flat=True).first()


class _Round:
    """One batch: a connection per channel, and what is known of servers that do not answer."""

    def __init__(self, now: datetime | None, *, any_hour: bool) -> None:
        self._began = time.monotonic()
        self._began_at = database_now()
        self._pinned = now
        self._any_hour = any_hour
        self._held = ExitStack()
        self._open: dict[str, Channel] = {}
        self._down: dict[str, DeliveryFailed] = {}

    def __enter__(self) -> "_Round":
        return self

    def __exit__(self, *error: object) -> None:
        self._held.close()

    def deliver(self, delivery: Delivery) -> str:
        """The state it comes to."""
        now = self._pinned or self._now()
        verdict = still_due.judge(delivery, now, any_hour=self._any_hour)
        if isinstance(verdict, Drop):
            return _give_up(delivery, State.CANCELLED, verdict.reason, now)
        if isinstance(verdict, Refuse):
            return _give_up(delivery, State.FAILED, verdict.reason, now)
        if isinstance(verdict, Wait):
            return _wait(delivery, verdict)
        try:
            self._send(delivery)
        except DeliveryFailed as failure:
            return _fail(delivery, failure, now)
        MARKS.get(Message.Kind(delivery.message.kind), _mark_sent)(delivery, now)
        return State.SENT

    def _now(self) -> datetime:
        """The database's clock, without asking it for every mail."""
        return self._began_at + timedelta(seconds=time.monotonic() - self._began)

    def _send(self, delivery: Delivery) -> None:
        if failure := self._down.get(delivery.channel):
            raise failure
        try:
            self._channel(delivery.channel).send(delivery)
        except DeliveryFailed as failure:
            if failure.everybody:
                self._down[delivery.channel] = failure
            raise
        except Exception as error:  # whatever it is, it must not stop the others
            log.exception("delivery %s could not be written", delivery.pk)
            reason = _("It could not be written (%(kind)s).") % {"kind": type(error).__name__}
            raise DeliveryFailed(reason) from error

    def _channel(self, kind: str) -> Channel:
        if kind not in self._open:
            self._open[kind] = self._held.enter_context(channels()[kind]())
        return self._open[kind]


def _mark_sent(delivery: Delivery, now: datetime) -> bool:
    """Whether the claim was still ours."""
    return claims.move(delivery, state=State.SENT, sent_at=now, reason="")


@transaction.atomic
def _mark_told(delivery: Delivery, now: datetime) -> bool:
    """An address that nobody has any more is not kept once it was told."""
    ours = _mark_sent(delivery, now)
    if ours:
        Message.objects.filter(pk=delivery.message_id).update(address="")
    return ours


@transaction.atomic
def _mark_asked(delivery: Delivery, now: datetime) -> bool:
    ours = _mark_sent(delivery, now)
    asked = [prompt.pk for prompt in still_due.open_prompts(delivery.message)]
    planned = Prompt.objects.filter(pk__in=asked, message=delivery.message_id, status=Prompt.Status.PLANNED)
    planned.update(status=Prompt.Status.ASKED, asked_at=now)
    return ours


MARKS: dict[Message.Kind, Callable[[Delivery, datetime], bool]] = {
    Message.Kind.PROMPTS: _mark_asked,
    Message.Kind.ADDRESS: _mark_told,
}


def _wait(delivery: Delivery, verdict: Wait) -> str:
    """Not a failed try: its tries begin when its time has come."""
    later = {"next_try_at": verdict.until, "reason": verdict.reason, "attempts": 0, "first_try_at": None}
    claims.move(delivery, state=State.DUE, **later)
    return State.DUE


def _fail(delivery: Delivery, failure: DeliveryFailed, now: datetime) -> str:
    # A notice goes to an address that the member has no more: its refusal says nothing about the present one.
    if failure.address_refused and delivery.message.kind != Message.Kind.ADDRESS:
        refused = Member.objects.filter(pk=delivery.message.recipient_id, mail_bounced_at=None)
        refused.update(mail_bounced_at=now)
    tried_for = now - (delivery.first_try_at or now)
    if failure.permanent or delivery.attempts >= TRIES or tried_for >= TRY_WITHIN:
        return _give_up(delivery, State.FAILED, failure.reason, now)
    claims.move(delivery, state=State.DUE, next_try_at=now + _pause(delivery.attempts), reason=failure.reason)
    return State.DUE


@transaction.atomic
def _give_up(delivery: Delivery, state: Delivery.State, reason: str, now: datetime) -> str:
    """Its questions, if it had any left, go back to be planned for another day; failed on its day, it keeps them."""
    if claims.move(delivery, state=state, reason=reason[:200], next_try_at=now):
        message = delivery.message
        may_ask = state == State.FAILED and message.kind == Message.Kind.PROMPTS and retries.on_its_day(message, now)
        if message.kind == Message.Kind.PROMPTS and not may_ask:
            Prompt.objects.filter(message=message, status=Prompt.Status.PLANNED).update(message=None)
    return state


def _pause(tries: int) -> timedelta:
    """After the n-th failed try, spread so that a server that comes back is not met by all at once."""
    planned = PAUSES[min(tries, len(PAUSES)) - 1]
    return planned * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311
