"""Moving, cancelling, marking as missed, and taking that back for a while."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coachhub.errors import Invalid, WrongState
from programs.models import Member
from sessions.domain import followups, free_time, outbox, planning, policies, who_plans
from sessions.domain.locks import keep, locked
from sessions.domain.texts import fitting
from sessions.models import Message, MicroMove, MicroSession, MoveReason, Status

UNDO = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Undo:
    """What can be taken back and until when; `move` is None for a cancelled or missed session."""

    until: datetime
    move: MicroMove | None = None


def check_can_move(by: Member, micro: MicroSession) -> None:
    """Its coach, while it is planned and they still plan with its learner: a time that has passed stays with who was
    to hold the session, whoever coaches by now. Raises NotAllowed, WrongState.
    """
    policies.check_can_change_schedule(by, micro)
    who_plans.check_can_plan_from(by, micro.enrolment, free_time.day_of(micro.enrolment, timezone.now()))


def check_can_ask(by: Member, micro: MicroSession) -> None:
    """Its learner, until its time comes. Raises NotAllowed, WrongState."""
    policies.check_is_learner(by, micro)
    policies.check_is_planned(micro)
    if micro.scheduled_for <= timezone.now():
        raise WrongState(_("Its time has come, so it can no longer be moved from here. Talk to your coach."))


@transaction.atomic
def move(micro: MicroSession, *, by: Member, to: datetime, reason: str, sequence: int | None = None) -> MicroSession:
    """Move a planned session and tell the learner; the same move sent again changes nothing.

    `sequence` is the `schedule_sequence` the person saw. Raises NotAllowed, Invalid, WrongState once it has started
    or when it was moved elsewhere meanwhile.
    """
    now = locked(micro)
    check_can_move(by, now)
    if now.scheduled_for == to and sequence is not None and sequence < now.schedule_sequence:
        return now
    if sequence is not None and sequence != now.schedule_sequence:
        raise WrongState(_("This session was moved since you opened the page. Look at its time, then move it again."))
    if reason not in MoveReason.values:
        raise Invalid(_("Choose why it moves."), field="reason")
    if now.scheduled_for == to:
        raise Invalid(_("It is planned at this time already. Choose another."), field="to")
    planning.check_ahead(to, field="to")
    who_plans.check_can_plan_on(by, now.enrolment, free_time.day_of(now.enrolment, to))
    wish = {"move_asked_at": now.move_asked_at, "move_asked_note": now.move_asked_note if now.move_asked_at else ""}
    said = {"moved_from": now.scheduled_for, "moved_to": to, "reason": reason, "moved_by": by}
    MicroMove.objects.create(micro=now, **said, **wish)
    return _reschedule(now, to, move_asked_at=None, move_asked_note="")


@transaction.atomic
def take_back_move(micro: MicroSession, *, by: Member, sequence: int) -> MicroSession:
    """Undo the last move within UNDO: it was a slip, so it leaves no reason behind. Once taken back, it stays so.

    A learner's wish that it answered is there again, unless they have wished anew since.

    Raises NotAllowed, WrongState when it is too late or something else happened since.
    """
    now = locked(micro)
    policies.check_can_change_schedule(by, now)
    undo = undo_of(now)
    if now.schedule_sequence != sequence or undo is None or undo.move is None:
        raise WrongState(_("This move can no longer be taken back. Move the session instead."))
    answered = undo.move
    wish = {"move_asked_at": answered.move_asked_at, "move_asked_note": answered.move_asked_note}
    answered.delete()
    return _reschedule(now, answered.moved_from, **(wish if answered.move_asked_at else {}))


@transaction.atomic
def cancel(micro: MicroSession, *, by: Member, note: str = "") -> MicroSession:
    """Cancel a planned session and tell the learner; `note` is shared. Raises NotAllowed, Invalid, WrongState."""
    now = locked(micro)
    policies.check_is_coach(by, now)
    if now.status == Status.CANCELLED:
        return now
    policies.check_is_planned(now)
    words = fitting(MicroSession, "cancel_note", note)
    return _rewrite(now, tell=True, status=Status.CANCELLED, cancelled_at=timezone.now(), cancel_note=words)


@transaction.atomic
def mark_missed(micro: MicroSession, *, by: Member) -> MicroSession:
    """Its time came and it did not take place. Raises NotAllowed, WrongState before its time and once it started."""
    now = locked(micro)
    policies.check_is_coach(by, now)
    if now.status == Status.MISSED:
        return now
    policies.check_is_planned(now)
    if now.scheduled_for > timezone.now():
        raise WrongState(_("Its time has not come yet. Move or cancel it instead."))
    return _rewrite(now, tell=False, status=Status.MISSED, missed_at=timezone.now())


def check_can_restore(by: Member, micro: MicroSession) -> None:
    """Of a cancelled or missed session. Raises NotAllowed, WrongState when it is too late or the enrolment is over."""
    policies.check_is_coach(by, micro)
    if undo_of(micro) is None:
        raise WrongState(_("This can no longer be taken back. Plan a new session instead."))
    policies.check_can_plan(by, micro.enrolment)


@transaction.atomic
def restore(micro: MicroSession, *, by: Member) -> MicroSession:
    """Take back a cancellation or "missed": within UNDO, a cancelled one also until its time has come.

    Raises NotAllowed, WrongState when it is too late, the time is taken or the enrolment has ended.
    """
    now = locked(micro)
    policies.check_is_coach(by, now)
    if now.status == Status.PLANNED:
        return now
    keep(now.enrolment)
    check_can_restore(by, now)
    told = now.status == Status.CANCELLED
    return _rewrite(now, tell=told, status=Status.PLANNED, cancelled_at=None, cancel_note="", missed_at=None)


@transaction.atomic
def ask_to_move(micro: MicroSession, *, by: Member, note: str = "") -> MicroSession:
    """The learner asks for another time; the coach sees it on the session. Asking again replaces the note, and what
    earlier moves answered is no longer wished for, whatever comes of this one.

    Raises NotAllowed, Invalid, WrongState once its time has come.
    """
    now = locked(micro)
    check_can_ask(by, now)
    words = fitting(MicroSession, "move_asked_note", note)
    MicroSession.objects.filter(pk=now.pk).update(move_asked_at=timezone.now(), move_asked_note=words)
    now.moves.exclude(move_asked_at=None).update(move_asked_at=None, move_asked_note="")
    return MicroSession.objects.get(pk=now.pk)


@transaction.atomic
def take_back_wish(micro: MicroSession, *, by: Member) -> MicroSession:
    """The learner keeps the time after all; they may ask again. Nobody is told: the coach no longer sees the wish.

    The same again changes nothing. Raises NotAllowed, WrongState once its time has come.
    """
    now = locked(micro)
    check_can_ask(by, now)
    if now.move_asked_at is None:
        return now
    return _rewrite(now, tell=False, move_asked_at=None, move_asked_note="")


@transaction.atomic
def keep_time(micro: MicroSession, *, by: Member) -> MicroSession:
    """The coach's answer to "please move": it stays as planned, and the learner is told once for each time they asked.

    The same answer again changes nothing. Raises NotAllowed, WrongState.
    """
    now = locked(micro)
    policies.check_can_change_schedule(by, now)
    if now.move_asked_at is None:
        return now
    outbox.tell_kept(now, answered=now.messages.filter(kind=Message.Kind.KEPT).count() + 1)
    return _rewrite(now, tell=False, move_asked_at=None, move_asked_note="")


def undo_of(micro: MicroSession) -> Undo | None:
    """What the coach could take back now, if anything."""
    now = timezone.now()
    if micro.cancelled_at:
        undo: Undo | None = Undo(max(micro.cancelled_at + UNDO, micro.scheduled_for))
    elif micro.missed_at:
        undo = Undo(micro.missed_at + UNDO)
    else:
        moved = micro.status == Status.PLANNED and micro.schedule_sequence
        last = micro.moves.order_by("moved_at", "pk").last() if moved else None
        undo = Undo(last.moved_at + UNDO, last) if last and last.moved_to == micro.scheduled_for else None
    return undo if undo and now < undo.until else None


def _reschedule(micro: MicroSession, to: datetime, **fields: object) -> MicroSession:
    return _rewrite(micro, tell=True, scheduled_for=to, **fields)


def _rewrite(micro: MicroSession, *, tell: bool, **fields: object) -> MicroSession:
    """Write the fields of the locked row; with `tell` the calendar entry changes and the learner gets a message."""
    before = micro.scheduled_for if micro.status == Status.PLANNED else None
    micro.schedule_sequence += tell
    for name, value in fields.items():
        setattr(micro, name, value)
    try:
        with transaction.atomic():
            micro.save(update_fields=[*fields, "schedule_sequence"])
    except IntegrityError as error:
        if planning.constraint_of(error) != planning.ONCE_PER_TIME:
            raise
        raise Invalid(_("Another session is planned at this time. Choose another."), field="to") from error
    if not fields.keys().isdisjoint({"status", "scheduled_for"}):
        followups.meetings_changed([(micro, before)])
    if tell:
        outbox.tell_schedule(micro)
    return MicroSession.objects.get(pk=micro.pk)
