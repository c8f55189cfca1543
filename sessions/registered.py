"""What the loop does when something happens to people, in the transaction of the change itself."""

from programs import registry
from programs.models import Member
from sessions.domain import (
    bell,
    busy,
    codes,
    difficulty,
    end_undo,
    followups,
    foreseen,
    handovers,
    new_times,
    outbox,
    set_aside,
)
from sessions.models import MicroSession, Prompt


def register() -> None:
    """Called once, when the apps are ready."""
    registry.on_invite.register(outbox.invite)
    registry.given_up.register(outbox.given_up)
    registry.on_address_change.register(outbox.tell_old_addresses)
    registry.on_working_time_change.register(new_times.follow)
    registry.on_reassign.register(handovers.follow_coach)
    registry.on_substitute.register(handovers.stand_in)
    registry.doubled.register(busy.doubled)
    registry.held_by.register(held_by)
    registry.ahead_of.register(foreseen.ahead_of)
    registry.on_enrolment_end.register(handovers.cancel_ahead)
    registry.on_enrolment_end.register(followups.end_with_enrolment)
    registry.on_enrolment_end.register(difficulty.keep)
    registry.on_end_taken_back.register(end_undo.follow)
    registry.on_reassign_taken_back.register(end_undo.plan_again)
    registry.on_deactivate.register(handovers.leave)
    registry.on_deactivate.register(codes.close_all_of)
    registry.on_deactivate.register(outbox.cancel_all_of)
    registry.on_roles_lost.register(handovers.lose_roles)
    registry.on_erase.register(forget_notes)
    registry.on_erase.register(set_aside.forget)
    registry.on_work.register(bell.ring)


def held_by(enrolment: int) -> dict[int, str]:
    """The names of those who held a session in the enrolment, by their primary key. One query."""
    held = MicroSession.objects.held().filter(enrolment=enrolment)
    return dict(held.order_by().values_list("coach", "coach__name").distinct())


def forget_notes(member: Member) -> None:
    """Null what the member wrote beside answers; that they were given stays."""
    Prompt.objects.filter(follow_up__learner=member).exclude(note="").update(note="")
