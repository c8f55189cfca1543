"""What the run page shows in each phase; nothing here reads the other side's view before the reveal."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import uuid4

from django.forms import Form
from django.utils import timezone

from programs.models import Criterion, Member
from sessions.domain import closing, feedback, notes, plans, ratings, running, ticks, visibility
from sessions.domain.criteria import criteria_of
from sessions.domain.ticks import TickCount
from sessions.forms.rating import Scale, scales_of
from sessions.forms.run import feedback_form, goal_form, note_form, plan_form
from sessions.models import Feedback, MicroSession, Phase, Prompt, Status

SHARES = {Phase.GOAL: 2, Phase.PRACTICE: 6, Phase.RATE: 4, Phase.PLAN: 3}  # of 15
FRESH = running.UNDO_WITHIN + running.UNDO_GRACE


@dataclass(frozen=True)
class Step:
    """One phase in the bar on top; `state` is done, now or ahead."""

    phase: Phase
    state: str
    seconds: int
    started_at: datetime | None
    passed: int

    @property
    def clock(self) -> str:
        """ "4:12" """
        return f"{self.passed // 60}:{self.passed % 60:02}"


@dataclass(frozen=True)
class Tally:
    """One behaviour with its taps; `key` makes a tap without JavaScript happen once."""

    criterion: Criterion
    count: TickCount
    is_focus: bool
    key: str


def steps(micro: MicroSession, now: datetime) -> list[Step]:
    """The four phases, scaled to the planned minutes."""
    order = list(SHARES)
    here = order.index(Phase(micro.phase))
    passed = max(0, int((now - (micro.phase_started_at or now)).total_seconds()))
    return [
        Step(
            phase=phase,
            state="now" if at == here else "done" if at < here else "ahead",
            seconds=micro.minutes_planned * 4 * share,
            started_at=micro.phase_started_at if at == here else None,
            passed=passed if at == here else 0,
        )
        for at, (phase, share) in enumerate(SHARES.items())
    ]


def run_context(micro: MicroSession, by: Member, forms: Mapping[str, Form] | None = None) -> dict[str, Any]:
    """`forms` are those that came back with an error, by name: goal, note, keep, change, plan."""
    now = timezone.now()
    phases = steps(micro, now)
    here = next(at for at, step in enumerate(phases) if step.state == "now")
    found: dict[str, Any] = {
        "micro": micro,
        "now": now,
        "steps": phases,
        "step": phases[here],
        "number": here + 1,
        "following": phases[here + 1] if here < 3 else None,
        "minutes_left": round((micro.ends_at - now) / timedelta(minutes=1)),
        "note_form": note_form(notes.read(micro, by=by)),
        "just_ended": just_ended(micro, by, now),
    }
    found |= CONTEXTS[Phase(micro.phase)](micro, by)
    return found | {f"{name}_form": form for name, form in (forms or {}).items()}


class Ended(NamedTuple):
    pk: int
    learner: str
    minutes: int | None


def just_ended(micro: MicroSession, by: Member, now: datetime) -> Ended | None:
    """The session that this one's start ended a moment ago, while that can be undone. Who rates is past that."""
    if micro.phase in (Phase.RATE, Phase.PLAN) or micro.started_at is None or now - micro.started_at > FRESH:
        return None
    before = MicroSession.objects.coached_by(by).filter(
        started_at__lt=micro.started_at, started_at__gt=now - timedelta(hours=2)
    )
    last = before.order_by("-started_at").values_list("pk", "learner__name", "minutes_actual", "ended_by_itself")[:1]
    return next((Ended(pk, name, minutes) for pk, name, minutes, by_itself in last if by_itself), None)


def goal_context(micro: MicroSession, by: Member) -> dict[str, Any]:
    return {
        "last": plans.last_before(micro, by=by),
        "answers": Prompt.Answer.choices,
        "topics": list(micro.topics.select_related("reflection").order_by("created_at")),
        "goal_form": goal_form(micro.learner_goal),
    }


def practice_context(micro: MicroSession, by: Member) -> dict[str, Any]:
    counts = ticks.counts(micro, by=by)
    tallies = [
        Tally(each, counts.get(each.behaviour_id, TickCount()), each.behaviour_id == micro.focus_id, str(uuid4()))
        for each in criteria_of(micro)
    ]
    return {"tallies": tallies, "tapped": bool(counts)}


def rate_context(micro: MicroSession, by: Member) -> dict[str, Any]:
    rating = ratings.rating_of(micro, by=by)
    counts = ticks.counts(micro, by=by)
    scales = scales_of(micro, ratings.scores_of(rating))
    behaviours = {scale.behaviour: scale.name for scale in scales}
    return {
        "rating": rating,
        "scales": scales,
        "keep_suggestions": feedback.keep_suggestions(counts, behaviours),
        "change_suggestions": feedback.change_suggestions(counts, behaviours, above=level_above(scales[0])),
        **rated_context(micro, by),
        **feedback_context(micro, by),
    }


def level_above(scale: Scale) -> dict[int, str]:
    """What one level more than the coach's own would be, by behaviour; empty when none is chosen or it is the top."""
    found = [step.text for step in scale.levels if scale.chosen and step.value == scale.chosen + 1]
    return {scale.behaviour: found[0]} if found else {}


def rated_context(micro: MicroSession, by: Member) -> dict[str, Any]:
    """Who is in, and both views once they are open."""
    return {
        "micro": micro,
        "handed": visibility.who_is_in(micro),
        "reveal": visibility.reveal_of(micro, by=by),
    }


def feedback_context(micro: MicroSession, by: Member) -> dict[str, Any]:
    items = feedback.items_of(micro, by=by)
    return {f"{kind}_form": feedback_form(kind, items.get(kind)) for kind in Feedback.Kind.values}


def plan_context(micro: MicroSession, by: Member) -> dict[str, Any]:
    times = plans.touchpoints(micro)
    plan, last = plans.draft_and_last(micro, times, by=by)
    return {
        "plan": plan,
        "last_plan": None if plan.cue or plan.will else last,
        "plan_form": plan_form(plan, times),
        "missing": closing.missing(micro),
    }


def close_context(micro: MicroSession, by: Member, forms: Mapping[str, Form] | None = None) -> dict[str, Any]:
    """Everything that closing asks for, what is missing first."""
    found = rate_context(micro, by) | plan_context(micro, by)
    found["note_form"] = note_form(notes.read(micro, by=by))
    found["goal_form"] = goal_form(micro.learner_goal)
    found["closed"] = micro.status == Status.CLOSED
    return found | {f"{name}_form": form for name, form in (forms or {}).items()}


CONTEXTS = {
    Phase.GOAL: goal_context,
    Phase.PRACTICE: practice_context,
    Phase.RATE: rate_context,
    Phase.PLAN: plan_context,
}
