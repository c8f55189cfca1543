"""The end of an enrolment or of its coaching is taken back: what it called off is there as it was.

Nobody has been told yet, and who knows a session as it is again is not written to (`announced`).
"""

from datetime import datetime

from django.apps import apps
from django.db import transaction

from programs.models import Enrolment, Member
from sessions.domain import followups, handovers, wishes
from sessions.models import FollowUp, MicroSession, Prompt, Status


@transaction.atomic
def follow(enrolment: Enrolment, since: datetime, by: Member | None = None) -> None:
    """`since` is when it had ended: the instant of that transaction, which its history and that of sessions name."""
    _ask_again(enrolment)
    plan_again(enrolment, since)
    for micro in MicroSession.objects.filter(enrolment=enrolment, closed_at__gte=since).order_by("closed_at"):
        followups.plan_first(micro)  # had nobody to ask when it was closed


def plan_again(enrolment: Enrolment, since: datetime, by: Member | None = None) -> None:
    """Sessions that were cancelled in that transaction."""
    history = apps.get_model("coaching", "MicroSessionEvent").objects  # made by pghistory
    then = history.filter(pgh_created_at=since, status=Status.CANCELLED)
    handovers.plan_again(enrolment, MicroSession.objects.filter(pk__in=then.values("pgh_obj")))


def _ask_again(enrolment: Enrolment) -> None:
    ended = FollowUp.objects.filter(enrolment=enrolment, ended_because=FollowUp.Ended.LEFT)
    follow_up = ended.select_related("learner__organization").order_by("ended_at").last()
    if follow_up is None:
        return
    FollowUp.objects.filter(pk=follow_up.pk).update(ended_at=None, ended_because="")
    last = follow_up.prompts.last()
    if last and (last.status, last.cancelled_because) == (Prompt.Status.CANCELLED, followups.LEFT):
        followups.bring_back(last)
        wishes.ask_anew_if_missed(last, follow_up.learner)
