"""What happens to sessions ahead when somebody else coaches, nobody does for now, or the enrolment ends.

Sessions whose time has come stay with who was to hold them: only they can say whether it took place.
"""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from programs.models import Enrolment, Member
from sessions.domain import outbox
from sessions.models import MicroSession, Rating, Status
from sessions.models.ratings import RatingRole


@transaction.atomic
def follow_coach(enrolment: Enrolment, former: Member | None, by: Member | None = None) -> None:
    """Sessions ahead of the former coach go to the enrolment's coach, or are cancelled while there is none."""
    for micro in _ahead(enrolment=enrolment, coach=former):
        if enrolment.coach is None:
            _cancel(micro, _("Nobody coaches you at the moment."))
        else:
            _hand_over(micro, enrolment.coach)


@transaction.atomic
def cancel_ahead(enrolment: Enrolment, by: Member | None = None) -> None:
    """The enrolment has ended: its sessions ahead are cancelled, those of a substitute too."""
    for micro in _ahead(enrolment=enrolment):
        _cancel(micro, _("The enrolment has ended."))


@transaction.atomic
def leave(member: Member, by: Member | None = None) -> None:
    """Sessions ahead that a deactivated member was to hold as substitute go back to the usual coach."""
    for micro in _ahead(coach=member):
        if micro.enrolment.coach is None or micro.enrolment.coach_id == member.pk:
            _cancel(micro, _("Nobody coaches you at the moment."))
        else:
            _hand_over(micro, micro.enrolment.coach)


def _ahead(**whose: Enrolment | Member | None) -> list[MicroSession]:
    """Planned sessions whose time has not come, locked."""
    ahead = MicroSession.objects.filter(status=Status.PLANNED, scheduled_for__gt=timezone.now(), **whose)
    related = ahead.select_related("learner", "enrolment__coach")
    return list(related.select_for_update(of=("self",), no_key=True).order_by("pk"))


def _hand_over(micro: MicroSession, coach: Member) -> None:
    """What the former coach rated beforehand does not bind the new one; their private note stays theirs alone."""
    Rating.objects.filter(micro=micro, role=RatingRole.COACH).delete()
    micro.coach = coach
    micro.schedule_sequence += 1
    micro.save(update_fields=["coach", "schedule_sequence"])
    outbox.tell_schedule(micro)


def _cancel(micro: MicroSession, why: str) -> None:
    micro.status, micro.cancelled_at, micro.cancel_note = Status.CANCELLED, timezone.now(), why
    micro.schedule_sequence += 1
    micro.save(update_fields=["status", "cancelled_at", "cancel_note", "schedule_sequence"])
    outbox.tell_schedule(micro)
