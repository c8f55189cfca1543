"""What the state allows now. Each check raises a DomainError with a sentence; `access.allows` makes it a boolean.

Whose row it is was decided by the door (`coached_by`, `learned_by`) before; these repeat it, since tasks and the
API call the same functions.
"""

from django.utils.translation import gettext_lazy as _

from coachhub.errors import NotAllowed, WrongState
from programs.models import Enrolment, Member
from sessions.models import HELD, MicroSession, Status


def check_is_coach(by: Member, micro: MicroSession) -> None:
    """Raises NotAllowed for anybody but the session's coach."""
    if by.pk != micro.coach_id or not by.is_active:
        raise NotAllowed(_("Only the coach of this session can do this."))


def check_is_learner(by: Member, micro: MicroSession) -> None:
    """Raises NotAllowed for anybody but the session's learner."""
    if by.pk != micro.learner_id or not by.is_active:
        raise NotAllowed(_("Only the learner of this session can do this."))


def check_can_plan(by: Member, enrolment: Enrolment) -> None:
    """The coach of a running enrolment plans. Raises NotAllowed, WrongState."""
    is_named = by.pk == enrolment.coach_id or by.pk in {named.coach_id for named in enrolment.substitutes.all()}
    if not (is_named and by.is_active):
        raise NotAllowed(_("Only the coach plans sessions."))
    if enrolment.ended_on is not None:
        raise WrongState(_("This enrolment has ended, so no session can be planned."))


def check_is_planned(micro: MicroSession) -> None:
    """Raises WrongState once it has started, was cancelled or missed."""
    if micro.status != Status.PLANNED:
        raise WrongState(_("This session is no longer planned."))


def check_can_change_schedule(by: Member, micro: MicroSession) -> None:
    """Move, cancel, mark as missed. Raises NotAllowed, WrongState."""
    check_is_coach(by, micro)
    check_is_planned(micro)


def check_can_start(by: Member, micro: MicroSession) -> None:
    """Raises NotAllowed, WrongState."""
    check_can_change_schedule(by, micro)


def check_is_running(by: Member, micro: MicroSession) -> None:
    """Raises NotAllowed, WrongState."""
    check_is_coach(by, micro)
    if micro.status != Status.RUNNING:
        raise WrongState(_("This session is not running."))


def check_can_write_record(by: Member, micro: MicroSession) -> None:
    """Ticks, notes, feedback and the plan: while it runs and until it is closed. Raises NotAllowed, WrongState."""
    check_is_coach(by, micro)
    if micro.status not in (Status.RUNNING, Status.CLOSING):
        raise WrongState(_("This session is closed, so its record stays as it is."))


def check_can_rate_as_coach(by: Member, micro: MicroSession) -> None:
    """From planning on: a call may have been listened to beforehand. Raises NotAllowed, WrongState."""
    check_is_coach(by, micro)
    if micro.status in (Status.CANCELLED, Status.MISSED):
        raise WrongState(_("This session did not take place, so there is nothing to rate."))


def check_can_rate_as_learner(by: Member, micro: MicroSession) -> None:
    """From the start of the session on. Raises NotAllowed, WrongState."""
    check_is_learner(by, micro)
    if micro.status not in (Status.RUNNING, *HELD):
        raise WrongState(_("This session has not taken place yet, so there is nothing to rate."))
