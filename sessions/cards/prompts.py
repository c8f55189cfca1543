"""Questions on Today: the learner's open one with its five answers; the coach's plans that ask for a talk."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from coachhub.prepared import AnyOf, prepared
from programs.access import Role
from programs.cards import Action, Card, Urgency
from programs.models import Member
from sessions.domain import wishes
from sessions.domain.coach_day import CoachDay
from sessions.domain.prompts import CHANGE_WITHIN
from sessions.domain.questions import in_one_line
from sessions.models import FollowUp, Prompt
from sessions.models.plans import in_words

RECENT = timedelta(days=30)
COLUMNS = (
    *("pk", "question", "due_at", "follow_up__plan__cue", "follow_up__plan__will"),
    *("follow_up__plan__micro__focus_criterion__name", "answer", "answered_at", "told_to__name"),
)


WANTED = (
    *("enrolment", "starts_at", "ended_at", "wants_new_cue", "plan__cue", "plan__will", "plan__micro__coach"),
    "enrolment__shares_past_with_new_coach",
)


class Row(NamedTuple):
    """COLUMNS of one question."""

    pk: int
    text: str
    due_at: datetime
    cue: str
    will: str
    focus: str
    answer: str
    answered_at: datetime | None
    told_to: str | None


class Wanted(NamedTuple):
    """WANTED of one follow-up."""

    enrolment: int
    starts_at: datetime
    ended_at: datetime | None
    wants_new_cue: bool
    cue: str
    will: str
    coach: int
    past_came_along: bool


def learner_prompt_cards(member: Member) -> list[Card]:
    """What a coach noted in a talk, and the open questions, the oldest first, or why there are none.

    Two queries at most.
    """
    now = timezone.now()
    shown = Q(told_to__isnull=False, answered_at__gt=now - CHANGE_WITHIN)
    if not member.prompts_stopped_at:
        shown |= _waiting(member, now)
    own = Prompt.objects.of_learner(member).filter(shown).order_by("due_at")
    rows = [Row(*row) for row in own.values_list(*COLUMNS)]
    told = _told([row for row in rows if row.told_to])
    open_ones = [row for row in rows if not row.told_to]
    if open_ones:
        return [_question(open_ones[0], count=len(open_ones)), *told]
    return [*_stopped_cards(member, now), *told]


def _waiting(member: Member, now: datetime) -> Q:
    """What is open; in a pause what had been asked before it."""
    waiting = Q(status=Prompt.Status.ASKED)
    if not wishes.is_quiet(member):
        waiting |= Q(status=Prompt.Status.PLANNED, due_at__lte=now)
    return waiting & Q(follow_up__ended_at=None)


def _stopped_cards(member: Member, now: datetime) -> list[Card]:
    """That no questions come any more, and why. One query at most."""
    if member.prompts_stopped_at:
        return [_stopped(_("No questions about your plans come any more."))]
    if any(each.ended_at and each.ended_at > now - RECENT for each in wishes.silenced(member)):
        return [_stopped(_("Five questions had no answer, so we stopped asking."))]
    return []


def coach_prompt_cards(member: Member, day: CoachDay) -> list[Card]:
    """Learners who would like another plan, or whom a short session helps more than another question, whoever held the
    session that it came from. Where one is planned already, the card only tells. One query, or none.
    """
    coached = {each.pk: each for each in day.enrolments}
    rows = [Wanted(*row) for row in _wanted(list(coached))] if coached else []
    found = [row for row in rows if coached[row.enrolment].since <= row.starts_at]  # no later one was held
    to_plan = [row for row in found if not coached[row.enrolment].has_next]
    if not found:
        return []
    first, count = (to_plan or found)[0], len(to_plan or found)
    about = coached[first.enrolment]
    knows = first.coach == member.pk or about.until or first.past_came_along
    line = _("A short session would help more than a question") if knows else _("A short session would help now")
    lines = [_("Would like another plan") if first.wants_new_cue else line]
    actions = [Action(_("Plan a session"), reverse("coach:micro-plan", args=[first.enrolment]))]
    return [
        Card(
            kind="plan-wanted",
            urgency=Urgency.WAITING if to_plan else Urgency.KNOW,
            role=Role.COACH.label,
            title=about.learner,
            lines=tuple(lines if to_plan else [*lines, _("Talk about it in the next session.")]),
            quote=in_words(first.cue, first.will) if knows else "",
            since=first.ended_at or first.starts_at,
            person=about.learner,
            count=count,
            actions=tuple(actions if to_plan else []),
            to_do=bool(to_plan),
        )
    ]


@prepared
def _wanted(enrolments: list[int]) -> QuerySet[FollowUp, tuple[Any, ...]]:
    """Of the newest plans of these enrolments those that ask for a talk, the oldest first."""
    wanted = Q(wants_new_cue=True, ended_at=None) | Q(wants_booster=True, ended_because=FollowUp.Ended.BOOSTER)
    rows = FollowUp.objects.newest().filter(wanted, enrolment=AnyOf(enrolments))
    return rows.order_by("starts_at", "pk").values_list(*WANTED)


def _question(row: Row, *, count: int) -> Card:
    page = reverse("learn:prompt-answer", args=[row.pk])
    return Card(
        kind="prompt",
        urgency=Urgency.TODAY,
        role=Role.LEARNER.label,
        title=row.text,
        quote=in_one_line(row.cue, row.will) or row.focus,
        since=row.due_at,
        count=count,
        choices=tuple(Action(label, f"{page}?a={value}") for value, label in Prompt.Answer.choices),
    )


def _told(rows: list[Row]) -> list[Card]:
    """Answers that a coach noted in a talk: whose they are, is told of them and can put each right."""
    labels = [_("Not right? Change it"), *(_noted(row) for row in rows[1:])]
    pages = [reverse("learn:prompt-answer", args=[row.pk]) for row in rows]
    return [
        Card(
            kind="told-for-me",
            urgency=Urgency.KNOW,
            role=Role.LEARNER.label,
            title=_noted(row),
            quote=in_one_line(row.cue, row.will) or row.focus,
            when=row.answered_at,
            since=row.answered_at,
            person=row.told_to or "",
            count=len(rows),
            actions=tuple(Action(label, page) for label, page in zip(labels, pages, strict=False)),
            to_do=False,
        )
        for row in rows[:1]
    ]


def _noted(row: Row) -> str:
    words = {"coach": row.told_to, "answer": Prompt.Answer(row.answer).label}
    return _("%(coach)s noted your answer: “%(answer)s”") % words


def _stopped(line: str) -> Card:
    return Card(
        kind="prompts-stopped",
        urgency=Urgency.KNOW,
        role=Role.LEARNER.label,
        title=_("Questions about your plans"),
        lines=(line,),
        actions=(Action(_("Start them again"), reverse("learn:prompts-start"), post=True),),
        to_do=False,
    )
