"""Row locks that put writes on one session, or by one coach, in a line. Only inside a transaction."""

from programs.models import Enrolment, Member
from sessions.models import MicroSession


def locked(micro: MicroSession) -> MicroSession:
    """The session as it stands now, held until the transaction ends: no state changes under a write."""
    rows = MicroSession.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("coach__organization", "learner__organization", "focus_criterion").get(pk=micro.pk)


def queue_up(member: Member) -> None:
    """Wait for the member's other writes of this kind, so that two taps at once become one after the other."""
    Member.objects.select_for_update(no_key=True).get(pk=member.pk)


def keep(*enrolments: Enrolment) -> None:
    """Whoever ends them or gives them another coach waits until the transaction ends; what has been done already is
    put on the rows given. One query."""
    rows = Enrolment.objects.select_for_update(no_key=True).filter(pk__in={each.pk for each in enrolments})
    now = {row.pk: row for row in rows.order_by("pk").only("ended_on", "coach")}
    for each in enrolments:
        each.ended_on, each.coach_id = now[each.pk].ended_on, now[each.pk].coach_id
