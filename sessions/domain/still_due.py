"""Right before sending: is this still to be told, and is now the time? Consent, pause, quiet hours, usefulness."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from sessions.domain import announced
from sessions.domain.announced import Known
from sessions.domain.calendar import NoWorkingDay, WorkingCalendar
from sessions.domain.schedule import UNDO
from sessions.domain.spacing.times import sending_hours
from sessions.domain.working_time import calendar_of
from sessions.models import HELD, Delivery, Message, MicroSession, Prompt, Rating, RatingRole, Reflection, Status

RATE_WITHIN = timedelta(days=7)
CANCELLED_WITHIN = timedelta(days=7)
JUST_MET = timedelta(hours=1)
TOLD_BEFORE = timedelta(hours=1)
TEST_WITHIN = timedelta(hours=24)


@dataclass(frozen=True)
class Send:
    """Now."""


@dataclass(frozen=True)
class Wait:
    """Not before `until`; nothing went wrong."""

    until: datetime
    reason: str


@dataclass(frozen=True)
class Drop:
    """Never: it has become pointless, or is no longer wanted."""

    reason: str


@dataclass(frozen=True)
class Refuse:
    """It cannot be told this way: failed, and visible."""

    reason: str


Verdict = Send | Wait | Drop | Refuse


def judge(delivery: Delivery, now: datetime, *, any_hour: bool = False) -> Verdict:
    """What becomes of a claimed delivery. `any_hour` leaves out the working hours (the demo's "do not wait")."""
    message = delivery.message
    if message.kind == Message.Kind.ADDRESS:
        return Send()  # about safety, and to another address: nothing about the member holds it back
    if not message.recipient.is_active:
        return Drop(_("The membership has ended."))
    if message.recipient.joined_at is None and message.kind not in BEFORE_JOINING:
        return Drop(_("They have not joined yet."))
    if message.recipient.mail_bounced_at and delivery.channel == "email":
        return Refuse(_("The address refused mail before."))
    verdict = RULES[Message.Kind(message.kind)](message, now)
    if any_hour and isinstance(verdict, Wait):
        return Send()
    return verdict


def open_prompts(message: Message) -> list[Prompt]:
    """The message's questions that nobody has answered, replaced or put off meanwhile."""
    return [prompt for prompt in message.prompts.all() if prompt.status == Prompt.Status.PLANNED]


def _prompts(message: Message, now: datetime) -> Verdict:
    """On its own day, within the working hours, or never: a question asked late is another question."""
    member, calendar = message.recipient, calendar_of(message.recipient)
    if member.prompts_stopped_at:
        return Drop(_("Questions are stopped."))
    if member.prompts_paused_until and member.prompts_paused_until > calendar.local_date(now):
        return Drop(_("Questions are paused."))
    if not open_prompts(message):
        return Drop(_("Its questions were answered, replaced or put off."))
    opens, closes = calendar.hours(message.local_date)
    if now >= closes:
        return Drop(_("Its day has passed; its questions are planned again."))
    return Wait(opens, _("It waits for the working hours.")) if now < opens else Send()


def _rate(message: Message, now: datetime) -> Verdict:
    """To rate and reflect; who has rated is asked to reflect, but not while they may be writing."""
    micro = _micro(message)
    if micro.status not in HELD or micro.ended_at is None:
        return Drop(_("The session has not ended."))
    rated = rated_at(micro)
    if rated and has_reflected(micro):
        return Drop(_("It is done already."))
    if now > max(micro.ended_at, message.created_at) + RATE_WITHIN:
        return Drop(_("The session is too long ago."))
    at_leisure = max(micro.ended_at, rated or micro.ended_at) + JUST_MET
    if now < at_leisure:  # they have just met, so for the rating this is no quiet hour
        return Wait(at_leisure, _("It waits for its time.")) if rated else Send()
    return _in_working_hours(message, now)


def rated_at(micro: MicroSession) -> datetime | None:
    """When the learner handed in; from then on it is the reflection alone that they are asked for."""
    own = Rating.objects.filter(micro=micro, role=RatingRole.SELF, submitted_at__isnull=False)
    return own.values_list("submitted_at", flat=True).first()


def has_reflected(micro: MicroSession) -> bool:
    """What the learner saved, not a draft; who has not rated yet is then asked for the rating alone."""
    return Reflection.objects.filter(micro=micro, saved_at__isnull=False).exists()


def _schedule(message: Message, now: datetime) -> Verdict:
    """The newest change, while it is news and helps; in quiet hours when it could not be read in time otherwise."""
    micro = _micro(message)
    if message.sequence != micro.schedule_sequence:
        return Drop(_("A newer change takes its place."))
    if micro.status not in (Status.PLANNED, Status.CANCELLED):
        return Drop(_("The session has begun or is over."))
    known = announced.known_before(message)
    if micro.status == Status.CANCELLED and known is None:
        return Drop(_("The session was never announced."))
    if announced.news_of(micro, known) is None:
        return Drop(_("They know it as it is."))
    if micro.cancelled_at and known and now >= known.ends_at:
        return _cancelled_after(micro.cancelled_at, known, message, now)
    if now > micro.ends_at and not micro.cancelled_at:
        return Drop(_("The session is over."))
    return _in_time_for(_first_time_at_stake(micro, known, now), message, now)


def _cancelled_after(cancelled_at: datetime, known: Known, message: Message, now: datetime) -> Verdict:
    """Nobody waits for the session any more, so this has time until the coach cannot take it back."""
    settled = cancelled_at + UNDO
    if now > settled + CANCELLED_WITHIN:
        return Drop(_("The session is over."))
    if cancelled_at >= known.ends_at and now < settled:
        return Wait(settled, _("It waits for its time."))
    return _in_working_hours(message, now)


def _kept(message: Message, now: datetime) -> Verdict:
    """Until the session begins, unless its time or its coach changed after all or they have asked again."""
    micro = _micro(message)
    if micro.status != Status.PLANNED or now >= micro.scheduled_for:
        return Drop(_("The session has begun or is over."))
    if micro.move_asked_at:
        return Drop(_("They have asked again."))
    if micro.messages.filter(kind=Message.Kind.SCHEDULE, pk__gt=message.pk).exists():
        return Drop(_("A newer change takes its place."))
    return _in_time_for(micro.scheduled_for, message, now)


def _first_time_at_stake(micro: MicroSession, known: Known | None, now: datetime) -> datetime:
    """The first time at which somebody who does not know of the change would be in the wrong place."""
    planned = [micro.scheduled_for] if micro.status == Status.PLANNED else []
    expected = [known.at] if known and not known.cancelled else []
    return min((at for at in planned + expected if at > now), default=now)


def _invitation(message: Message, now: datetime) -> Verdict:
    invitation = message.invitation
    if invitation is None or invitation.replaced_at:
        return Drop(_("A newer invitation takes its place."))
    if invitation.accepted_at or message.recipient.joined_at:
        return Drop(_("It is done already."))
    return Drop(_("The invitation has expired.")) if now > invitation.expires_at else Send()


def _test(message: Message, now: datetime) -> Verdict:
    return Drop(_("Nobody waits for this test any more.")) if now > message.created_at + TEST_WITHIN else Send()


def _in_working_hours(message: Message, now: datetime) -> Verdict:
    """Send within the recipient's hours; who works on no day is written to at any time."""
    calendar = calendar_of(message.recipient)
    if calendar.within_hours(now):
        return Send()
    try:
        return Wait(_next_opening(now, calendar), _("It waits for the working hours."))
    except NoWorkingDay:
        return Send()


def _in_time_for(at: datetime, message: Message, now: datetime) -> Verdict:
    """In their hours; at once when those begin less than an hour before `at`, or after it."""
    verdict = _in_working_hours(message, now)
    return Send() if isinstance(verdict, Wait) and verdict.until + TOLD_BEFORE > at else verdict


def _next_opening(now: datetime, calendar: WorkingCalendar) -> datetime:
    day = calendar.working_day_on_or_after(calendar.working_date(now))
    opens = sending_hours(day, calendar)[0]
    return opens if opens > now else sending_hours(calendar.next_working_day(day), calendar)[0]


def _micro(message: Message) -> MicroSession:
    """Messages about a session name it: the database holds that."""
    if message.micro is None:
        raise ValueError(f"message {message.pk} names no session")
    return message.micro


BEFORE_JOINING = frozenset({Message.Kind.INVITATION, Message.Kind.TEST})
"""Until somebody has joined by its mail, nobody knows whose an address is (docs/adr/0019)."""

RULES: dict[Message.Kind, Callable[[Message, datetime], Verdict]] = {
    Message.Kind.PROMPTS: _prompts,
    Message.Kind.RATE: _rate,
    Message.Kind.SCHEDULE: _schedule,
    Message.Kind.KEPT: _kept,
    Message.Kind.INVITATION: _invitation,
    Message.Kind.TEST: _test,
}
