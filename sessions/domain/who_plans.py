"""Who may plan when: the coach of the enrolment, and a substitute on the days for which one is named."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from coachhub.errors import NotAllowed, WrongState
from programs.models import Enrolment, Member, Substitute
from sessions.domain import policies

type Enrolments = Iterable[int] | QuerySet[Substitute, Any]
"""Primary keys, known or to be selected."""


def plannable(member: Member, *, first: date, last: date) -> list[Enrolment]:
    """Running enrolments of active learners for which the member may plan on some day of a span.

    With all that a proposal needs, at a constant number of queries.
    """
    return loaded(plannable_rows(member, first=first, last=last))


def plannable_rows(member: Member, *, first: date, last: date) -> QuerySet[Enrolment]:
    """The same as a queryset, with nothing loaded beside them."""
    return running(member, _named(member, first=first, last=last).values("enrolment"))


def running(member: Member, stood_in: Enrolments) -> QuerySet[Enrolment]:
    """Running enrolments of active learners: those the member coaches, and those for which they stand in."""
    ours = Q(coach=member) | Q(pk__in=stood_in)
    return Enrolment.objects.filter(ours, learner__deactivated_at=None, ended_on=None)


def standing_in(member: Member, *, on: date) -> dict[int, date]:
    """Enrolments for which the member is named as substitute on that day, each with the last day of it. One query."""
    named = _named(member, first=on, last=on).order_by("ends_on")
    return dict(named.values_list("enrolment", "ends_on"))


def last_day(member: Member, *, on: date) -> Subquery:
    """Of an enrolment the last day for which the member is named as substitute on that day, or None."""
    named = _named(member, first=on, last=on).filter(enrolment=OuterRef("pk"))
    return Subquery(named.order_by("-ends_on").values("ends_on")[:1])


def loaded(enrolments: QuerySet[Enrolment]) -> list[Enrolment]:
    """With all that a proposal needs. Three queries."""
    rows = enrolments.select_related("learner__organization", "coach", "program", "pillar", "cohort")
    return list(rows.prefetch_related("usual_slots", "substitutes"))


def stands_in(member: Member, enrolment: Enrolment, day: date) -> bool:
    """Whether the member is named as substitute for that day."""
    return any(
        named.coach_id == member.pk and named.starts_on <= day <= named.ends_on for named in enrolment.substitutes.all()
    )


def is_away(enrolment: Enrolment, day: date) -> bool:
    """Whether a substitute is named for that day, so that the coach's own proposals leave it out.

    One who has become the coach meanwhile is there.
    """
    others = (named for named in enrolment.substitutes.all() if named.coach_id != enrolment.coach_id)
    return any(named.starts_on <= day <= named.ends_on for named in others)


def check_can_plan_on(by: Member, enrolment: Enrolment, day: date) -> None:
    """Raises NotAllowed, WrongState once the enrolment has ended or the learner has left."""
    _check_can_plan_for(by, enrolment)
    if by.pk != enrolment.coach_id and not stands_in(by, enrolment, day):
        raise NotAllowed(_("You stand in on other days. Choose a day for which you are named."))


def check_can_plan_from(by: Member, enrolment: Enrolment, day: date) -> None:
    """Whether any day from that one on is left to plan for. Raises NotAllowed, WrongState."""
    _check_can_plan_for(by, enrolment)
    if by.pk == enrolment.coach_id:
        return
    if not any(named.coach_id == by.pk and named.ends_on >= day for named in enrolment.substitutes.all()):
        raise NotAllowed(_("You no longer stand in for this learner’s coach."))


def check_coaches_now(by: Member, enrolment: Enrolment) -> None:
    """What a substitute may not change: usual slots. Raises NotAllowed, WrongState once the enrolment has ended."""
    policies.check_can_plan(by, enrolment)
    if by.pk != enrolment.coach_id:
        raise NotAllowed(_("Only the coach of this enrolment can do this."))


def _check_can_plan_for(by: Member, enrolment: Enrolment) -> None:
    policies.check_can_plan(by, enrolment)
    if not enrolment.learner.is_active:
        raise WrongState(_("This learner has left, so no session can be planned."))


def past_known_to(member: Member, *, on: date, path: str = "") -> Q:
    """Which sessions may steer what the member plans, as a filter on MicroSession, or on what leads there by `path`.

    Own ones; a former coach's where the learner took the past along; as substitute those of the enrolment, of which
    the plan and the last levels are shown and nothing else (DESIGN.md §6).
    """
    return past_known(member, _named(member, first=on, last=on).values("enrolment"), path)


def past_known(member: Member, stood_in: Enrolments, path: str = "") -> Q:
    """The same, where it is known for which enrolments the member stands in."""
    enrolment = f"{path}enrolment"
    came_along = Q((f"{enrolment}__coach", member), (f"{enrolment}__shares_past_with_new_coach", True))
    return Q((f"{path}coach", member)) | came_along | Q((f"{enrolment}__in", stood_in))


def _named(member: Member, *, first: date, last: date) -> QuerySet[Substitute]:
    return Substitute.objects.filter(coach=member, starts_on__lte=last, ends_on__gte=first)
