"""The next session of an enrolment in one tap: as it is proposed, at the time that was agreed."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from programs.models import Enrolment, Member
from sessions.domain import locks, planning, proposals
from sessions.models import MicroSession


@transaction.atomic
def plan_next(enrolment: Enrolment, *, by: Member, scheduled_for: datetime, form_key: UUID) -> MicroSession:
    """What is proposed by now, with the topics that wait; the same form sent again gives the first one.

    Raises WrongState for a key that was used with another time, and what `proposals.propose` and `planning.plan` raise.
    """
    locks.keep(enrolment)
    if first := MicroSession.objects.coached_by(by).filter(enrolment=enrolment, form_key=form_key).first():
        if first.scheduled_for != scheduled_for and not first.moves.exists():
            raise planning.saved_before(first, by=by)
        return first
    proposal = proposals.propose(enrolment, by=by)
    return planning.plan(
        enrolment,
        by=by,
        scheduled_for=scheduled_for,
        details=proposals.content_of(proposal),
        form_key=form_key,
        taken_up=[topic.pk for topic in proposal.topics],
    )
