"""Starting the follow-up of an improvement plan: one FSRS card and its first prompt (SCIENCE.md section 1)."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from programs.models import Enrolment, Member
from sessions.domain.spacing import RULE_VERSION, Memory, NoWorkingDay, PromptTime, WorkingCalendar, first_prompt
from sessions.domain.spacing.times import prompt_on, sending_hours
from sessions.domain.working_time import calendar_of
from sessions.models import FollowUp, ImprovementPlan, MicroSession, Prompt

REPLACED = "replaced"  # why a prompt was cancelled


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
        last.status = Prompt.Status.ASKED if last.asked_at else Prompt.Status.PLANNED
        last.cancelled_because = ""
        last.save(update_fields=["status", "cancelled_because"])


def _begin(micro: MicroSession, plan: ImprovementPlan, now: datetime) -> FollowUp | None:
    enrolment = Enrolment.objects.select_for_update(no_key=True).get(pk=micro.enrolment_id)
    if existing := FollowUp.objects.filter(plan=plan).first():
        return existing
    later = FollowUp.objects.filter(enrolment=enrolment, plan__micro__started_at__gt=micro.started_at)
    if enrolment.ended_on is not None or later.exists():
        return None
    _replace_older(enrolment, now)
    first = _first_time(micro.learner, micro.ended_at or now, now)
    follow_up = FollowUp.objects.create(
        organization_id=micro.organization_id,
        plan=plan,
        enrolment=enrolment,
        learner=micro.learner,
        memory=Memory(due=first.at if first else now).to_json(),
        rule_version=RULE_VERSION,
        starts_at=micro.ended_at or now,
    )
    if first is not None:
        question = _question(micro)
        Prompt.objects.create(follow_up=follow_up, sequence=1, question=question, due_at=first.at, late=first.late)
    return follow_up


def _replace_older(enrolment: Enrolment, now: datetime) -> None:
    older = FollowUp.objects.active().filter(enrolment=enrolment)
    Prompt.objects.open().filter(follow_up__in=older).update(status=Prompt.Status.CANCELLED, cancelled_because=REPLACED)
    older.update(ended_at=now, ended_because=FollowUp.Ended.REPLACED)


def _first_time(learner: Member, ended_at: datetime, now: datetime) -> PromptTime | None:
    """3 to 24 h after the end; when closing took longer, the learner's next working minute. None without workdays."""
    calendar = calendar_of(learner)
    try:
        first = first_prompt(ended_at, calendar)
        return first if first.at >= now else PromptTime(_next_minute(now, calendar), True, first.not_before)
    except NoWorkingDay:
        return None


def _next_minute(now: datetime, calendar: WorkingCalendar) -> datetime:
    today = calendar.working_date(now)
    opens, last = sending_hours(today, calendar)
    if calendar.is_working_day(today) and now <= last:
        return max(opens, now)
    return prompt_on(calendar.next_working_day(today), calendar)


def _question(micro: MicroSession) -> str:
    first = micro.enrolment.pillar.questions.filter(retired=False).first()
    return first.text if first else _("Did a chance come?")
