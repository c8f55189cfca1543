"""Who may plan when: the coach of the enrolment, and a substitute on the days for which one is named."""

from datetime import date

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from coachhub.errors import NotAllowed, WrongState
from programs.models import Enrolment, Member, Substitute
from sessions.domain import policies


def plannable(member: Member, *, first: date, last: date) -> list[Enrolment]:
    """Running enrolments of active learners for which the member may plan on some day of a span.

    With all that a proposal needs, at a constant number of queries.
    """
    return loaded(plannable_rows(member, first=first, last=last))


def plannable_rows(member: Member, *, first: date, last: date) -> QuerySet[Enrolment]:
    """The same as a queryset, with nothing loaded beside them."""
    named = Substitute.objects.filter(coach=member, starts_on__lte=last, ends_on__gte=first)
    ours = Q(coach=member) | Q(pk__in=named.values("enrolment"))
    return Enrolment.objects.filter(ours, learner__deactivated_at=None).active()


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
    """Whether a substitute is named for that day, so that the coach's own proposals leave it out."""
    return any(named.starts_on <= day <= named.ends_on for named in enrolment.substitutes.all())


def check_can_plan_on(by: Member, enrolment: Enrolment, day: date) -> None:
    """Raises NotAllowed, WrongState once the enrolment has ended or the learner has left."""
    policies.check_can_plan(by, enrolment)
    if not enrolment.learner.is_active:
        raise WrongState(_("This learner has left, so no session can be planned."))
    if by.pk != enrolment.coach_id and not stands_in(by, enrolment, day):
        raise NotAllowed(_("You stand in on other days. Choose a day for which you are named."))


def check_coaches_now(by: Member, enrolment: Enrolment) -> None:
    """What a substitute may not change: usual slots. Raises NotAllowed, WrongState once the enrolment has ended."""
    policies.check_can_plan(by, enrolment)
    if by.pk != enrolment.coach_id:
        raise NotAllowed(_("Only the coach of this enrolment can do this."))


def past_known_to(member: Member, *, on: date, path: str = "") -> Q:
    """Which sessions may steer what the member plans, as a filter on MicroSession, or on what leads there by `path`.

    Own ones; a former coach's where the learner took the past along; as substitute those of the enrolment, of which
    the last levels are shown and nothing else (DESIGN.md §6).
    """
    standing_in = Enrolment.objects.filter(
        substitutes__coach=member, substitutes__starts_on__lte=on, substitutes__ends_on__gte=on
    )
    enrolment = f"{path}enrolment"
    came_along = Q((f"{enrolment}__coach", member), (f"{enrolment}__shares_past_with_new_coach", True))
    return Q((f"{path}coach", member)) | came_along | Q((f"{enrolment}__in", standing_in))
