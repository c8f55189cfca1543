"""Answers to prompts, and the learner's wishes about them. No answer is a score, and silence is none either."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coachhub.errors import Invalid, NotAllowed, WrongState
from programs.models import Enrolment, Member
from sessions.domain import followups, pacing
from sessions.domain.spacing import Answer, answer_deadline
from sessions.domain.texts import fitting
from sessions.domain.working_time import calendar_of
from sessions.models import FollowUp, Prompt

CHANGE_WITHIN = timedelta(hours=24)
TOO_LATE = "too_late"  # why a question was cancelled: it could not be asked in its time
OVER = "over"  # and neither was there time left for another one
GONE = {
    followups.REPLACED: _("A newer plan has taken the place of this one."),
    followups.NEW_PLAN: _("You asked for a new plan, so this one is no longer asked about."),
    followups.LEFT: _("This enrolment has ended, so its questions have too."),
    OVER: _("The time for questions about this plan is over."),
}
PASSED = _("This question has passed. A newer one has been asked, or is on its way.")


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
    question that had counted as missed takes the silence's place, and the learner's own that of one that their coach
    noted in a talk: such a question was never sent. Raises NotAllowed, WrongState, Invalid.
    """
    prompt = locked(prompt)
    check_can_answer(by, prompt)
    if answer not in Prompt.Answer.values:
        raise Invalid(_("Choose one of the five answers."), field="answer")
    note = fitting(Prompt, "note", note)
    if (prompt.answer, prompt.note, prompt.told_to_id) == (answer, note, None):
        return prompt
    is_new = prompt.answer != answer
    now = timezone.now()
    prompt.memory_before = prompt.memory_before or prompt.follow_up.memory
    prompt.status, prompt.answer, prompt.note = Prompt.Status.ANSWERED, answer, note
    prompt.asked_at = prompt.asked_at or (None if prompt.answered_at else now)  # what a talk answered was never asked
    prompt.answered_at, prompt.told_to = prompt.answered_at or now, None
    prompt.save()
    if is_new:
        pacing.go_on(prompt, Answer(answer), prompt.answered_at)
    return prompt


def close_unanswered(now: datetime | None = None) -> int:
    """Count what nobody answered within 72 working hours as missed, and plan what follows; returns how many."""
    now = now or timezone.now()
    early = now - timedelta(days=3)  # three working days are no fewer days
    waiting = Prompt.objects.filter(status=Prompt.Status.ASKED, asked_at__lte=early)
    waiting = waiting.filter(follow_up__learner__prompts_stopped_at=None)  # who stopped them owes no answer
    rows = waiting.select_related("follow_up__learner__organization").order_by("pk")
    return sum(_miss(prompt, now) for prompt in rows.iterator(chunk_size=500))


def _miss(prompt: Prompt, now: datetime) -> bool:
    learner = prompt.follow_up.learner
    calendar = calendar_of(learner)
    if prompt.asked_at is None or answer_deadline(prompt.asked_at, calendar) > now:
        return False
    if learner.prompts_paused_until and learner.prompts_paused_until > calendar.local_date(now):
        return False  # nor does who paused them
    with transaction.atomic():
        prompt = locked(prompt)
        if prompt.status != Prompt.Status.ASKED:
            return False
        prompt.status, prompt.missed_at = Prompt.Status.MISSED, now
        prompt.save(update_fields=["status", "missed_at"])
        pacing.go_on(prompt, None, now)
    return True


def lapse(prompt: Prompt, now: datetime) -> bool:
    """Cancel a question that could not be asked in its time, and plan the next one; whether it was still to be asked.

    Past the horizon of its plan there is no next one. Raises NoWorkingDay.
    """
    with transaction.atomic():
        prompt = locked(prompt)
        follow_up = prompt.follow_up
        waits = prompt.status == Prompt.Status.PLANNED and prompt.message_id is None and follow_up.ended_at is None
        if not waits or not pacing.has_lapsed(prompt, follow_up.learner, now):
            return False
        prompt.status = Prompt.Status.CANCELLED
        prompt.cancelled_because = OVER if now > pacing.until(follow_up) else TOO_LATE
        prompt.save(update_fields=["status", "cancelled_because"])
        pacing.ask_anew(prompt, now)
    return True


def locked(prompt: Prompt) -> Prompt:
    """The fresh row with what pacing reads. The enrolment's row is the lock of all that happens to its prompts."""
    Enrolment.objects.select_for_update(no_key=True).get(follow_ups__prompts=prompt.pk)
    enrolment = "follow_up__enrolment"
    related = (f"{enrolment}__program", f"{enrolment}__pillar", "follow_up__learner__organization", "follow_up__plan")
    return Prompt.objects.select_related(*related).get(pk=prompt.pk)


def _has_passed(prompt: Prompt) -> bool:
    """A later question was asked or told, or for an answer: was answered or missed. An unseen one gives way."""
    later = prompt.follow_up.prompts.filter(sequence__gt=prompt.sequence)
    if prompt.answered_at:
        return later.filter(status__in=pacing.COUNTED).exists()
    return later.exclude(asked_at=None, answered_at=None).exists()


def _may_come_back(follow_up: FollowUp) -> bool:
    return follow_up.ended_at is None or follow_up.ended_because in pacing.REVIVABLE
