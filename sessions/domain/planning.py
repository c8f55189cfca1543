"""Planning a micro-session, once per form, and editing its plan."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coachhub.errors import Invalid, Stale, WrongState
from programs.models import Enrolment, Member
from sessions.domain import cases, content, free_time, locks, notes, outbox, policies, topics, who_plans
from sessions.domain.content import Content
from sessions.domain.times import FARTHEST, day_and_time
from sessions.models import MicroSession, Status

GRACE = timedelta(minutes=1)  # "in the past" for somebody whose clock is a little off
SAVED_BEFORE = _("This form was saved before. Open the page again for another session.")
SAVED_AS = _("This form was saved before, for %(name)s on %(when)s. Open the page again for another session.")
ONCE_PER_TIME = "micro_planned_once_per_time"


@transaction.atomic
def plan(
    enrolment: Enrolment,
    *,
    by: Member,
    scheduled_for: datetime | None,
    details: Content,
    form_key: UUID,
    note: str = "",
    taken_up: Sequence[int] = (),
    tell_at: datetime | None = None,
) -> MicroSession:
    """A planned session; the same form sent again gives the first one. The learner is told, with an .ics, at once or
    at `tell_at`.

    `scheduled_for` is None for a session that is started at once: then nobody is told. `note` is private to `by`,
    `taken_up` are replies "talk about it next time". Raises NotAllowed, Invalid with its field, WrongState for an
    ended enrolment and for a key that was used with other values.
    """
    at = scheduled_for or timezone.now()
    locks.keep(enrolment)
    who_plans.check_can_plan_on(by, enrolment, free_time.day_of(enrolment, at))
    rubric = cases.rubric_of(cases.rubrics([enrolment.pillar_id], by=by), enrolment)
    values = content.check(details, rubric, by=by)
    if scheduled_for:
        values["scheduled_for"] = scheduled_for
    if first := MicroSession.objects.filter(form_key=form_key).first():
        return _again(first, enrolment, by, values, note, taken_up)
    check_ahead(at)
    people = {"coach": by, "learner": enrolment.learner, "organization_id": enrolment.organization_id}
    micro = MicroSession(
        enrolment=enrolment, rubric=rubric, form_key=form_key, **people, **({"scheduled_for": at} | values)
    )
    if (first := insert(micro)) is not micro:
        return _again(first, enrolment, by, values, note, taken_up)
    if note.strip():
        notes.write(micro, by=by, text=note)
    if taken_up:
        topics.take_up(micro, taken_up, by=by)
    if scheduled_for:
        outbox.tell_schedule(micro, due_at=tell_at)
    return micro


@transaction.atomic
def edit(
    micro: MicroSession,
    *,
    by: Member,
    details: Content,
    version: int,
    note: str | None = None,
    taken_up: Sequence[int] | None = None,
) -> MicroSession:
    """Change what a planned session is about; its time is moved, not edited.

    What the old focus or case lent goes with it. The learner's calendar is corrected when it takes longer or shorter.
    `note` and `taken_up` stay as they are when None. Raises NotAllowed, Invalid, WrongState once it has started, Stale
    when somebody saved a later version.
    """
    micro = locks.locked(micro)
    policies.check_can_change_schedule(by, micro)
    values = content.check(details.instead_of(micro), micro.rubric, by=by)
    if content.differences(micro, values):
        _write(micro, values, version)
    if note is not None:
        notes.write(micro, by=by, text=note)
    if taken_up is not None:
        topics.take_up(micro, taken_up, by=by)
    return MicroSession.objects.get(pk=micro.pk)


def _write(micro: MicroSession, values: Mapping[str, Any], version: int) -> None:
    longer = micro.minutes_planned != values["minutes_planned"]
    rows = MicroSession.objects.filter(pk=micro.pk, status=Status.PLANNED, version=version)
    step = F("schedule_sequence") + (1 if longer else 0)
    if not rows.update(**values, version=version + 1, schedule_sequence=step):
        now = MicroSession.objects.get(pk=micro.pk)
        policies.check_is_planned(now)
        different = content.differences(now, values)
        theirs = {name: getattr(now, name) for name in different}
        raise Stale(theirs=_as_text(theirs), yours=_as_text({name: values[name] for name in different}))
    if longer:
        outbox.tell_schedule(MicroSession.objects.select_related("learner").get(pk=micro.pk))


def check_ahead(at: datetime, *, field: str = "when") -> None:
    """Raises Invalid for a time that has passed or is more than a year away."""
    now = timezone.now()
    if at < now - GRACE:
        raise Invalid(_("This time has passed. If the session took place, log it instead."), field=field)
    if at > now + FARTHEST:
        raise Invalid(_("This is more than a year away. Check the date."), field=field)


def insert(micro: MicroSession) -> MicroSession:
    """Save a new session, or give the one that the same form made a moment ago. Raises Invalid for a time taken."""
    try:
        with transaction.atomic():
            micro.save(force_insert=True)
            return micro
    except IntegrityError as error:
        if first := MicroSession.objects.filter(form_key=micro.form_key).first():
            return first
        if constraint_of(error) == ONCE_PER_TIME:
            raise Invalid(_("A session is already planned at this time. Choose another."), field="when") from error
        raise


def constraint_of(error: IntegrityError) -> str:
    """The name of the constraint that refused a row, "" when the database does not say."""
    diagnostics = getattr(error.__cause__, "diag", None)
    return getattr(diagnostics, "constraint_name", None) or ""


def _again(
    first: MicroSession, enrolment: Enrolment, by: Member, values: Mapping[str, Any], note: str, taken_up: Sequence[int]
) -> MicroSession:
    """The same form sent twice is one form; another one under its key is refused."""
    if is_same_form(first, enrolment, by, values, note) and not topics.differ(first, taken_up, by=by):
        return first
    raise saved_before(first, by=by)


def saved_before(first: MicroSession, *, by: Member) -> WrongState:
    """To raise for a key that was used; the session that it made is named to its coach alone."""
    if first.coach_id != by.pk:
        return WrongState(SAVED_BEFORE)
    return WrongState(SAVED_AS % {"name": first.learner.name, "when": day_and_time(first.scheduled_for)})


def is_same_form(first: MicroSession, enrolment: Enrolment, by: Member, values: Mapping[str, Any], note: str) -> bool:
    """Whether a session was made from such a form; a note that was left empty or cannot be opened differs from none."""
    if (first.coach_id, first.enrolment_id) != (by.pk, enrolment.pk) or content.differences(first, values):
        return False
    return not note.strip() or notes.read(first, by=by) in (note, None)


def _as_text(values: Mapping[str, Any]) -> str:
    labels = {field.name: field.verbose_name for field in MicroSession._meta.fields}
    return "\n".join(f"{labels[name]}: {value}" for name, value in values.items())
