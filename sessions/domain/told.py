"""What a learner says of the last plan while the two talk: the Goal step asks it, and the coach notes the answer.

A question that the talk has answered is not asked by mail. It was asked by nobody's message then, so `asked_at` stays
empty and "prompts answered" counts it neither as asked nor as answered. The learner's own answer always wins.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coachhub.errors import Invalid, NotAllowed, WrongState
from programs.models import Enrolment, Member
from sessions.domain import followups, pacing, policies, prompts
from sessions.domain.calendar import ONE_DAY
from sessions.domain.locks import locked
from sessions.domain.spacing import Answer, NoWorkingDay
from sessions.domain.spacing.times import prompt_on
from sessions.domain.working_time import calendar_of
from sessions.models import Delivery, FollowUp, MicroSession, Prompt, Status

OPEN = (Prompt.Status.PLANNED, Prompt.Status.ASKED)
NOTHING = _("Nothing is asked about the last plan.")
TOO_LATE = _("This can no longer be undone.")


def check_can_note(by: Member, micro: MicroSession) -> None:
    """Its coach, while it runs or waits for its close, for a day at most. Raises NotAllowed, WrongState."""
    policies.check_is_coach(by, micro)
    fresh = micro.started_at is not None and timezone.now() - micro.started_at < ONE_DAY
    if micro.status not in (Status.RUNNING, Status.CLOSING) or not fresh:
        raise WrongState(_("What they say is noted during the session."))


def noted_in(micro: MicroSession, by: Member, asked: Sequence[Prompt]) -> Prompt | None:
    """Of these questions the one whose answer the coach has noted in this session."""
    since = micro.started_at
    told = (each for each in asked if each.told_to_id == by.pk)
    return next((each for each in told if since and each.answered_at and each.answered_at >= since), None)


def is_to_ask(micro: MicroSession, plan: int, asked: Sequence[Prompt]) -> bool:
    """Whether the talk is to answer one of the plan's questions, or to give the first answer. One query at most."""
    follow_up = asked[0].follow_up if asked else FollowUp.objects.filter(plan=plan).first()
    if follow_up is None or follow_up.ended_at:
        return False
    return stands_alone(asked) or waiting_in(asked, micro.learner_id, timezone.now()) is not None


def waiting_in(asked: Sequence[Prompt], learner: int, now: datetime) -> Prompt | None:
    """Of a running follow-up's questions the open one, when the talk is to answer it.

    It is if it has been asked, if nothing was answered so far, or if it comes so soon that this session put it off
    (`pacing.clear_of`) and nothing was answered within a day. One query at most.
    """
    waiting = next((each for each in asked if each.status in OPEN), None)
    last = max((each.answered_at for each in asked if each.answered_at), default=None)
    if waiting is None or waiting.asked_at or last is None:
        return waiting
    return waiting if now - last >= ONE_DAY and _is_put_off(waiting, learner, now) else None


def stands_alone(asked: Sequence[Prompt]) -> bool:
    """Whether nothing of a running follow-up is open or answered: then what is said is the first that is known."""
    return not any(each.status in (*OPEN, Prompt.Status.ANSWERED) for each in asked)


def _is_put_off(waiting: Prompt, learner: int, now: datetime) -> bool:
    calendar = calendar_of(Member.objects.select_related("organization").get(pk=learner))
    try:
        return waiting.due_at <= prompt_on(calendar.next_working_day(calendar.working_date(now)), calendar)
    except NoWorkingDay:
        return False


@transaction.atomic
def note(micro: MicroSession, *, by: Member, answer: str) -> Prompt:
    """Keep what the learner says as the answer to the open question of the last plan; the memory moves as for any.

    Another answer in the same session takes the place of the one before, the same again changes nothing. Where no
    question is open and none was answered, the answer stands by itself. Raises NotAllowed, WrongState, Invalid.
    """
    micro = locked(micro)
    check_can_note(by, micro)
    if answer not in Prompt.Answer.values:
        raise Invalid(_("Choose one of the five answers."), field="answer")
    follow_up, asked = _questions(micro, by)
    now = timezone.now()
    prompt = noted_in(micro, by, asked)
    if prompt and prompt.answer == answer:
        return prompt
    prompt = prompts.locked(prompt or _to_answer(follow_up, asked, micro, now))
    if _stands_alone(prompt):
        prompt.due_at = now
    prompt.memory_before = prompt.memory_before or prompt.follow_up.memory
    prompt.status, prompt.answer, prompt.told_to = Prompt.Status.ANSWERED, answer, by
    prompt.answered_at = now  # from now on the learner has their 24 hours to put it right
    prompt.save(update_fields=["due_at", "memory_before", "status", "answer", "told_to", "answered_at"])
    pacing.go_on(prompt, Answer(answer), now)
    return prompt


@transaction.atomic
def take_out(micro: MicroSession, *, by: Member, answer: str = "") -> None:
    """Take what was noted in this session out again, as if nobody had said it: the question waits as before.

    With `answer` that one alone: another one, noted from another page, stays. Nothing noted, nothing changes.
    Raises NotAllowed, WrongState.
    """
    micro = locked(micro)
    check_can_note(by, micro)
    _follow_up, asked = _questions(micro, by)
    prompt = noted_in(micro, by, asked)
    if prompt and answer in ("", prompt.answer):
        _reopen(prompts.locked(prompt))


def _questions(micro: MicroSession, by: Member) -> tuple[FollowUp, list[Prompt]]:
    """The running follow-up of the enrolment, else the last one, and its questions, locked.

    Raises WrongState without one, and NotAllowed for another coach's plan: how that went is between those two.
    """
    Enrolment.objects.select_for_update(no_key=True).get(pk=micro.enrolment_id)
    begun = FollowUp.objects.filter(enrolment=micro.enrolment_id).select_related("plan__micro")
    follow_up = begun.order_by(F("ended_at").desc(nulls_first=True)).first()
    if follow_up is None or not follow_up.plan.is_complete or follow_up.plan.micro_id == micro.pk:
        raise WrongState(NOTHING)
    if follow_up.plan.micro.coach_id != by.pk:
        raise NotAllowed(_("How this plan went is between its own coach and the learner."))
    return follow_up, list(follow_up.prompts.select_for_update(of=("self",), no_key=True))


def _to_answer(follow_up: FollowUp, asked: Sequence[Prompt], micro: MicroSession, now: datetime) -> Prompt:
    """The open question, or a new one that is due with its answer. Raises WrongState."""
    if follow_up.ended_at is None:
        if waiting := waiting_in(asked, micro.learner_id, now):
            return waiting
        if stands_alone(asked):
            return followups.question_told(follow_up, micro, now)
    own = max((each for each in asked if each.answered_at), key=lambda each: each.sequence, default=None)
    if own is None:
        raise WrongState(NOTHING)
    said = {"learner": micro.learner, "answer": own.get_answer_display()}
    raise WrongState(_("%(learner)s has answered: “%(answer)s”") % said)


def _reopen(prompt: Prompt) -> None:
    """As it was before: asked, or planned and in no message, for its own was left out of the mail by now."""
    follow_up, at = prompt.follow_up, prompt.answered_at
    following = follow_up.prompts.filter(sequence__gt=prompt.sequence)
    stood_alone = _stands_alone(prompt)
    if following.exclude(asked_at=None).exists() or (follow_up.wants_new_cue and not stood_alone):
        raise WrongState(TOO_LATE)
    following.open().delete()  # never asked, so nothing of it is known to anybody
    follow_up.memory = prompt.memory_before
    if follow_up.ended_at == at:  # by this answer
        follow_up.ended_at, follow_up.ended_because, follow_up.wants_booster = None, "", False
    follow_up.save(update_fields=["memory", "ended_at", "ended_because", "wants_booster"])
    if stood_alone:
        prompt.delete()
        return
    prompt.status = Prompt.Status.ASKED if prompt.asked_at else Prompt.Status.PLANNED
    prompt.message = prompt.message if prompt.asked_at or _is_on_its_way(prompt) else None
    prompt.answer, prompt.answered_at, prompt.told_to, prompt.memory_before = "", None, None, None
    prompt.save(update_fields=["status", "message", "answer", "answered_at", "told_to", "memory_before"])


def _stands_alone(prompt: Prompt) -> bool:
    """Whether its answer was noted without a question that was open."""
    return prompt.answered_at is not None and prompt.due_at == prompt.answered_at


def _is_on_its_way(prompt: Prompt) -> bool:
    """Whether the mail that asks it is with the mail server: then that one asks it."""
    going = [Delivery.State.SENDING, Delivery.State.SENT]
    return Delivery.objects.filter(message=prompt.message_id, state__in=going).exists()
