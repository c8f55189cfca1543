"""What the coach answers to a reflection: thanks, use this, talk about it next time, or words."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coachhub.errors import Invalid, WrongState
from programs.models import Member
from sessions.domain import policies, who_plans
from sessions.domain.texts import fitting
from sessions.models import MicroSession, Reflection, Reply, Status

TAKE_BACK_WITHIN = timedelta(minutes=10)


def check_can_answer(by: Member, reflection: Reflection) -> None:
    """The session's coach, once the reflection is saved and both views are open. Raises NotAllowed, WrongState."""
    policies.check_is_coach(by, reflection.micro)
    if reflection.saved_at is None or not reflection.micro.is_revealed:
        raise WrongState(_("This reflection is not there to read yet."))


def check_meets_again(by: Member, micro: MicroSession) -> None:
    """Whether there can be a "next time" of the two in this enrolment. Raises NotAllowed, WrongState."""
    who_plans.check_can_plan_from(by, micro.enrolment, timezone.localdate())


@transaction.atomic
def reply(reflection: Reflection, *, by: Member, kind: str, text: str = "") -> Reply:
    """Answer it and mark it read; the same answer again changes nothing.

    "Talk about it next time" waits in the enrolment's next planned session, for who still plans one. Raises NotAllowed,
    WrongState, Invalid.
    """
    reflection = _locked(reflection)
    check_can_answer(by, reflection)
    if kind not in Reply.Kind.values:
        raise Invalid(_("Choose one of the answers."), field="kind")
    words = fitting(Reply, "text", text) if kind == Reply.Kind.WORDS else ""
    if kind == Reply.Kind.WORDS and not words:
        raise Invalid(_("Write a word or two, or choose “Thanks”."), field="text")
    next_micro = None
    if kind == Reply.Kind.NEXT_TIME:
        check_meets_again(by, reflection.micro)
        next_micro = _next_planned(reflection.micro)
    answer, _made = Reply.objects.get_or_create(
        reflection=reflection, kind=kind, text=words, defaults={"coach": by, "taken_up_in": next_micro}
    )
    _mark(reflection)
    return answer


@transaction.atomic
def mark_read(reflection: Reflection, *, by: Member) -> Reflection:
    """Put it aside without an answer. Raises NotAllowed, WrongState."""
    reflection = _locked(reflection)
    check_can_answer(by, reflection)
    _mark(reflection)
    return reflection


def check_can_take_back(by: Member, answer: Reply) -> None:
    """For 10 minutes, until the learner has seen it. Raises NotAllowed, WrongState."""
    policies.check_is_coach(by, answer.reflection.micro)
    if answer.seen_at or timezone.now() - answer.created_at > TAKE_BACK_WITHIN:
        raise WrongState(_("This answer has been there too long to be taken back."))


@transaction.atomic
def take_back(answer: Reply, *, by: Member) -> Reflection:
    """Remove an answer given by mistake; the reflection is unread again if it was the only one.

    A second time changes nothing. Raises NotAllowed, WrongState, also where the learner has just read it.
    """
    reflection = _locked(answer.reflection)
    now = Reply.objects.select_for_update(no_key=True).filter(pk=answer.pk).first()
    if now is None:
        return reflection
    check_can_take_back(by, now)
    now.delete()
    if not reflection.replies.exists():
        reflection.read_at = None
        reflection.save(update_fields=["read_at"])
    return reflection


def _locked(reflection: Reflection) -> Reflection:
    rows = Reflection.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("micro__learner").get(pk=reflection.pk)


def _mark(reflection: Reflection) -> None:
    if reflection.read_at is None:
        reflection.read_at = timezone.now()
        reflection.save(update_fields=["read_at"])


def _next_planned(micro: MicroSession) -> MicroSession | None:
    planned = MicroSession.objects.filter(enrolment=micro.enrolment_id, status=Status.PLANNED, coach=micro.coach_id)
    return planned.filter(scheduled_for__gt=timezone.now()).order_by("scheduled_for").first()
