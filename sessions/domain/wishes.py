"""What learners may want about their questions besides answering them: fewer, another plan, not now, none."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coachhub.errors import Invalid, NotAllowed, WrongState
from programs.models import Enrolment, Member
from sessions.domain import followups, pacing
from sessions.domain.prompts import PASSED, locked
from sessions.domain.spacing import Answer, NoWorkingDay, answer_deadline
from sessions.domain.spacing.times import prompt_on
from sessions.domain.texts import whole
from sessions.domain.working_time import calendar_of
from sessions.models import FollowUp, Prompt

PAUSE = timedelta(days=7)
MOST_STRETCH = 8
NO_MEETINGS = pacing.Meetings()
FOR_GOOD = (FollowUp.Ended.REPLACED, FollowUp.Ended.STOPPED, FollowUp.Ended.LEFT)
TOO_LATE = _("This can no longer be undone.")


class Wish(StrEnum):
    FEWER = "fewer"
    NEW_PLAN = "new_plan"
    SNOOZE = "snooze"
    PAUSE = "pause"
    STOP = "stop"
    START = "start"


class Sending(StrEnum):
    """What the profile says of all questions."""

    ON = "on"
    PAUSED = "paused"
    STOPPED = "stopped"


def grant(prompt: Prompt, *, by: Member, wish: str, seen: str = "") -> str:
    """Do what the learner of the prompt wants and return it; `seen` is the rate that the page showed.

    Raises NotAllowed, WrongState, Invalid for an unknown wish.
    """
    if wish == Wish.FEWER:
        ask_for_fewer(prompt, by=by, seen=whole(seen))
    elif wish in OF_THE_PROMPT:
        OF_THE_PROMPT[wish](prompt, by=by)
    elif wish in OF_THE_MEMBER:
        _check_own(by, prompt)
        OF_THE_MEMBER[wish](by=by)
    else:
        raise Invalid(_("There is no such wish."), field="do")
    return wish


@transaction.atomic
def ask_for_fewer(prompt: Prompt, *, by: Member, seen: int) -> FollowUp:
    """Half as many questions about this plan from now on; `seen` is the rate the page showed, so twice is once.

    Raises NotAllowed.
    """
    prompt = locked(prompt)
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
    prompt = locked(prompt)
    _check_own(by, prompt)
    follow_up = prompt.follow_up
    if follow_up.ended_at is None and not follow_up.wants_new_cue:
        follow_up.wants_new_cue = True
        follow_up.save(update_fields=["wants_new_cue"])
        follow_up.prompts.open().update(status=Prompt.Status.CANCELLED, cancelled_because=followups.NEW_PLAN)
    return follow_up


def is_granted(follow_up: FollowUp, wish: str, seen: int) -> bool:
    """Whether "fewer", asked for at the rate `seen`, or "new plan" holds and can be taken back."""
    if follow_up.ended_because in FOR_GOOD:
        return False
    return follow_up.stretch == seen * 2 if wish == Wish.FEWER else wish == Wish.NEW_PLAN and follow_up.wants_new_cue


@transaction.atomic
def take_back(prompt: Prompt, *, by: Member, wish: str, seen: int) -> FollowUp:
    """Undo "fewer" or "new plan": the questions come as they would have.

    `seen` is the rate before it. Raises NotAllowed, and WrongState where something else has happened since.
    """
    prompt = locked(prompt)
    _check_own(by, prompt)
    follow_up = prompt.follow_up
    if not is_granted(follow_up, wish, seen):
        raise WrongState(TOO_LATE)
    if wish == Wish.FEWER:
        follow_up.stretch = seen
        follow_up.save(update_fields=["stretch"])
        _replan(prompt)
    else:
        follow_up.wants_new_cue = False
        follow_up.save(update_fields=["wants_new_cue"])
        last = follow_up.prompts.last()
        back = last if last and last.cancelled_because == followups.NEW_PLAN else None
        if back:
            followups.bring_back(back)
        _replan(prompt)  # an answer may have been changed since
        if back:
            ask_anew_if_missed(back, follow_up.learner)
    return follow_up


@transaction.atomic
def snooze(prompt: Prompt, *, by: Member) -> Prompt:
    """Ask again on the next working day, or after a session that comes then. A second time on one day changes nothing.

    Raises NotAllowed, WrongState.
    """
    prompt = locked(prompt)
    _check_own(by, prompt)
    if prompt.status not in (Prompt.Status.PLANNED, Prompt.Status.ASKED):
        raise WrongState(PASSED)
    _put_off(prompt, _tomorrow(by, pacing.Meetings.of(prompt.follow_up)))
    return prompt


@transaction.atomic
def choose(*, by: Member, sending: str, until: date | None = None) -> Member:
    """The same from the profile. `by` is as stored; questions that come anyway are not started once more.

    `until` is the day on which they come again after a pause.
    """
    if sending == Sending.STOPPED:
        return stop(by=by)
    if sending == Sending.PAUSED:
        return pause(by=by, until=until)
    return start(by=by) if is_quiet(by) else by


def is_quiet(member: Member) -> bool:
    """Whether the member has stopped or paused the questions. Reads today's date in the active time zone."""
    paused = member.prompts_paused_until and member.prompts_paused_until > timezone.localdate()
    return bool(member.prompts_stopped_at or paused)


@transaction.atomic
def pause(*, by: Member, until: date | None = None) -> Member:
    """No questions before a day, or for a week; the open ones come back afterwards. It takes the place of a stop."""
    now = timezone.now()
    until = until or (now + PAUSE).astimezone(ZoneInfo(by.timezone)).date()
    Member.objects.filter(pk=by.pk).update(prompts_paused_until=until, prompts_stopped_at=None)
    _put_off_all(by, now)
    return Member.objects.get(pk=by.pk)


@transaction.atomic
def stop(*, by: Member) -> Member:
    """No questions until the member starts them again; the same again changes nothing."""
    running = Member.objects.filter(pk=by.pk, prompts_stopped_at=None)
    running.update(prompts_stopped_at=timezone.now(), prompts_paused_until=None)
    _put_off_all(by, timezone.now())
    return Member.objects.get(pk=by.pk)


@transaction.atomic
def start(*, by: Member) -> Member:
    """Questions come again: after a stop, a pause, or silence about the newest plan."""
    own = Member.objects.filter(pk=by.pk)
    if own.exclude(prompts_stopped_at=None).exists():
        _put_off_all(by, timezone.now())  # what was still open then would count as missed at once
    own.update(prompts_stopped_at=None, prompts_paused_until=None)
    list(Enrolment.objects.active().filter(learner=by).select_for_update(no_key=True).order_by("pk"))
    for follow_up in silenced(by):
        _ask_again(follow_up, by)
    return Member.objects.get(pk=by.pk)


def silenced(learner: Member) -> list[FollowUp]:
    """The newest plans that silence ended, while `start` would ask about them again. One query.

    For who works on no day all of them: `start` says why it cannot.
    """
    silent = FollowUp.objects.newest().filter(learner=learner, ended_because=FollowUp.Ended.SILENT)
    found = list(silent.filter(enrolment__ended_on=None).select_related("enrolment__program").order_by("pk"))
    try:
        at = _tomorrow(learner) if found else timezone.now()
    except WrongState:
        return found
    return [each for each in found if at <= pacing.until(each)]


def _check_own(by: Member, prompt: Prompt) -> None:
    if by.pk != prompt.follow_up.learner_id or not by.is_active:
        raise NotAllowed(_("Only the learner can do this."))


def _replan(prompt: Prompt) -> None:
    """Plan the next question anew, at the new rate, when the last one was answered."""
    last = prompt.follow_up.prompts.filter(status__in=pacing.COUNTED).last()
    if last and last.answered_at:
        pacing.go_on(locked(last), Answer(last.answer), last.answered_at)


def ask_anew_if_missed(prompt: Prompt, learner: Member) -> None:
    """A question that is open again, and would count as missed for a time in which nobody owed its answer: it had been
    taken back, or the learner has paused or stopped the questions since, which puts off what is open then.
    """
    if prompt.asked_at is None:
        return
    now = timezone.now()
    over = answer_deadline(prompt.asked_at, calendar_of(learner)) <= now
    if over or is_quiet(learner):
        _put_off(prompt, now)


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
    last, at = follow_up.prompts.last(), _tomorrow(learner)
    FollowUp.objects.filter(pk=follow_up.pk).update(ended_at=None, ended_because="")
    if last:
        values = {"sequence": last.sequence + 1, "question": last.question, "due_at": at}
        Prompt.objects.create(follow_up=follow_up, **values)


def _tomorrow(learner: Member, meetings: pacing.Meetings = NO_MEETINGS) -> datetime:
    """The prompt time of the next working day, clear of meetings. Raises WrongState for who works on no day."""
    calendar = calendar_of(learner)
    try:
        at = prompt_on(calendar.next_working_day(calendar.working_date(timezone.now())), calendar)
        return pacing.clear_of(meetings, at, calendar)
    except NoWorkingDay:
        raise WrongState(_("Choose at least one working day on your profile first.")) from None


OF_THE_PROMPT: dict[str, Callable[..., object]] = {Wish.NEW_PLAN: ask_for_new_plan, Wish.SNOOZE: snooze}
OF_THE_MEMBER: dict[str, Callable[..., object]] = {Wish.PAUSE: pause, Wish.STOP: stop, Wish.START: start}
