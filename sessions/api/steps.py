"""What happens to a session: moved, cancelled, missed, started, its phases, ended, closed."""

from collections.abc import Callable
from typing import Any

from coachhub.api.given import Given, Instant, Line, OneOf, Text, Whole
from programs.api.calls import Call, does
from programs.api.tokens import ApiRequest
from sessions.api.doors import coached, learned, one
from sessions.api.sessions import SessionShown
from sessions.domain import closing, logging_held, reflections, running, schedule
from sessions.models import MicroSession, MoveReason, Phase


class Moved(Given):
    to = Instant()
    reason = OneOf(MoveReason.choices)
    schedule_sequence = Whole(
        min_value=0,
        max_value=2**31 - 1,
        required=False,
        help_text="The one you read.",
    )


class Sequence(Given):
    schedule_sequence = Whole(min_value=0, max_value=2**31 - 1, help_text="The one you read.")


class Note(Given):
    note = Line(max_length=200, required=False, allow_blank=True, help_text="Shared with the other one.")


class Took(Given):
    held_at = Instant()
    minutes = Whole(min_value=1, max_value=180)


class Goal(Given):
    text = Text(max_length=600, allow_blank=True)
    goal_version = Whole(min_value=0, max_value=2**32 - 1, help_text="The one you read; 0 when there was none yet.")


class ToPhase(Given):
    phase = OneOf(Phase.choices)


class Minutes(Given):
    minutes = Whole(min_value=1, max_value=180)


type Step = Callable[[ApiRequest, MicroSession, dict[str, Any]], object]


def step(
    summary: str, about: str, do: Step, *, takes: type[Given] | None = None, names: dict[str, str] | None = None,
    door: Callable[[ApiRequest, int], MicroSession] = coached,
) -> type[Call]:  # fmt: skip
    """The call for one state change: found by its door, changed by one domain function, answered fresh."""

    def post(self: Call, request: ApiRequest, pk: int, data: dict[str, Any]) -> MicroSession:
        do(request, door(request, pk), data)
        return one(request, pk)

    post.__doc__ = about
    body = {"takes": takes} if takes else {}
    call = does(summary, gives=SessionShown, names=names, **body)(post)  # type: ignore[arg-type]
    return type("".join(word.title() for word in summary.split()), (Call,), {"tag": "Sessions", "post": call})


Move = step(
    "Move a session",
    "The learner is told; the reason is kept. For its coach.",
    lambda request, micro, data: schedule.move(
        micro, by=request.member, to=data["to"], reason=data["reason"], sequence=data.get("schedule_sequence")
    ),
    takes=Moved,
)
TakeBackMove = step(
    "Take back a move",
    "The last one, within ten minutes; it leaves no reason behind. For its coach.",
    lambda request, micro, data: schedule.take_back_move(micro, by=request.member, sequence=data["schedule_sequence"]),
    takes=Sequence,
)
Cancel = step(
    "Cancel a session",
    "The learner is told, with your sentence if there is one. For its coach.",
    lambda request, micro, data: schedule.cancel(micro, by=request.member, note=data.get("note", "")),
    takes=Note,
    names={"cancel_note": "note"},
)
Missed = step(
    "Mark a session as missed",
    "Its time came and it did not take place. For its coach.",
    lambda request, micro, _data: schedule.mark_missed(micro, by=request.member),
)
Restore = step(
    "Restore a session",
    'Takes back a cancellation or "missed" for a while. For its coach.',
    lambda request, micro, _data: schedule.restore(micro, by=request.member),
)
AskToMove = step(
    "Ask to move a session",
    "The learner would like another time; the coach sees it.",
    lambda request, micro, data: schedule.ask_to_move(micro, by=request.member, note=data.get("note", "")),
    takes=Note,
    names={"move_asked_note": "note"},
    door=learned,
)
TakeBackWish = step(
    "Take back the wish to move a session",
    "The learner keeps the time after all, and may ask again; the coach no longer sees the wish.",
    lambda request, micro, _data: schedule.take_back_wish(micro, by=request.member),
    door=learned,
)
KeepTime = step(
    "Keep the time of a session",
    "The coach's answer to a learner who asked to move it; the learner gets a mail.",
    lambda request, micro, _data: schedule.keep_time(micro, by=request.member),
)
TookPlace = step(
    "Say that a session took place",
    "A planned session was held without being started here. For its coach.",
    lambda request, micro, data: logging_held.took_place(
        micro, by=request.member, held_at=data["held_at"], minutes=data["minutes"]
    ),
    takes=Took,
)
Start = step(
    "Start a session",
    "A session of yours that still runs ends at its planned length. For its coach.",
    lambda request, micro, _data: running.start(micro, by=request.member),
)
GoToPhase = step(
    "Go to a phase",
    "Any phase, also an earlier one; its clock begins anew. For the coach, while it runs.",
    lambda request, micro, data: running.go_to(micro, by=request.member, phase=data["phase"]),
    takes=ToPhase,
)
WriteGoal = step(
    "Write the goal of a session",
    "What the learner wants to get out of it, in their words. For its coach.",
    lambda request, micro, data: running.write_goal(
        micro, by=request.member, text=data["text"], version=data["goal_version"]
    ),
    takes=Goal,
    names={"learner_goal": "text"},
)
Finish = step(
    "Finish a session",
    "It ends now; the learner is asked to rate and reflect; it closes if nothing is missing. For its coach.",
    lambda request, micro, _data: running.finish(micro, by=request.member),
)
UndoFinish = step(
    "Undo a finish",
    "Within ten seconds it runs on as if it had not ended. For its coach.",
    lambda request, micro, _data: running.undo_finish(micro, by=request.member),
)
CorrectMinutes = step(
    "Correct the minutes of a session",
    "How long it really took; the change is kept in its history. For its coach.",
    lambda request, micro, data: running.correct_minutes(micro, by=request.member, minutes=data["minutes"]),
    takes=Minutes,
)
Close = step(
    "Close a session",
    "Once its focus is rated and it has a line to keep, one to change and a plan; the first prompt is planned. "
    "Otherwise `missing` says what it still needs. For its coach.",
    lambda request, micro, _data: closing.close(micro, by=request.member),
)
ConfirmMet = step(
    "Confirm that you met",
    "The learner says so without rating, and the session counts.",
    lambda request, micro, _data: reflections.confirm_met(micro, by=request.member),
    door=learned,
)
