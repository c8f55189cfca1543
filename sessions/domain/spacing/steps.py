"""What follows an answer, or silence: a pure state machine over the asks of one follow-up.

Runs are counted over what can carry evidence:
- unanswered: the last asks, re-offers included, since each is one message left alone;
- no chance: the last answers, silence skipped;
- not this time: the last reviewed answers, silence and "no chance" skipped.

A changed answer is taken by calling `after_answer` again with the state from before the first one.
A learner who resumes after STOP starts with an empty history.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import takewhile

from sessions.domain.calendar import WorkingCalendar, in_utc
from sessions.domain.spacing.memory import RATINGS, Memory, review
from sessions.domain.spacing.rules import DEFAULT_RULES, Answer, Outcome, SpacingRules
from sessions.domain.spacing.times import next_prompt_time, prompt_for, prompt_on


class StepKind(StrEnum):
    """ASK again; REOFFER the unanswered question, gently; BOOSTER by the coach instead of prompts;
    STOP after long silence; DONE when the next prompt would come after the horizon."""

    ASK = "ask"
    REOFFER = "reoffer"
    BOOSTER = "booster"
    STOP = "stop"
    DONE = "done"


class Flag(StrEnum):
    """What the next message asks besides its question, or whom to tell."""

    ASK_NEW_CUE = "ask_new_cue"
    ASK_TIMING = "ask_timing"
    HALF_RATE = "half_rate"
    TELL_COACH = "tell_coach"
    TELL_LEARNER = "tell_learner"


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUpState:
    """A follow-up before the outcome at hand.

    `history` holds its earlier outcomes, oldest first. `stretch` multiplies every interval: the
    learner's "Fewer of these" makes it 2. No prompt comes after `until`, if given. `card_id` is the
    follow-up's primary key. Nobody sets `mastered` before mastery is judged (docs/adr/0020).
    """

    card_id: int
    memory: Memory
    history: tuple[Outcome, ...] = ()
    horizon_days: int = DEFAULT_RULES.horizon_days
    mastered: bool = False
    stretch: int = 1
    until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NextStep:
    """What to store: the memory now, and the next prompt unless `at` is None.

    `at` is in UTC and `on` its working day, which is its local date except after midnight in a
    night shift; `not_before` is the earliest instant to which bundling may pull it.
    """

    kind: StepKind
    memory: Memory
    at: datetime | None = None
    on: date | None = None
    not_before: datetime | None = None
    flags: frozenset[Flag] = frozenset()
    rule_version: int


def after_answer(
    state: FollowUpState,
    answer: Answer,
    at: datetime,
    calendar: WorkingCalendar,
    rules: SpacingRules = DEFAULT_RULES,
) -> NextStep:
    """The step after an answer given `at`. Raises NoWorkingDay, and ValueError for a naive `at`."""
    history = (*state.history, answer)
    if answer is Answer.NO_CHANCE:
        return _unless_done(_next_cue(state, history, at, calendar, rules), state.until)
    memory = review(state.memory, answer, at, state.horizon_days, state.card_id, rules)
    if _needs_booster(history, mastered=state.mastered, rules=rules):
        told = frozenset({Flag.TELL_COACH})
        return NextStep(kind=StepKind.BOOSTER, memory=memory, flags=told, rule_version=rules.version)
    due = memory.due + (state.stretch - 1) * timedelta(days=memory.interval_days)
    return _unless_done(_ask(memory, due, calendar, rules), state.until)


def after_missed(
    state: FollowUpState,
    noticed_at: datetime,
    calendar: WorkingCalendar,
    rules: SpacingRules = DEFAULT_RULES,
) -> NextStep:
    """The step after `answer_deadline` has passed in silence. Raises as `after_answer` does.

    Silence is not evidence, so the memory stays. First a gentle re-offer, then nothing until the
    interval has passed again; from the third in a row at half the rate; at the fifth, stop.
    """
    history = (*state.history, None)
    unanswered = _run(reversed(history), None)
    if unanswered >= rules.stop_after:
        return NextStep(
            kind=StepKind.STOP,
            memory=state.memory,
            flags=frozenset({Flag.TELL_LEARNER}),
            rule_version=rules.version,
        )
    if unanswered == 1:
        day = calendar.next_working_day(calendar.working_date(noticed_at))
        return _unless_done(_on_day(StepKind.REOFFER, state.memory, day, calendar, rules), state.until)
    halved = unanswered >= rules.half_rate_after
    days = state.memory.interval_days * state.stretch * (2 if halved else 1)
    flags = _half_rate_flags(history, rules) if halved else frozenset[Flag]()
    due = in_utc(noticed_at) + timedelta(days=days)
    return _unless_done(_ask(state.memory, due, calendar, rules, flags), state.until)


def after_too_late(
    state: FollowUpState,
    noticed_at: datetime,
    calendar: WorkingCalendar,
    rules: SpacingRules = DEFAULT_RULES,
) -> NextStep:
    """The step after a question that could not be asked in its time (`times.is_too_late`). Raises NoWorkingDay.

    Nobody was silent, so neither memory nor history moves: it is offered anew at the next prompt time.
    """
    at = next_prompt_time(noticed_at, calendar, rules)
    step = _on_day(StepKind.REOFFER, state.memory, calendar.working_date(at), calendar, rules)
    return _unless_done(step, state.until)


def _next_cue(
    state: FollowUpState,
    history: tuple[Outcome, ...],
    at: datetime,
    calendar: WorkingCalendar,
    rules: SpacingRules,
) -> NextStep:
    """Ask again after the same interval in working days, at most 3 of them."""
    days = min(state.memory.interval_days, rules.no_chance_max_days) * state.stretch
    day = calendar.add_working_days(calendar.working_date(at), days)
    answers = [outcome for outcome in reversed(history) if outcome is not None]
    stuck = _run(answers, Answer.NO_CHANCE) >= rules.new_cue_after
    flags = frozenset({Flag.ASK_NEW_CUE}) if stuck else frozenset[Flag]()
    return _on_day(StepKind.ASK, state.memory, day, calendar, rules, flags)


def _unless_done(step: NextStep, until: datetime | None) -> NextStep:
    if until is None or step.at is None or step.at <= until:
        return step
    return NextStep(kind=StepKind.DONE, memory=step.memory, rule_version=step.rule_version)


def _needs_booster(history: tuple[Outcome, ...], *, mastered: bool, rules: SpacingRules) -> bool:
    reviewed = [outcome for outcome in reversed(history) if outcome in RATINGS]
    enough = rules.booster_after_mastery if mastered else rules.booster_after
    return _run(reviewed, Answer.NOT_THIS_TIME) >= enough


def _half_rate_flags(history: tuple[Outcome, ...], rules: SpacingRules) -> frozenset[Flag]:
    """Half the rate, and once in the life of a follow-up the question about timing."""
    asked_before = any(_run(reversed(history[:end]), None) >= rules.half_rate_after for end in range(len(history)))
    return frozenset({Flag.HALF_RATE} if asked_before else {Flag.HALF_RATE, Flag.ASK_TIMING})


def _run(latest_first: Iterable[Outcome], wanted: Outcome) -> int:
    """How many outcomes at the start are `wanted`."""
    return sum(1 for _ in takewhile(lambda outcome: outcome is wanted, latest_first))


def _ask(
    memory: Memory,
    due: datetime,
    calendar: WorkingCalendar,
    rules: SpacingRules,
    flags: frozenset[Flag] = frozenset(),
) -> NextStep:
    at = prompt_for(due, calendar, rules)
    return NextStep(
        kind=StepKind.ASK,
        memory=memory,
        at=at,
        on=calendar.working_date(at),
        not_before=due - rules.early_answer,
        flags=flags,
        rule_version=rules.version,
    )


def _on_day(
    kind: StepKind,
    memory: Memory,
    day: date,
    calendar: WorkingCalendar,
    rules: SpacingRules,
    flags: frozenset[Flag] = frozenset(),
) -> NextStep:
    at = prompt_on(day, calendar, rules)
    return NextStep(
        kind=kind,
        memory=memory,
        at=at,
        on=calendar.working_date(at),
        flags=flags,
        rule_version=rules.version,
    )
