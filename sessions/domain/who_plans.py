"""Who may plan when: the coach of the enrolment, and a substitute on the days for which one is named."""

from datetime import date

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from coachhub.errors import NotAllowed, WrongState
from programs.models import Enrolment, Member
from sessions.domain import policies


def plannable(member: Member, *, first: date, last: date) -> list[Enrolment]:
    """Running enrolments of active learners for which the member may plan on some day of a span.

    With all that a proposal needs, at a constant number of queries.
    """
    named = Q(substitutes__coach=member, substitutes__starts_on__lte=last, substitutes__ends_on__gte=first)
    rows = Enrolment.objects.filter(Q(coach=member) | named).distinct().active().filter(learner__deactivated_at=None)
    loaded = rows.select_related("learner__organization", "coach", "program", "pillar", "cohort")
    return list(loaded.prefetch_related("usual_slots", "substitutes"))


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


def past_known_to(member: Member, *, on: date) -> Q:
    """Which sessions may steer what the member plans, as a filter on MicroSession.

    Own ones; a former coach's where the learner took the past along; as substitute those of the enrolment, of which
    the last levels are shown and nothing else (DESIGN.md §6).
    """
    standing_in = Enrolment.objects.filter(
        substitutes__coach=member, substitutes__starts_on__lte=on, substitutes__ends_on__gte=on
    )
    came_along = Q(enrolment__coach=member, enrolment__shares_past_with_new_coach=True)
    return Q(coach=member) | came_along | Q(enrolment__in=standing_in)
