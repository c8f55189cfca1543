"""The improvement plan of a session: one row that coach and learner both write, in the learner's words."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coachhub.errors import Invalid, NotAllowed, Stale, WrongState
from coachhub.prepared import AnyOf, prepared
from programs.models import Enrolment, Member
from sessions.domain import followups, slots, told, who_plans
from sessions.domain.chances import Chances, chances_in
from sessions.domain.locks import locked
from sessions.domain.texts import fitting
from sessions.domain.times import FARTHEST
from sessions.models import HELD, ImprovementPlan, MicroSession, Prompt, Status
from sessions.models.plans import in_words

MOST_TOUCHPOINTS = 3
USUAL = timedelta(minutes=15)  # what a session is planned for unless somebody says otherwise
ANOTHER_DAY = timedelta(hours=12)


class Keep:
    """Leave the field as it is."""


KEEP: Final = Keep()


@dataclass(frozen=True)
class KnownPlan:
    """A plan that may steer what somebody does next: its words, its session and that session's two people."""

    pk: int
    cue: str
    will: str
    micro: int
    coach: int
    learner: int

    @property
    def sentence(self) -> str:
        return in_words(self.cue, self.will)

    def is_of(self, member: Member) -> bool:
        """Whether it is the member's own as coach or learner: how it went is for these two alone."""
        return member.pk in (self.coach, self.learner)


@dataclass(frozen=True)
class LastPlan:
    """The plan that held until now, how often it was applied, and the newest answer to its prompts.

    For who may not know how it went, `chances` is None. `told` is what this session's coach has noted of it in the
    running session, which the other two leave out, "" while the talk is to answer a question, None when it is not.
    """

    plan: KnownPlan
    chances: Chances | None
    answered: Prompt | None
    told: str | None = None


def plan_of(micro: MicroSession) -> ImprovementPlan | None:
    """The session's plan, if somebody has begun one."""
    return ImprovementPlan.objects.filter(micro=micro).first()


def known_of(enrolment: int, known: Q) -> KnownPlan | None:
    """The newest complete plan of the enrolment's sessions held, of those `known`: a filter on MicroSession by
    `micro__`. One query."""
    held = ImprovementPlan.objects.complete().filter(known, micro__enrolment=enrolment, micro__status__in=HELD)
    rows = held.order_by("-micro__ended_at", "-pk")[:1]
    shown = rows.values_list("pk", "cue", "will", "micro", "micro__coach", "micro__learner")
    return next((KnownPlan(*row) for row in shown), None)


def known_to_coach(member: Member, *, is_own: bool) -> Q:
    """Plans that may steer what a coach does next; who coaches the enrolment itself does not stand in there."""
    if is_own:
        return who_plans.past_known(member, [], "micro__")
    return who_plans.past_known_to(member, on=timezone.localdate(), path="micro__")


def last_before(micro: MicroSession, *, by: Member) -> LastPlan | None:
    """What the session goes on from; how that went only for the plan's own pair. Three queries at most."""
    is_own = by.pk == micro.enrolment.coach_id
    known = Q(micro__learner=by) if by.pk == micro.learner_id else known_to_coach(by, is_own=is_own)
    plan = known_of(micro.enrolment_id, known)
    if plan is None:
        return None
    if not plan.is_of(by):
        return LastPlan(plan, None, None)
    asked = list(Prompt.objects.visible_to(by).filter(follow_up__plan=plan.pk).select_related("follow_up"))
    talks = by.pk == micro.coach_id and micro.status == Status.RUNNING
    noted = told.noted_in(micro, by, asked) if talks else None
    answered = [each for each in asked if each.answered_at and each is not noted]
    return LastPlan(
        plan,
        chances_in(each.answer for each in answered),
        max(answered, key=lambda each: each.answered_at or each.due_at, default=None),
        noted.answer if noted else "" if talks and told.is_to_ask(micro, plan.pk, asked) else None,
    )


def check_can_write(by: Member, micro: MicroSession) -> None:
    """Both write it from the start on; once closed, until a later session has a plan. Raises NotAllowed, WrongState."""
    if by.pk not in (micro.coach_id, micro.learner_id) or not by.is_active:
        raise NotAllowed(_("Only coach and learner of this session can write its plan."))
    if micro.status not in (Status.RUNNING, *HELD):
        raise WrongState(_("This session has not taken place, so it has no plan yet."))
    later = ImprovementPlan.objects.complete().filter(
        micro__enrolment=micro.enrolment_id, micro__started_at__gt=micro.started_at
    )
    if micro.status == Status.CLOSED and later.exists():
        raise WrongState(_("A newer plan has taken this one’s place."))


@transaction.atomic
def write(
    micro: MicroSession,
    *,
    by: Member,
    version: int,
    cue: str | None = None,
    will: str | None = None,
    measure: str | None = None,
    next_touchpoint: datetime | Keep | None = KEEP,
) -> ImprovementPlan:
    """Save the fields given, leave the others. The same values again change nothing.

    `version` is the one the page was made with, 0 when there was no plan yet. A new plan starts with
    the success criterion as measure and the next usual slot as touchpoint. Raises NotAllowed,
    WrongState, Invalid, and Stale when the other one has saved since.
    """
    micro = locked(micro)
    check_can_write(by, micro)
    given: dict[str, Any] = {
        name: fitting(ImprovementPlan, name, text).rstrip(".")
        for name, text in (("cue", cue), ("will", will), ("measure", measure))
        if text is not None
    }
    if not isinstance(next_touchpoint, Keep):
        given["next_touchpoint"] = next_touchpoint
    plan = draft_of(micro)
    changed = {name: value for name, value in given.items() if getattr(plan, name) != value}
    if not changed:
        return plan
    _check_touchpoint(micro, changed.get("next_touchpoint"))
    if version != plan.version:
        raise Stale(theirs=plan.sentence, yours=_sentence(plan, changed))
    if micro.status == Status.CLOSED and not all(changed.get(name, True) for name in ("cue", "will")):
        raise Invalid(_("The session is closed: its plan can be changed, not emptied."), field="will")
    for name, value in changed.items():
        setattr(plan, name, value)
    plan.written_by, plan.version = by, plan.version + 1
    plan.save()
    followups.plan_was_rewritten(micro)
    return plan


def _check_touchpoint(micro: MicroSession, at: datetime | None) -> None:
    """Raises Invalid for a time before the session or more than a year ahead."""
    if at and not (micro.started_at or micro.scheduled_for) <= at <= timezone.now() + FARTHEST:
        raise Invalid(_("Choose one of the times."), field="next_touchpoint")


def draft_of(micro: MicroSession, times: Sequence[datetime] | None = None) -> ImprovementPlan:
    """The session's plan, or an unsaved one, version 0: the criterion as measure, the first of `touchpoints`."""
    return plan_of(micro) or _blank(micro, touchpoints(micro) if times is None else times)


def draft_and_last(
    micro: MicroSession, times: Sequence[datetime], *, by: Member
) -> tuple[ImprovementPlan, ImprovementPlan | None]:
    """`draft_of` for the coach of a session that has begun, and the plan of their one before. One query."""
    rows = _plans_until(micro.enrolment_id, by, micro.started_at)
    own = rows.pop(0) if rows and rows[0].micro_id == micro.pk else _blank(micro, times)
    return own, next((row for row in rows[:1] if row.cue and row.will), None)


@prepared
def _plans_until(enrolment: int, coach: Member, started_at: datetime | None) -> QuerySet[ImprovementPlan]:
    """The last two of sessions that the coach began until then, the last first."""
    until = ImprovementPlan.objects.filter(micro__enrolment=enrolment, micro__coach=coach)
    return until.filter(micro__started_at__lte=started_at).order_by("-micro__started_at")[:2]


def touchpoints(micro: MicroSession) -> list[datetime]:
    """When the two meet next, soonest first: sessions already planned, else the next usual slots. Two queries.

    A slot of this session's own day is none, nor is one at which either of them has another session.
    """
    now = timezone.now()
    rows = _planned_of([micro.coach_id, micro.learner_id], now)
    times = [at for enrolment, at, _minutes in rows if enrolment == micro.enrolment_id]
    if times:
        return times[:MOST_TOUCHPOINTS]
    taken = [(at, at + timedelta(minutes=minutes)) for _enrolment, at, minutes in rows]
    begun = micro.started_at or micro.scheduled_for
    return usual_slots(micro.enrolment, after=max(now, begun + ANOTHER_DAY), taken=taken)


@prepared
def _planned_of(members: list[int], now: datetime) -> QuerySet[MicroSession, tuple[int, datetime, int]]:
    """Enrolment, time and minutes of what is ahead of these, soonest first: each may coach and be coached."""
    theirs = MicroSession.objects.filter(Q(coach=AnyOf(members)) | Q(learner=AnyOf(members)))
    ahead = theirs.filter(status=Status.PLANNED, scheduled_for__gt=now).order_by("scheduled_for")
    return ahead.values_list("enrolment", "scheduled_for", "minutes_planned")


def usual_slots(
    enrolment: Enrolment, *, after: datetime, taken: Collection[tuple[datetime, datetime]] = ()
) -> list[datetime]:
    """The enrolment's next usual slots after an instant; none that a session would share with what is taken."""
    yesterday = after.date() - timedelta(days=1)  # wherever the slot's zone is: its local day is at most one off
    coming = slots.instants(enrolment.usual_slots.all(), first=yesterday, days=7 * MOST_TOUCHPOINTS + 2)
    free = (at for at in coming if not any(start < at + USUAL and at < end for start, end in taken))
    return [at for at in free if at > after][:MOST_TOUCHPOINTS]


def _blank(micro: MicroSession, times: Sequence[datetime]) -> ImprovementPlan:
    return ImprovementPlan(
        micro=micro,
        measure=micro.success_criterion,
        next_touchpoint=next(iter(times), None),
        version=0,
    )


def _sentence(plan: ImprovementPlan, changed: dict[str, Any]) -> str:
    wanted = {name: changed.get(name, getattr(plan, name)) for name in ("cue", "will", "measure")}
    return ImprovementPlan(**wanted).sentence
