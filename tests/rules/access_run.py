"""Access to running, closing and reading: the session's coach alone; to everybody else it is not there."""

import datetime as dt

from django.utils import timezone
from rules_access import Row

from sessions.models import Reflection, Reply
from tests.sessions.prompt_steps import asked

COACH = {"coach": 200}
MOVED = {"coach": 302}
SHOWN_ONLY = 405


def planned(cast):
    return cast.plan()


def running(cast):
    now = timezone.now()
    return cast.plan(status="running", started_at=now, phase_started_at=now, phase="practice")


def talking(cast):
    """It runs, and the plan of the session before has an open question."""
    asked(cast)
    return running(cast)


def ended(cast):
    return cast.held()


def reflected(cast):
    micro = cast.held(revealed_at=timezone.now())
    return Reflection.objects.create(micro=micro, what_changed="She calmed down.", saved_at=timezone.now())


def replied(cast):
    return Reply.objects.create(reflection=reflected(cast), coach=cast.ana, kind="thanks")


def it(world):
    return [world.pk]


def posts(world=running, data=lambda world: {}, args=it):
    """A form of the run page: nothing to GET, for the coach a redirect back."""
    return Row(get_default=SHOWN_ONLY, post=MOVED, world=world, args=args, data=data)


def shows(world=running, args=it):
    return Row(get=COACH, post_default=SHOWN_ONLY, world=world, args=args)


def one_tap(micro):
    return {"behaviour": micro.focus_id, "tap": "saw", "form_key": "0b7f4a52-6f0e-4b3a-9d58-0d1f4c3b2a10"}


def next_form(micro):
    when = timezone.now() + dt.timedelta(days=2)
    return {"when": when.isoformat(), "form_key": "3c1f2f0e-61a5-4d53-8a1e-6d2b1a0f9c55"}


ROWS = {
    "coach:micro-start": posts(planned),
    "coach:micro-run": shows(),
    "coach:micro-phase": posts(data=lambda _: {"phase": "rate"}),
    "coach:micro-goal": posts(data=lambda _: {"learner_goal": "Stay calm."}),
    "coach:micro-told": posts(talking, lambda _: {"answer": "harder"}),
    "coach:note-write": posts(data=lambda _: {"text": "Breathes before answering."}),
    "coach:micro-tick": posts(data=one_tap),
    "coach:micro-finish": posts(),
    "coach:micro-finish-undo": posts(lambda cast: cast.held(ended_at=timezone.now())),
    "coach:micro-rated": shows(),
    "coach:micro-missing": shows(),
    "coach:micro-close": Row(get=COACH, post={"coach": 422}, world=ended, args=it),
    "coach:micro-plan-next": posts(ended, next_form),
    "coach:micro-minutes": posts(ended, lambda _: {"minutes": "9"}),
    "coach:feedback-write": posts(args=lambda micro: [micro.pk, "keep"], data=lambda _: {"line": "You named it."}),
    "coach:improvement-plan-write": posts(data=lambda _: {"cue": "the voice rises"}),
    "coach:reflection-list": Row(
        get={"coach": 200, "other_coach": 200, "other_org": 200}, post_default=SHOWN_ONLY, world=reflected
    ),
    "coach:reflection-reply": posts(reflected, lambda _: {"kind": "thanks"}),
    "coach:reflection-read": posts(reflected),
    "coach:reply-take-back": posts(replied),
}
