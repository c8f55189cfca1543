"""Answers to prompts, and the learner's wishes about them. No answer is a score, and silence is none either."""

from datetime import datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coachhub.errors import Invalid, NotAllowed, WrongState
from programs.models import Enrolment, Member
from sessions.domain import followups, pacing
from sessions.domain.spacing import Answer, NoWorkingDay, answer_deadline
from sessions.domain.spacing.times import prompt_on
from sessions.domain.texts import fitting
from sessions.domain.working_time import calendar_of
from sessions.models import FollowUp, Prompt

CHANGE_WITHIN = timedelta(hours=24)
PAUSE = timedelta(days=7)
MOST_STRETCH = 8
GONE = {
    followups.REPLACED: _("A newer plan has taken the place of this one."),
    followups.NEW_PLAN: _("You asked for a new plan, so this one is no longer asked about."),
    followups.LEFT: _("This enrolment has ended, so its questions have too."),
}
PASSED = _("This question has passed. A newer one has been asked, or is on its way.")


class Wish(StrEnum):
    """What a learner may want besides answering."""

    FEWER = "fewer"
    NEW_PLAN = "new_plan"
    SNOOZE = "snooze"
    PAUSE = "pause"
    STOP = "stop"


def check_can_answer(by: Member, prompt: Prompt) -> None:
    """The learner, while it is the plan's newest question; an answer for 24 hours. Raises NotAllowed, WrongState."""
    if by.pk != prompt.follow_up.learner_id or not by.is_active:
        raise NotAllowed(_("Only the learner answers this."))
    if prompt.status == Prompt.Status.CANCELLED:
        raise WrongState(GONE.get(prompt.cancelled_because, PASSED))
    if prompt.answered_at and timezone.now() - prompt.answered_at > CHANGE_WITHIN:
        raise WrongState(_("An answer can be changed for 24 hours. Yours stays as it is."))
    if _has_passed(prompt) or (prompt.status == Prompt.Status.MISSED and not _may_come_back(prompt.follow_up)):
        raise WrongState(PASSED)


@transaction.atomic
def answer(prompt: Prompt, *, by: Member, answer: str, note: str = "") -> Prompt:
    """Keep the answer, move the memory and plan the next question; the same again changes nothing.

    Within 24 hours another answer takes its place, counted as if given at first. A late answer to a
    question that had counted as missed takes the silence's place. Raises NotAllowed, WrongState, Invalid.
    """
    prompt = _locked(prompt)
    check_can_answer(by, prompt)
    if answer not in Prompt.Answer.values:
        raise Invalid(_("Choose one of the five answers."), field="answer")
    note = fitting(Prompt, "note", note)
    if (prompt.answer, prompt.note) == (answer, note):
        return prompt
    is_new = prompt.answer != answer
    now = timezone.now()
    prompt.memory_before = prompt.memory_before or prompt.follow_up.memory
    prompt.status, prompt.answer, prompt.note = Prompt.Status.ANSWERED, answer, note
    prompt.answered_at, prompt.asked_at = prompt.answered_at or now, prompt.asked_at or now
    prompt.save()
    if is_new:
        pacing.go_on(prompt, Answer(answer), prompt.answered_at)
    return prompt


@transaction.atomic
def ask_for_fewer(prompt: Prompt, *, by: Member, seen: int) -> FollowUp:
    """Half as many questions about this plan from now on; `seen` is the rate the page showed, so twice is once.

    Raises NotAllowed.
    """
    prompt = _locked(prompt)
    _check_own(by, prompt)
    follow_up = prompt.follow_up
    if follow_up.stretch == seen and seen < MOST_STRETCH:
        follow_up.stretch = seen * 2
        follow_up.save(update_fields=["stretch"])
        _replan(prompt)
    return follow_up


@transaction.atomic
def ask_for_new_plan(prompt: Prompt, *, by: Member) -> FollowUp:
    """The coach sees that this plan does not fit; until there is a new one, nothing is asked. Raises NotAllowed."""
    prompt = _locked(prompt)
    _check_own(by, prompt)
    follow_up = prompt.follow_up
    if follow_up.ended_at is None and not follow_up.wants_new_cue:
        follow_up.wants_new_cue = True
        follow_up.save(update_fields=["wants_new_cue"])
        follow_up.prompts.open().update(status=Prompt.Status.CANCELLED, cancelled_because=followups.NEW_PLAN)
    return follow_up


@transaction.atomic
def snooze(prompt: Prompt, *, by: Member) -> Prompt:
    """Ask again on the next working day. A second time on one day changes nothing. Raises NotAllowed, WrongState."""
    prompt = _locked(prompt)
    _check_own(by, prompt)
    if prompt.status not in (Prompt.Status.PLANNED, Prompt.Status.ASKED):
        raise WrongState(PASSED)
    _put_off(prompt, _tomorrow(by))
    return prompt


@transaction.atomic
def pause(*, by: Member) -> Member:
    """No questions for a week; the open ones come back afterwards."""
    now = timezone.now()
    until = (now + PAUSE).astimezone(ZoneInfo(by.timezone)).date()
    Member.objects.filter(pk=by.pk).update(prompts_paused_until=until)
    _put_off_all(by, now)
    return Member.objects.get(pk=by.pk)


@transaction.atomic
def stop(*, by: Member) -> Member:
    """No questions until the member starts them again; the same again changes nothing."""
    Member.objects.filter(pk=by.pk, prompts_stopped_at=None).update(prompts_stopped_at=timezone.now())
    _put_off_all(by, timezone.now())
    return Member.objects.get(pk=by.pk)


@transaction.atomic
def start(*, by: Member) -> Member:
    """Questions come again: after a stop, a pause, or silence about the newest plan."""
    Member.objects.filter(pk=by.pk).update(prompts_stopped_at=None, prompts_paused_until=None)
    for enrolment in Enrolment.objects.active().filter(learner=by).select_for_update(no_key=True):
        newest = FollowUp.objects.filter(enrolment=enrolment).order_by("-starts_at").first()
        if newest and newest.ended_because == FollowUp.Ended.SILENT:
            _ask_again(newest, by)
    return Member.objects.get(pk=by.pk)


def close_unanswered(now: datetime | None = None) -> int:
    """Count what nobody answered within 72 working hours as missed, and plan what follows; returns how many."""
    now = now or timezone.now()
    early = now - timedelta(days=3)  # three working days are no fewer days
    waiting = Prompt.objects.filter(status=Prompt.Status.ASKED, asked_at__lte=early)
    rows = waiting.select_related("follow_up__learner__organization").order_by("pk")
    return sum(_miss(prompt, now) for prompt in rows.iterator(chunk_size=500))


def _miss(prompt: Prompt, now: datetime) -> bool:
    learner = prompt.follow_up.learner
    if prompt.asked_at is None or answer_deadline(prompt.asked_at, calendar_of(learner)) > now:
        return False
    with transaction.atomic():
        prompt = _locked(prompt)
        if prompt.status != Prompt.Status.ASKED:
            return False
        prompt.status = Prompt.Status.MISSED
        prompt.save(update_fields=["status"])
        pacing.go_on(prompt, None, now)
    return True


def _locked(prompt: Prompt) -> Prompt:
    """The fresh row with what pacing reads. The enrolment's row is the lock of all that happens to its prompts."""
    Enrolment.objects.select_for_update(no_key=True).get(follow_ups__prompts=prompt.pk)
    related = ("follow_up__learner__organization", "follow_up__enrolment__program", "follow_up__enrolment__pillar")
    return Prompt.objects.select_related(*related).get(pk=prompt.pk)


def _check_own(by: Member, prompt: Prompt) -> None:
    if by.pk != prompt.follow_up.learner_id or not by.is_active:
        raise NotAllowed(_("Only the learner can do this."))


def _has_passed(prompt: Prompt) -> bool:
    """A later question has been asked, or for an answer: has been answered or missed. An unseen one gives way."""
    later = prompt.follow_up.prompts.filter(sequence__gt=prompt.sequence)
    if prompt.answered_at:
        return later.filter(status__in=pacing.COUNTED).exists()
    return later.exclude(asked_at=None).exists()


def _may_come_back(follow_up: FollowUp) -> bool:
    return follow_up.ended_at is None or follow_up.ended_because in pacing.REVIVABLE


def _replan(prompt: Prompt) -> None:
    """Plan the next question anew, at the new rate, when the last one was answered."""
    last = prompt.follow_up.prompts.filter(status__in=pacing.COUNTED).last()
    if last and last.answered_at:
        pacing.go_on(_locked(last), Answer(last.answer), last.answered_at)


def _put_off(prompt: Prompt, at: datetime) -> None:
    """As if it had not been asked: it comes again, and nobody waits for its answer meanwhile."""
    prompt.status, prompt.asked_at, prompt.message = Prompt.Status.PLANNED, None, None
    prompt.due_at = max(prompt.due_at, at)
    prompt.save(update_fields=["status", "asked_at", "message", "due_at"])


def _put_off_all(member: Member, now: datetime) -> None:
    asked = Prompt.objects.filter(follow_up__learner=member, status=Prompt.Status.ASKED)
    asked.update(status=Prompt.Status.PLANNED, asked_at=None, message=None, due_at=now)


def _ask_again(follow_up: FollowUp, learner: Member) -> None:
    """One more question about a plan that silence had ended."""
    last = follow_up.prompts.last()
    FollowUp.objects.filter(pk=follow_up.pk).update(ended_at=None, ended_because="")
    if last:
        values = {"sequence": last.sequence + 1, "question": last.question, "due_at": _tomorrow(learner)}
        Prompt.objects.create(follow_up=follow_up, **values)


def _tomorrow(learner: Member) -> datetime:
    """The prompt time of the next working day. Raises WrongState for who works on no day."""
    calendar = calendar_of(learner)
    try:
        return prompt_on(calendar.next_working_day(calendar.working_date(timezone.now())), calendar)
    except NoWorkingDay:
        raise WrongState(_("Choose at least one working day on your profile first.")) from None
