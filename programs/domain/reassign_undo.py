"""Taking a change of coach back for a while: the former one coaches again as if nobody else had."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coachhub.errors import WrongState
from programs import registry
from programs.access import allows
from programs.domain import agreements, enrolments
from programs.domain.policies import check_manages
from programs.models import Enrolment, Member

UNDO = timedelta(minutes=10)
LATEST = 12
"""Changes of an enrolment that are looked at: more within UNDO are nobody's slip."""


class Change(NamedTuple):
    """From whom it went to the coach of now, whether the past was shared before, and the instant of its transaction."""

    former: Member
    shares_past: bool
    at: datetime

    @property
    def until(self) -> datetime:
        return self.at + UNDO


class Stint(NamedTuple):
    """A coach of the enrolment or none, what holds of the past at its end, and when it began."""

    coach: int | None
    shares_past: bool
    at: datetime


def last_of(enrolment: Enrolment) -> Change | None:
    """The change of coach that can be taken back now, if there is one. One query, one more where there is."""
    stints = _stints(enrolment) if enrolment.ended_on is None else []
    if len(stints) < 2 or _is_back(stints) or timezone.now() >= stints[0].at + UNDO:
        return None
    former = Member.objects.filter(pk=stints[1].coach or 0).first()
    if former is None or not allows(enrolments.check_can_coach, former, enrolment.learner):
        return None
    return Change(former, stints[1].shares_past, stints[0].at)


@transaction.atomic
def take_back(enrolment: Enrolment, *, by: Member) -> Enrolment:
    """The former coach again, with what the two agreed on and what was planned; the same again changes nothing.

    Raises NotAllowed, WrongState.
    """
    check_manages(by, enrolment.organization_id)
    [now] = enrolments.running([enrolment], by=by)
    if _is_back(_stints(now)):
        return now
    change = last_of(now)
    if change is None:
        raise WrongState(_("This can no longer be undone. Assign another coach instead."))
    current, now.coach, now.shares_past_with_new_coach = now.coach, change.former, change.shares_past
    now.save(update_fields=["coach", "shares_past_with_new_coach"])
    agreements.end_all([now])
    agreements.resume(now)
    registry.on_reassign([(now, current)], by)
    registry.on_reassign_taken_back(now, change.at, by)
    return now


def _stints(enrolment: Enrolment) -> list[Stint]:
    """By its history, the newest first."""
    columns = ("coach", "shares_past_with_new_coach", "pgh_created_at")
    events = enrolment.events.order_by("-pgh_id").values_list(*columns)  # type: ignore[attr-defined]
    found: list[Stint] = []
    for event in map(Stint._make, events[:LATEST]):
        if found and found[-1].coach == event.coach:
            found[-1] = found[-1]._replace(at=event.at)
        else:
            found.append(event)
    return found


def _is_back(stints: list[Stint]) -> bool:
    """There and back within UNDO: nothing is left to undo."""
    return len(stints) > 2 and stints[2].coach == stints[0].coach and stints[0].at < stints[1].at + UNDO
