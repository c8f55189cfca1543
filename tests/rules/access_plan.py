"""Planning, My learners, the week, logging, a session's own page."""

import datetime as dt
from uuid import uuid4

from django.utils import timezone
from rules_access import Row

from sessions.domain import week
from sessions.forms.week import chosen_monday


def micro(cast):
    """Ana's planned session with Leo, in an hour."""
    return cast.plan()


def passed(cast):
    """One whose time has come."""
    return cast.plan(when=timezone.now() - dt.timedelta(hours=1))


def cancelled(cast):
    return cast.plan(status="cancelled", cancelled_at=timezone.now())


def pk(world):
    return [world.pk]


def accepted(cast):
    """Ana has accepted next week."""
    with timezone.override(cast.ana.timezone):
        monday = chosen_monday("")
    week.accept(cast.ana, monday, [item.key for item in week.propose_week(cast.ana, monday).items])
    return cast


def enrolment(cast):
    return cast.enrolment


def slot(cast):
    return cast.enrolment.usual_slots.get()


def times(days=1):
    return (timezone.now() + dt.timedelta(days=days)).isoformat()


def plan_data(world):
    criterion = world.pillar.rubrics.get().criteria.first()
    return {
        "when": times(), "minutes_planned": 15, "focus": criterion.behaviour_id, "practise_on": "work",
        "difficulty": 1, "form_key": str(uuid4()),
    }  # fmt: skip


def log_data(world):
    held_at = timezone.localtime() - dt.timedelta(hours=2)
    return plan_data(world) | {"held_at": f"{held_at:%Y-%m-%dT%H:%M}", "minutes": 15}


def edit_data(world):
    return {
        "minutes_planned": 20, "focus": world.focus_id, "practise_on": "work", "difficulty": 1, "version": world.version
    }  # fmt: skip


def move_data(world):
    return {"to": times(), "reason": "queue", "sequence": 0}


COACHES = {"coach": 200, "other_coach": 200, "other_org": 200}
NO_GET = {"get": {"anonymous": "login"}, "get_default": 405}
NO_POST = {"post": {"anonymous": "login"}, "post_default": 405}

ROWS = {
    "coach:enrolment-list": Row(get=COACHES, post={"coach": 405, "other_coach": 405, "other_org": 405}),
    "coach:enrolment-download": Row(get=COACHES, post={"coach": 405, "other_coach": 405, "other_org": 405}),
    "coach:enrolment-show": Row(get={"coach": 200}, **NO_POST, world=enrolment, args=pk),
    "coach:slot-add": Row(
        **NO_GET, post={"coach": 302}, world=enrolment, args=pk, data=lambda _w: {"weekday": 1, "starts_at": "09:30"}
    ),
    "coach:slot-remove": Row(**NO_GET, post={"coach": 302}, world=slot, args=lambda slot: [slot.enrolment_id, slot.pk]),
    "coach:micro-plan": Row(get={"coach": 200}, post={"coach": 302}, world=enrolment, args=pk, data=plan_data),
    "coach:micro-log": Row(get={"coach": 200}, post={"coach": 302}, world=enrolment, args=pk, data=log_data),
    "coach:micro-log-choose": Row(get=COACHES, post={"coach": 405, "other_coach": 405, "other_org": 405}),
    "coach:week-plan": Row(get=COACHES, post={"coach": 302, "other_coach": 302, "other_org": 302}),
    "coach:week-undo": Row(
        get={"coach": 405, "other_coach": 405, "other_org": 405},
        post={"coach": 302, "other_coach": 409, "other_org": 409},
        world=accepted,
    ),
    "coach:micro-show": Row(get={"coach": 200}, **NO_POST, world=micro, args=pk),
    "coach:micro-edit": Row(get={"coach": 200}, post={"coach": 302}, world=micro, args=pk, data=edit_data),
    "coach:micro-move": Row(get={"coach": 200}, post={"coach": 302}, world=micro, args=pk, data=move_data),
    "coach:micro-move-undo": Row(**NO_GET, post={"coach": 409}, world=micro, args=pk, data=lambda _w: {"sequence": 0}),
    "coach:micro-keep-time": Row(**NO_GET, post={"coach": 302}, world=micro, args=pk),
    "coach:micro-cancel": Row(get={"coach": 200}, post={"coach": 302}, world=micro, args=pk),
    "coach:micro-missed": Row(**NO_GET, post={"coach": 302}, world=passed, args=pk),
    "coach:micro-restore": Row(**NO_GET, post={"coach": 302}, world=cancelled, args=pk),
    "coach:micro-took-place": Row(
        get={"coach": 200}, post={"coach": 302}, world=passed, args=pk,
        data=lambda world: {"held_at": f"{timezone.localtime(world.scheduled_for):%Y-%m-%dT%H:%M}", "minutes": 15},
    ),
    "learn:micro-ask-to-move": Row(
        get={"learner": 200}, post={"learner": 302}, world=micro, args=pk, data=lambda _w: {"note": "Dentist"}
    ),
    "learn:micro-keep-time": Row(**NO_GET, post={"learner": 302}, world=micro, args=pk),
}  # fmt: skip
