"""Writing messages: a due message is a row, written in the transaction of what causes it. Sending is delivery's."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils.translation import gettext as _

from coachhub.errors import WrongState
from programs.access import Permission, check
from programs.models import Invitation, Member
from sessions.domain import retries
from sessions.domain.bell import ring
from sessions.domain.clock import database_now
from sessions.models import Delivery, Message, MicroSession

TEST_MAIL_EVERY = timedelta(seconds=30)
OLD_ADDRESS_KEPT = timedelta(days=30)  # after its notice failed: time to mend the mail server and retry


def tell_schedule(micro: MicroSession, *, due_at: datetime | None = None) -> Message:
    """The learner's message about a planned, moved or cancelled session, once per change (`schedule_sequence`)."""
    return _once(micro.learner, Message.Kind.SCHEDULE, micro, sequence=micro.schedule_sequence, due_at=due_at)


def tell_schedules(micros: Sequence[MicroSession], *, held: timedelta = timedelta(0)) -> list[Message]:
    """The same about hundreds, each with its learner; four statements. The rows are locked.

    `held` is for how long it can be taken back untold; who would wait in vain is told so much before the session.
    """
    told = Message.objects.filter(kind=Message.Kind.SCHEDULE, micro__in=micros).values_list("micro", "sequence")
    there, now = set(told), database_now()
    return put_in(
        _message(
            micro.learner,
            Message.Kind.SCHEDULE,
            micro=micro,
            sequence=micro.schedule_sequence,
            due_at=max(now, min(now + held, micro.scheduled_for - held)),
        )
        for micro in micros
        if (micro.pk, micro.schedule_sequence) not in there
    )


def tell_kept(micro: MicroSession, *, answered: int) -> Message:
    """The learner’s message that their wish for another time was turned down, the `answered`-th of the session."""
    return _once(micro.learner, Message.Kind.KEPT, micro, sequence=answered)


def ask_to_rate(micro: MicroSession, *, due_at: datetime | None = None) -> Message:
    """The learner's one "rate and reflect" message, written at finish or logging; due when an undo has passed."""
    return _once(micro.learner, Message.Kind.RATE, micro, due_at=due_at)


def withdraw_rate(micro: MicroSession) -> None:
    """Take back a "rate and reflect" message that nobody has begun to send: the end of the session was undone."""
    begun = Delivery.objects.exclude(state=Delivery.State.DUE)
    Message.objects.filter(micro=micro, kind=Message.Kind.RATE).exclude(deliveries__in=begun).delete()


def invite(invitations: Sequence[Invitation]) -> list[Message]:
    """The mails with the links of new invitations, one or hundreds; three statements."""
    now = database_now()
    return put_in(_message(each.member, Message.Kind.INVITATION, due_at=now, invitation=each) for each in invitations)


def given_up(invitations: Collection[int]) -> dict[int, bool]:
    """Those whose mail failed for good or was cancelled, by primary key. One query."""
    over = [Delivery.State.FAILED, Delivery.State.CANCELLED]
    rows = Message.objects.filter(invitation__in=invitations, deliveries__state__in=over)
    return dict.fromkeys(rows.values_list("invitation", flat=True), True)


def tell_old_addresses(changed: Sequence[tuple[Member, str]], by: Member) -> list[Message]:
    """Notices to the addresses that members had until now, one or hundreds; four statements.

    One that still waits for the same address is enough. The members' rows are locked.
    """
    notices = Message.objects.filter(kind=Message.Kind.ADDRESS, recipient__in=[member for member, _old in changed])
    waiting = notices.filter(deliveries__state=Delivery.State.DUE)
    there, now = set(waiting.values_list("recipient", "address")), database_now()
    return put_in(
        _message(member, Message.Kind.ADDRESS, due_at=now, address=old, changed_by=by)
        for member, old in changed
        if (member.pk, old) not in there
    )


@transaction.atomic
def forget_old_addresses(now: datetime) -> int:
    """Give up notices that failed 30 days ago, and forget where they were to go. Returns how many."""
    failed = Delivery.objects.filter(message__kind=Message.Kind.ADDRESS, state=Delivery.State.FAILED)
    old = failed.filter(next_try_at__lt=now - OLD_ADDRESS_KEPT).select_for_update(of=("self",))
    notices = [delivery.message_id for delivery in old]
    reason = _("It failed, and its address is kept for 30 days only.")
    Delivery.objects.filter(message__in=notices).update(state=Delivery.State.CANCELLED, reason=reason)
    return Message.objects.filter(pk__in=notices).update(address="")


@transaction.atomic
def send_test(*, by: Member) -> Message:
    """A test mail to the administrator who asks, by the way that every mail goes; one in half a minute.

    Raises NotAllowed.
    """
    check(by, Permission.MANAGE_PEOPLE)
    Member.objects.select_for_update(no_key=True).get(pk=by.pk)
    now = database_now()
    recent = Message.objects.filter(recipient=by, kind=Message.Kind.TEST, created_at__gt=now - TEST_MAIL_EVERY)
    return recent.first() or put_in([_message(by, Message.Kind.TEST, due_at=now)])[0]


@transaction.atomic
def retry(delivery: Delivery, *, by: Member) -> Delivery:
    """Try a failed delivery again, with all its tries, also to an address that refused mail.

    A second retry changes nothing. Raises NotAllowed, WrongState for one that did not fail, and for questions whose
    day has passed.
    """
    check(by, Permission.MANAGE_PEOPLE)
    now = database_now()
    known = Delivery.objects.select_related("message__recipient__organization").get(pk=delivery.pk)
    if known.state == Delivery.State.FAILED:
        retries.check_can_retry(known, now)
    failed = Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.FAILED)
    moved = failed.update(state=Delivery.State.DUE, next_try_at=now, first_try_at=None, attempts=0, reason="")
    fresh = Delivery.objects.select_related("message__recipient").get(pk=delivery.pk)
    if not moved and fresh.state not in (Delivery.State.DUE, Delivery.State.SENDING):
        raise WrongState(_("Only a failed message can be sent again."))
    if fresh.message.kind != Message.Kind.ADDRESS:  # that one says nothing about the present address
        Member.objects.filter(pk=fresh.message.recipient_id).update(mail_bounced_at=None)
    transaction.on_commit(ring, robust=True)
    return fresh


def cancel_all_of(members: Sequence[Member], by: Member | None = None) -> int:
    """Cancel what waits for people who were deactivated; returns how many. What is on its way has left.

    That their address was changed is still told: it is how they find out about a change that nobody should have made.
    """
    waiting = Delivery.objects.filter(message__recipient__in=members, state=Delivery.State.DUE)
    unwanted = waiting.exclude(message__kind=Message.Kind.ADDRESS)
    return unwanted.update(state=Delivery.State.CANCELLED, reason=_("The membership has ended."))


def prompts_message(learner: Member, *, on: date, at: datetime) -> Message:
    """The learner's one message with questions of that day, not yet inserted."""
    message = _message(learner, Message.Kind.PROMPTS, due_at=at)
    message.local_date = on
    return message


def put_in(messages: Iterable[Message]) -> list[Message]:
    """Insert prepared messages with their deliveries, in two statements; rings after the commit."""
    written = Message.objects.bulk_create(messages, batch_size=500)
    deliveries = [Delivery(message=message, next_try_at=message.due_at) for message in written]
    Delivery.objects.bulk_create(deliveries, batch_size=500)
    if written:
        transaction.on_commit(ring, robust=True)
    return written


def _once(
    recipient: Member, kind: Message.Kind, micro: MicroSession, *, sequence: int = 0, due_at: datetime | None = None
) -> Message:
    """The session's message of this kind and change, written unless it is there. The session's row is locked."""
    found = Message.objects.filter(recipient=recipient, kind=kind, micro=micro, sequence=sequence).first()
    due = due_at or database_now()
    return found or put_in([_message(recipient, kind, due_at=due, micro=micro, sequence=sequence)])[0]


def _message(recipient: Member, kind: Message.Kind, *, due_at: datetime, **about: Any) -> Message:
    return Message(
        organization_id=recipient.organization_id,
        recipient=recipient,
        kind=kind,
        local_date=due_at.astimezone(ZoneInfo(recipient.timezone)).date(),
        due_at=due_at,
        **about,
    )
