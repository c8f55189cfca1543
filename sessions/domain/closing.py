"""Closing: what the record still needs, and what follows once it has it."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Protocol

from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from coachhub.errors import DomainError, WrongState
from coachhub.prepared import AnyOf, prepared
from programs.models import Member
from sessions.domain import followups, policies, ratings
from sessions.domain.locks import locked
from sessions.models import FollowUp, MicroSession, Rating, RatingRole, Score, Status

FALL_BACK_AFTER = timedelta(hours=20)
FALL_BACK_WITHIN = timedelta(days=7)  # later a question about that session helps nobody


class Missing(models.TextChoices):
    RATING = "rating", _("your rating")
    KEEP = "keep", _("Keep")
    CHANGE = "change", _("Change")
    PLAN = "plan", _("the plan")


class CannotClose(DomainError):
    """Something is still missing; `missing` names it."""

    code = "missing"

    def __init__(self, missing: Sequence[Missing]) -> None:
        super().__init__(format_lazy("{} {}.", _("Still missing:"), in_words(missing)))
        self.missing = list(missing)


def in_words(missing: Iterable[Missing]) -> str | Promise:
    """ "Keep, the plan" """
    return ", ".join(str(each.label) for each in missing)


class Focused(Protocol):
    """A session, whole or at a glimpse."""

    @property
    def pk(self) -> int: ...
    @property
    def focus_id(self) -> int: ...


def missing(micro: Focused) -> list[Missing]:
    """What this session needs before it can be closed. Two queries."""
    return missing_in([micro])[micro.pk]


def missing_in(micros: Iterable[Focused]) -> dict[int, list[Missing]]:
    """The same for a list, by session. Two queries."""
    focus = {micro.pk: micro.focus_id for micro in micros}
    there = {(pk, Missing.RATING) for pk, behaviour in _rated(list(focus)) if behaviour == focus[pk]}
    for pk, cue, will, kind, line in _written(list(focus)):
        there |= {(pk, Missing.PLAN)} if cue and will else set()
        there |= {(pk, Missing(kind))} if line else set()
    return {pk: [each for each in Missing if (pk, each) not in there] for pk in focus}


@prepared
def _rated(micros: list[int]) -> QuerySet[Score, tuple[int, int]]:
    """Session and behaviour of each score of the coach."""
    scores = Score.objects.filter(rating__micro=AnyOf(micros), rating__role=RatingRole.COACH)
    return scores.values_list("rating__micro", "criterion__behaviour")


@prepared
def _written(micros: list[int]) -> QuerySet[MicroSession, tuple[Any, ...]]:
    return MicroSession.objects.filter(pk=AnyOf(micros)).values_list(
        *("pk", "improvement_plan__cue", "improvement_plan__will", "feedback__kind", "feedback__line")
    )


@transaction.atomic
def close(micro: MicroSession, *, by: Member) -> MicroSession:
    """Close the record, hand in the coach's rating if that was forgotten, and plan the first prompt.

    A second time changes nothing. Raises NotAllowed, WrongState, CannotClose.
    """
    micro = locked(micro)
    policies.check_is_coach(by, micro)
    if micro.status == Status.CLOSED:
        return micro
    if micro.status != Status.CLOSING:
        raise WrongState(_("This session has not ended yet."))
    if gaps := missing(micro):
        raise CannotClose(gaps)
    ratings.submit(micro, by=by)
    return _close(micro)


@transaction.atomic
def close_if_ready(micro: MicroSession) -> MicroSession:
    """Close it when the learner has just added what was missing and the coach has handed in the rating."""
    micro = locked(micro)
    handed_in = Rating.objects.filter(micro=micro, role=RatingRole.COACH, submitted_at__isnull=False)
    if micro.status != Status.CLOSING or not handed_in.exists() or missing(micro):
        return micro
    return _close(micro)


def overdue(now: datetime) -> list[MicroSession]:
    """Ended 20 h ago and more, still not closed, and nothing asks the learner yet."""
    waiting = MicroSession.objects.filter(
        status=Status.CLOSING, ended_at__lte=now - FALL_BACK_AFTER, ended_at__gt=now - FALL_BACK_WITHIN
    )
    silent = waiting.filter(improvement_plan__follow_up=None, enrolment__ended_on=None)
    later = FollowUp.objects.filter(enrolment=OuterRef("enrolment"), plan__micro__started_at__gt=OuterRef("started_at"))
    return list(
        silent.exclude(Exists(later))
        .select_related("coach", "learner__organization", "enrolment__pillar")
        .order_by("ended_at")
    )


def fall_back(now: datetime) -> int:
    """Begin the follow-up of every overdue session with its focus; returns how many. May run twice."""
    return sum(followups.plan_fallback(micro, now=now) is not None for micro in overdue(now))


def _close(micro: MicroSession) -> MicroSession:
    """The row is locked."""
    moved = MicroSession.objects.filter(pk=micro.pk, status=Status.CLOSING)
    moved.update(status=Status.CLOSED, closed_at=timezone.now(), version=F("version") + 1)
    micro = locked(micro)
    followups.plan_first(micro)
    return micro
