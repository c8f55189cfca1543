"""Logging a session that took place without being started here: it enters at "to finish"."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coachhub.errors import Invalid
from programs.models import Enrolment, Member
from sessions.domain import cases, content, free_time, notes, outbox, planning, policies, slots, who_plans, working_time
from sessions.domain.content import Content
from sessions.domain.locks import keep, locked
from sessions.domain.times import clock
from sessions.models import HELD, MicroSession, Phase, Status

MINUTES = range(1, 181)
LATELY = timedelta(days=3)


@transaction.atomic
def log_held(
    enrolment: Enrolment,
    *,
    by: Member,
    held_at: datetime,
    minutes: int,
    details: Content,
    form_key: UUID,
    note: str = "",
) -> MicroSession:
    """A session in `closing`, with its seal's deadline; the learner is asked to rate and reflect.

    `minutes` are those it really took, 1 to 180. The same form sent again gives the first row. Raises NotAllowed,
    Invalid with its field, WrongState.
    """
    keep(enrolment)
    who_plans.check_can_plan_on(by, enrolment, free_time.day_of(enrolment, held_at))
    rubric = cases.rubric_of(cases.rubrics([enrolment.pillar_id], by=by), enrolment)
    times = held_times(enrolment.learner, held_at, minutes)
    values = content.check(details, rubric, by=by) | {"scheduled_for": held_at} | times
    if first := MicroSession.objects.filter(form_key=form_key).first():
        return _again(first, enrolment, by, values, note)
    _check_held(enrolment, held_at, minutes)
    micro = MicroSession(
        enrolment=enrolment,
        organization_id=enrolment.organization_id,
        coach=by,
        learner=enrolment.learner,
        rubric=rubric,
        form_key=form_key,
        logged=True,
        status=Status.CLOSING,
        phase=Phase.RATE,
        **values,
    )
    if (first := planning.insert(micro)) is not micro:
        return _again(first, enrolment, by, values, note)
    notes.write(micro, by=by, text=note)
    outbox.ask_to_rate(micro)
    return micro


@transaction.atomic
def took_place(micro: MicroSession, *, by: Member, held_at: datetime, minutes: int) -> MicroSession:
    """A planned session was held without being started here; the same again changes nothing.

    Raises NotAllowed, Invalid, WrongState.
    """
    now = locked(micro)
    policies.check_is_coach(by, now)
    if now.logged and now.started_at == held_at and now.minutes_actual == minutes:
        return now
    policies.check_can_start(by, now)
    _check_held(now.enrolment, held_at, minutes)
    times = held_times(now.learner, held_at, minutes)
    fields = times | {"status": Status.CLOSING, "phase": Phase.RATE, "logged": True, "move_asked_at": None}
    MicroSession.objects.filter(pk=now.pk).update(**fields)
    held = locked(now)
    outbox.ask_to_rate(held)
    return held


def likely_start(enrolment: Enrolment, *, minutes: int) -> datetime:
    """When it was, at a guess: the last usual slot of the last days without a session, else just now. One query."""
    now = timezone.now()
    first = now - LATELY
    rows = MicroSession.objects.filter(enrolment=enrolment, scheduled_for__gt=first - timedelta(days=1))
    days = {free_time.day_of(enrolment, at) for at in rows.values_list("scheduled_for", flat=True)}
    past = slots.instants(enrolment.usual_slots.all(), first=first.date(), days=LATELY.days + 1)
    fitting = [at for at in past if at + timedelta(minutes=minutes) <= now]
    open_slots = [at for at in fitting if free_time.day_of(enrolment, at) not in days]
    return open_slots[-1] if open_slots else _five_minutes(now - timedelta(minutes=minutes))


def _five_minutes(at: datetime) -> datetime:
    """The full five minutes before."""
    return at - timedelta(minutes=at.minute % 5, seconds=at.second, microseconds=at.microsecond)


def held_times(learner: Member, held_at: datetime, minutes: int) -> dict[str, Any]:
    """Start, end, minutes and the deadline of the seal, counted from the later of end and now."""
    if minutes not in MINUTES:
        raise Invalid(_("Enter 1 to 180 minutes."), field="minutes")
    ended_at = held_at + timedelta(minutes=minutes)
    opens_at = working_time.seal_deadline(learner, ended_at=ended_at, logged_at=timezone.now())
    return {"started_at": held_at, "ended_at": ended_at, "minutes_actual": minutes, "opens_at": opens_at}


def _check_held(enrolment: Enrolment, held_at: datetime, minutes: int) -> None:
    """It is over, the enrolment ran then, and no other session of it overlaps."""
    ended_at = held_at + timedelta(minutes=minutes)
    if ended_at > timezone.now() + planning.GRACE:
        raise Invalid(_("This is not over yet. Log it when it is, or plan it."), field="held_at")
    if free_time.day_of(enrolment, held_at) < enrolment.starts_on:
        raise Invalid(_("This is before the enrolment started. Check the date."), field="held_at")
    overlapping = Q(status__in=HELD, started_at__lt=ended_at, ended_at__gt=held_at)
    other = MicroSession.objects.filter(overlapping, enrolment=enrolment).first()
    if other and other.started_at:
        sentence = _("A session that started at %(time)s is recorded already.") % {"time": clock(other.started_at)}
        raise Invalid(sentence, field="held_at")


def _again(first: MicroSession, enrolment: Enrolment, by: Member, values: Mapping[str, Any], note: str) -> MicroSession:
    """The same form sent twice is one form; its deadline was set the first time."""
    given = {name: value for name, value in values.items() if name != "opens_at"}
    if planning.is_same_form(first, enrolment, by, given, note):
        return first
    raise planning.saved_before(first, by=by)
