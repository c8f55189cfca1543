"""The follow-up of an improvement plan: one FSRS card, begun at the close, ended by what comes after it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from programs.models import Enrolment, Member
from sessions.domain import pacing
from sessions.domain.spacing import RULE_VERSION, Memory, NoWorkingDay, PromptTime, WorkingCalendar, first_prompt
from sessions.domain.spacing.times import prompt_on, sending_hours
from sessions.domain.working_time import calendar_of
from sessions.models import FollowUp, ImprovementPlan, MicroSession, Prompt

REPLACED = "replaced"  # why a prompt was cancelled
NEW_PLAN = "new_plan"
LEFT = "left"

type Changed = Sequence[tuple[MicroSession, datetime | None]]
"""Sessions, each with the time at which it was planned before, None if it was not."""


@transaction.atomic
def plan_first(micro: MicroSession) -> FollowUp | None:
    """The follow-up of a closed session's plan with its first prompt, in place of the enrolment's older one.

    The same again, or after the fallback has begun, gives what is there. None when the enrolment has
    ended or a later session's follow-up already runs. Raises ImprovementPlan.DoesNotExist.
    """
    plan = ImprovementPlan.objects.get(micro=micro)
    return _begin(micro, plan, micro.closed_at or timezone.now())


@transaction.atomic
def plan_fallback(micro: MicroSession, *, now: datetime) -> FollowUp | None:
    """The same for a session that was not closed in time: until a plan is written, prompts ask about the focus.

    What is asked is read from the plan when a prompt is sent: a plan written later keeps this follow-up.
    """
    plan, _made = ImprovementPlan.objects.get_or_create(
        micro=micro, defaults={"written_by": micro.coach, "measure": micro.success_criterion, "version": 0}
    )
    return _begin(micro, plan, now)


@transaction.atomic
def take_back(micro: MicroSession) -> None:
    """Undo `plan_first` right after it: the older follow-up asks on as if nothing had happened."""
    mine = FollowUp.objects.filter(plan__micro=micro)
    if not mine.exists():
        return
    mine.delete()
    older = FollowUp.objects.filter(
        enrolment=micro.enrolment_id, ended_because=FollowUp.Ended.REPLACED, ended_at=micro.closed_at
    ).first()
    if older is None:
        return
    FollowUp.objects.filter(pk=older.pk).update(ended_at=None, ended_because="")
    last = older.prompts.filter(status=Prompt.Status.CANCELLED, cancelled_because=REPLACED).last()
    if last is not None:
        bring_back(last)


def bring_back(prompt: Prompt) -> None:
    """A cancelled question, as it was: asked, or planned and in no message, for its own may be cancelled by now."""
    prompt.status = Prompt.Status.ASKED if prompt.asked_at else Prompt.Status.PLANNED
    prompt.message = prompt.message if prompt.asked_at else None
    prompt.cancelled_because = ""
    prompt.save(update_fields=["status", "message", "cancelled_because"])


def question_told(follow_up: FollowUp, micro: MicroSession, at: datetime) -> Prompt:
    """A question that nobody was sent, due `at`, for what is said about the plan in a talk. Its enrolment is locked."""
    last = follow_up.prompts.last()
    sequence, text = (last.sequence + 1, last.question) if last else (1, _question(micro))
    return Prompt.objects.create(follow_up=follow_up, sequence=sequence, question=text, due_at=at)


@transaction.atomic
def end_with_enrolment(enrolments: Sequence[Enrolment], by: Member | None = None) -> None:
    """Stop asking when enrolments end; the answers stay. Their rows are locked, as for every change of follow-ups."""
    _end_older(enrolments, timezone.now(), FollowUp.Ended.LEFT, LEFT)


@transaction.atomic
def plan_was_rewritten(micro: MicroSession) -> None:
    """The learner had asked for a new plan and has one now, in the same session's row: ask about that one."""
    wanted = FollowUp.objects.active().filter(plan__micro=micro, wants_new_cue=True)
    if not wanted.exists():
        return
    Enrolment.objects.select_for_update(no_key=True).get(pk=micro.enrolment_id)
    follow_up = wanted.first()
    if follow_up is None:  # it has ended, or the wish was taken back, at this instant
        return
    FollowUp.objects.filter(pk=follow_up.pk).update(wants_new_cue=False)
    last = follow_up.prompts.last()
    if not Prompt.objects.open().filter(follow_up=follow_up).exists():
        _ask_first(micro, follow_up, timezone.now(), sequence=last.sequence + 1 if last else 1)


@transaction.atomic
def meetings_changed(changed: Changed) -> None:
    """Sessions got another time or coach or were called off, or are planned again: a first question makes room for
    what is planned now, or comes at its own time again. One that the learner or the day's cap put elsewhere stays.

    Their rows are locked. Six statements at most.
    """
    enrolments = {micro.enrolment_id for micro, _before in changed}
    waiting = Prompt.objects.filter(
        follow_up__enrolment__in=enrolments, follow_up__ended_at=None, sequence=1, status=Prompt.Status.PLANNED,
        message=None,
    )  # fmt: skip
    found = list(waiting.values_list("follow_up__enrolment", flat=True))
    if not found:
        return
    list(Enrolment.objects.select_for_update(no_key=True).filter(pk__in=found).order_by("pk"))
    related = waiting.select_related("follow_up__learner__organization", "follow_up__plan__micro")
    prompts = list(
        related.select_for_update(of=("self",)).order_by("pk")
    )  # without those that went out at this instant
    meetings = pacing.Meetings.of_all([prompt.follow_up for prompt in prompts])
    moved = [prompt for prompt in prompts if _makes_room(prompt, meetings[prompt.follow_up_id], changed)]
    Prompt.objects.bulk_update(moved, ["due_at", "late", "not_before"])
    FollowUp.objects.bulk_update([prompt.follow_up for prompt in moved], ["memory"])


def _makes_room(prompt: Prompt, meetings: pacing.Meetings, changed: Changed) -> bool:
    """Give a first question the time that its meetings leave it; False when it stays where it is. Nothing is saved."""
    follow_up = prompt.follow_up
    calendar, held = calendar_of(follow_up.learner), follow_up.plan.micro
    mine = [(micro.scheduled_for, before) for micro, before in changed if micro.enrolment_id == follow_up.enrolment_id]
    others = set(meetings.at) - {now for now, _before in mine}
    as_before = replace(meetings, at=tuple(sorted(others | {before for _now, before in mine if before})))
    try:
        first = first_prompt(held.ended_at, calendar) if held.ended_at else None
        if first is None or first.at < timezone.now():
            return False  # from its own time on the learner may have put it off
        if prompt.due_at != pacing.clear_of(as_before, first.at, calendar):
            return False
        at = pacing.clear_of(meetings, first.at, calendar)
    except NoWorkingDay:
        return False
    _put(prompt, first, at)
    follow_up.memory = dict(Memory(due=at).to_json())
    return True


def _begin(micro: MicroSession, plan: ImprovementPlan, now: datetime) -> FollowUp | None:
    enrolment = Enrolment.objects.select_for_update(no_key=True).get(pk=micro.enrolment_id)
    if existing := FollowUp.objects.filter(plan=plan).first():
        return existing
    later = FollowUp.objects.filter(enrolment=enrolment, plan__micro__started_at__gt=micro.started_at)
    if enrolment.ended_on is not None or later.exists():
        return None
    before = FollowUp.objects.filter(enrolment=enrolment).order_by("-starts_at").first()
    _end_older([enrolment], now, FollowUp.Ended.REPLACED, REPLACED)
    follow_up = FollowUp.objects.create(
        organization_id=micro.organization_id,
        plan=plan,
        enrolment=enrolment,
        learner=micro.learner,
        memory=Memory(due=now).to_json(),
        rule_version=RULE_VERSION,
        starts_at=micro.ended_at or now,
        stretch=before.stretch if before else 1,  # who asked for fewer keeps fewer
    )
    _ask_first(micro, follow_up, now)
    return follow_up


def _end_older(enrolments: Sequence[Enrolment], now: datetime, because: FollowUp.Ended, reason: str) -> None:
    older = FollowUp.objects.active().filter(enrolment__in=enrolments)
    Prompt.objects.open().filter(follow_up__in=older).update(status=Prompt.Status.CANCELLED, cancelled_because=reason)
    older.update(ended_at=now, ended_because=because)


def _ask_first(micro: MicroSession, follow_up: FollowUp, now: datetime, *, sequence: int = 1) -> None:
    """The first prompt; none for who works on no day, and not before a session that comes within a working day."""
    calendar = calendar_of(follow_up.learner)
    try:
        first = _first_time(micro.ended_at or now, now, calendar)
        at = pacing.clear_of(pacing.Meetings.of(follow_up), first.at, calendar)
    except NoWorkingDay:
        return
    FollowUp.objects.filter(pk=follow_up.pk).update(memory=Memory(due=at).to_json())
    _put(Prompt(follow_up=follow_up, sequence=sequence, question=_question(micro)), first, at).save()


def _put(prompt: Prompt, first: PromptTime, at: datetime) -> Prompt:
    prompt.due_at, prompt.late, prompt.not_before = at, first.late, min(first.not_before, at)
    return prompt


def _first_time(ended_at: datetime, now: datetime, calendar: WorkingCalendar) -> PromptTime:
    """3 to 24 h after the end; when closing took longer, the next working minute. Raises NoWorkingDay."""
    first = first_prompt(ended_at, calendar)
    return first if first.at >= now else PromptTime(_next_minute(now, calendar), True, first.not_before)


def _next_minute(now: datetime, calendar: WorkingCalendar) -> datetime:
    today = calendar.working_date(now)
    opens, last = sending_hours(today, calendar)
    if calendar.is_working_day(today) and now <= last:
        return max(opens, now)
    return prompt_on(calendar.next_working_day(today), calendar)


def _question(micro: MicroSession) -> str:
    first = micro.enrolment.pillar.questions.filter(retired=False).first()
    return first.text if first else _("Did a chance come?")
