"""From the rows of a follow-up to the pure algorithms of `spacing` and back: what comes after an outcome."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta

from django.db.models import Case, F, Q, When
from django.utils import timezone

from programs.models import Member
from sessions.domain.calendar import ONE_DAY, in_utc
from sessions.domain.spacing import (
    DEFAULT_RULES,
    Answer,
    FollowUpState,
    Memory,
    NextStep,
    NoWorkingDay,
    Outcome,
    StepKind,
    WorkingCalendar,
    after_answer,
    after_missed,
    after_too_late,
    is_too_late,
    review,
)
from sessions.domain.spacing.times import prompt_on
from sessions.domain.working_time import calendar_of
from sessions.models import FollowUp, MicroSession, Prompt, Status

COUNTED = (Prompt.Status.ANSWERED, Prompt.Status.MISSED)
REVIVABLE = (FollowUp.Ended.BOOSTER, FollowUp.Ended.HORIZON, FollowUp.Ended.SILENT)
ENDS = {
    StepKind.BOOSTER: FollowUp.Ended.BOOSTER,
    StepKind.STOP: FollowUp.Ended.SILENT,
    StepKind.DONE: FollowUp.Ended.HORIZON,
}


def outcomes_before(prompt: Prompt, siblings: Iterable[Prompt]) -> tuple[Outcome, ...]:
    """How the follow-up's earlier asks ended, oldest first; after a stop for silence the count begins anew."""
    history: list[Outcome] = []
    for each in siblings:
        if each.sequence >= prompt.sequence or each.status not in COUNTED:
            continue
        history.append(Answer(each.answer) if each.status == Prompt.Status.ANSWERED else None)
        if history[-DEFAULT_RULES.stop_after :] == [None] * DEFAULT_RULES.stop_after:
            history.clear()
    return tuple(history)


def memory_of(prompt: Prompt) -> Memory:
    """The memory before this prompt's answer; a new card when none was ever stored."""
    stored = prompt.memory_before or prompt.follow_up.memory
    return Memory.from_json(stored) if stored else Memory(due=in_utc(prompt.due_at))


def state_before(prompt: Prompt) -> FollowUpState:
    """The follow-up as it was before this prompt's outcome. Three queries at most."""
    follow_up = prompt.follow_up
    return FollowUpState(
        card_id=follow_up.pk,
        memory=memory_of(prompt),
        history=outcomes_before(prompt, follow_up.prompts.all()),
        horizon_days=follow_up.enrolment.program.horizon_days,
        stretch=follow_up.stretch,
        until=until(follow_up),
    )


def until(follow_up: FollowUp) -> datetime:
    """When its horizon has passed: nothing is asked any more."""
    return follow_up.starts_at + timedelta(days=follow_up.enrolment.program.horizon_days)


def has_lapsed(prompt: Prompt, learner: Member, now: datetime) -> bool:
    """Whether a question that waits to be asked has outlived its use; what a pause put off is due when it ends."""
    calendar, due = calendar_of(learner), prompt.due_at
    if learner.prompts_paused_until:
        due = max(due, calendar.at(learner.prompts_paused_until, time.min))
    return is_too_late(due, until(prompt.follow_up), now, calendar)


def next_step(prompt: Prompt, outcome: Outcome, at: datetime) -> NextStep:
    """What follows the outcome; without any working day ahead the memory moves on and nothing is asked."""
    state = state_before(prompt)
    calendar = calendar_of(prompt.follow_up.learner)
    try:
        step = after_missed(state, at, calendar) if outcome is None else after_answer(state, outcome, at, calendar)
        return replace(step, at=step.at and clear_of(Meetings.of(prompt.follow_up), step.at, calendar))
    except NoWorkingDay:
        memory = review(state.memory, outcome, at, state.horizon_days, state.card_id) if outcome else state.memory
        return NextStep(kind=StepKind.ASK, memory=memory, rule_version=DEFAULT_RULES.version)


def go_on(prompt: Prompt, outcome: Outcome, at: datetime) -> None:
    """Move the memory, then plan, move or drop the next prompt, or end the follow-up.

    Call it with the enrolment's row locked. A next prompt that is with the learner already stays as it is, and a
    follow-up that a newer plan has replaced, or that somebody ended, only remembers.
    """
    _follow(prompt, next_step(prompt, outcome, at), outcome, at)


def ask_anew(prompt: Prompt, at: datetime) -> None:
    """The same for a question that was too late to be asked and is cancelled by now. Raises NoWorkingDay."""
    calendar = calendar_of(prompt.follow_up.learner)
    step = after_too_late(state_before(prompt), at, calendar)
    _follow(prompt, replace(step, at=step.at and clear_of(Meetings.of(prompt.follow_up), step.at, calendar)), None, at)


def _follow(prompt: Prompt, step: NextStep, outcome: Outcome, at: datetime) -> None:
    follow_up = prompt.follow_up
    follow_up.memory, follow_up.rule_version = dict(step.memory.to_json()), step.rule_version
    following = follow_up.prompts.open().exclude(pk=prompt.pk).first()
    if _may_plan(follow_up) and not (following and following.asked_at):
        because = ENDS.get(step.kind, "")
        follow_up.wants_booster = step.kind is StepKind.BOOSTER
        follow_up.ended_because, follow_up.ended_at = because, at if because else None
        follow_up.save()
        _plan(prompt, following, step, outcome)
    else:
        follow_up.save(update_fields=["memory", "rule_version"])


def _may_plan(follow_up: FollowUp) -> bool:
    if follow_up.ended_at is None:
        return not follow_up.wants_new_cue
    active = FollowUp.objects.active().filter(enrolment=follow_up.enrolment_id)
    return follow_up.ended_because in REVIVABLE and not active.exists() and follow_up.enrolment.ended_on is None


def _plan(prompt: Prompt, following: Prompt | None, step: NextStep, outcome: Outcome) -> None:
    if step.at is None:
        if following:
            following.delete()  # never asked, so nothing of it is known to anybody
        return
    planned = following or Prompt(follow_up=prompt.follow_up, sequence=_last_sequence(prompt.follow_up) + 1)
    planned.question = question_after(prompt, step, outcome)
    planned.due_at, planned.not_before, planned.message = step.at, step.not_before, None
    planned.save()


def _last_sequence(follow_up: FollowUp) -> int:
    """Of all its prompts, cancelled ones too."""
    return max(follow_up.prompts.values_list("sequence", flat=True))


def question_after(prompt: Prompt, step: NextStep, outcome: Outcome) -> str:
    """The next of the pillar's questions; the same one when it was not answered or had no chance.

    Until a plan is written it is the first one: that alone speaks of "this", the others of a plan.
    """
    texts = list(prompt.follow_up.enrolment.pillar.questions.filter(retired=False).values_list("text", flat=True))
    if not prompt.follow_up.plan.is_complete:
        return texts[0] if texts else prompt.question
    if not texts or step.kind is StepKind.REOFFER or outcome is Answer.NO_CHANCE:
        return prompt.question
    here = texts.index(prompt.question) if prompt.question in texts else -1
    return texts[(here + 1) % len(texts)]


@dataclass(frozen=True)
class Meetings:
    """When the pair of a follow-up meets: `at` the planned sessions whose Goal step asks of its plan; `now` while one
    runs or waits for its close, for a day at most: then the prompts of its plan, or of its focus, begin."""

    at: tuple[datetime, ...] = ()
    now: bool = False

    @classmethod
    def of(cls, follow_up: FollowUp) -> "Meetings":
        """Those of one follow-up's enrolment. One query."""
        return cls.of_all([follow_up])[follow_up.pk]

    @classmethod
    def of_all(cls, follow_ups: Sequence[FollowUp]) -> "dict[int, Meetings]":
        """The same by follow-up. One query."""
        mine = "enrolment__follow_ups"
        newest = Q(status__in=[Status.RUNNING, Status.CLOSING], started_at__gt=timezone.now() - ONE_DAY)
        rows = (
            MicroSession.objects.filter(Q(status=Status.PLANNED) | newest, enrolment__follow_ups__in=follow_ups)
            .annotate(shown=_shows_plan(mine))
            .order_by("scheduled_for")
            .values_list(mine, "status", "scheduled_for", "started_at", "shown")
        )
        of: dict[int, list[tuple[str, datetime, datetime | None, bool]]] = defaultdict(list)
        for pk, *row in rows:
            of[pk].append(tuple(row))
        return {
            each.pk: cls(
                at=tuple(at for status, at, _began, shown in of[each.pk] if status == Status.PLANNED and shown),
                now=any(began and began > each.starts_at for _status, _at, began, _shown in of[each.pk]),
            )
            for each in follow_ups
        }


def _shows_plan(follow_up: str) -> Case:
    """Whether a session's Goal step shows the plan of the follow-up there: to the coach of it, to a substitute, and
    to a new coach with whom the past came along (docs/adr/0021)."""
    own = Q(coach=F(f"{follow_up}__plan__micro__coach")) | Q(enrolment__shares_past_with_new_coach=True)
    return Case(When(own | ~Q(coach=F("enrolment__coach")), then=True), default=False)


def clear_of(meetings: Meetings, at: datetime, calendar: WorkingCalendar) -> datetime:
    """`at`, or the first prompt time after a meeting that comes within a working day of it: its Goal step asks.

    Raises NoWorkingDay.
    """
    for meeting in meetings.at:
        if at <= meeting <= calendar.after_working_days(at, 1):
            at = prompt_on(calendar.next_working_day(calendar.working_date(meeting)), calendar)
    return at
