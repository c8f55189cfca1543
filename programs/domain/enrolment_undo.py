"""Taking the end of an enrolment back for a while: it runs again as if it had not ended."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coachhub.errors import DomainError, WrongState
from programs import registry
from programs.access import allows
from programs.domain import agreements, enrolments
from programs.domain.policies import check_manages
from programs.models import Enrolment, Member

UNDO = timedelta(minutes=10)
TOO_LATE = _("This end can no longer be taken back. Add the learner to the cohort again.")


def until(enrolment: Enrolment) -> datetime | None:
    """Until when its end can be taken back; None for one that runs, or that cannot run again. Five queries at most."""
    if not allows(check_can_run_again, enrolment):
        return None
    ended = ended_at(enrolment)
    return ended + UNDO if ended else None


def check_can_run_again(enrolment: Enrolment) -> None:
    """It has just ended, and learner, coach and pillar are free for it. Raises WrongState, Invalid."""
    ended = ended_at(enrolment)
    if ended is None or timezone.now() >= ended + UNDO:
        raise WrongState(TOO_LATE)
    others = enrolment.learner.enrolments.active().filter(pillar=enrolment.pillar_id).select_related("cohort")
    enrolments.check_can_learn(enrolment.learner, enrolment.cohort, beside=others.first())
    enrolments.check_can_coach(enrolment.coach, enrolment.learner)


@transaction.atomic
def take_back(enrolment: Enrolment, *, by: Member) -> Enrolment:
    """It runs again with its coach, what they agreed on and what was ahead; the same again changes nothing.

    Raises NotAllowed, and WrongState where it is too late or somebody cannot be in it any more.
    """
    check_manages(by, enrolment.organization_id)
    people = Member.objects.filter(pk__in=[enrolment.learner_id, enrolment.coach_id]).order_by("pk")
    list(people.select_for_update(no_key=True).values_list("pk"))
    rows = Enrolment.objects.select_for_update(of=("self",)).select_related("learner", "coach", "cohort", "program")
    now = rows.get(pk=enrolment.pk)
    if now.ended_on is None:
        return now
    try:
        check_can_run_again(now)
    except DomainError as error:
        raise WrongState(error.sentence) from error
    enrolments.keep_open([now.program_id])
    since, now.ended_on = ended_at(now), None
    now.save(update_fields=["ended_on"])
    agreements.resume(now)
    if since:
        registry.on_end_taken_back(now, since, by)
    return now


def ended_at(enrolment: Enrolment) -> datetime | None:
    """The instant of the transaction in which it ended, by its history; None for one that runs. One query."""
    if enrolment.ended_on is None:
        return None
    found: datetime | None = (
        enrolment.events.order_by("-pgh_id").values_list("pgh_created_at", flat=True).first()  # type: ignore[attr-defined]
    )
    return found
