"""The cap: which prompts share which message on which day.

One learner gets at most one prompt *message* per working day and four per ISO week, all pillars
together. A message carries one to three *questions* (prompts), at most one per pillar. So three
pillars due on one day cost one message of that day and one of the week. What does not fit goes to
the next day that is free: one whose message has room, or one without a message in a week with
fewer than four. The most urgent prompt, by lowest retrievability, chooses first.

A message belongs to `WorkingCalendar.working_date` of its instant. Except in a night shift, after
midnight, that is its local date: the one of Message unique (learner, local date). "Rate and
reflect" and schedule messages are no prompt messages and not counted (TRUST.md section 1, rule 1).
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sessions.domain.calendar import WorkingCalendar, in_utc
from sessions.domain.spacing.rules import DEFAULT_RULES, SpacingRules
from sessions.domain.spacing.times import prompt_on, sending_hours


@dataclass(frozen=True, slots=True, kw_only=True)
class DuePrompt:
    """A question not sent yet: wanted at `at`, never to go out before `not_before`.

    `id` is unique. `retrievability` is from 0 to 1.
    """

    id: int
    pillar_id: int
    at: datetime
    retrievability: float
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class PlannedMessage:
    """One message: its working day, its instant in UTC, its 1-3 prompts, most urgent first."""

    on: date
    at: datetime
    prompt_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Schedule:
    """Messages in order of time, and the prompts to cancel because their pillar has another."""

    messages: tuple[PlannedMessage, ...]
    stacked: tuple[int, ...]


def plan_day(
    due: Sequence[DuePrompt],
    already: Mapping[date, int],
    now: datetime,
    calendar: WorkingCalendar,
    rules: SpacingRules = DEFAULT_RULES,
) -> Schedule:
    """Spread one learner's unsent prompts over messages, from `now` on, within the cap.

    `already` counts, by working day, the prompt messages that can no longer change (sent or being
    sent), earlier days of the running ISO week included; their days are closed. Messages planned
    but not sent are planned anew: their prompts belong into `due`. The result does not depend on
    the order of `due`; ties go to the earlier prompt, then to the smaller id. A message goes out
    at the earliest time that one of its prompts wants and every `not_before` allows.
    Raises NoWorkingDay when there is something to plan and no day for it.
    """
    urgent_first, stacked = _one_per_pillar(due)
    closed = {day: count for day, count in already.items() if count > 0}
    groups: dict[date, list[DuePrompt]] = {}
    for prompt in urgent_first:
        day = _first_free_day(prompt, closed, groups, in_utc(now), calendar, rules)
        groups.setdefault(day, []).append(prompt)
    messages = (_message(day, groups[day], in_utc(now), calendar, rules) for day in sorted(groups))
    return Schedule(tuple(messages), stacked)


def _one_per_pillar(due: Iterable[DuePrompt]) -> tuple[list[DuePrompt], tuple[int, ...]]:
    """The most urgent prompt of each pillar, in order of urgency, and the ids of the others."""
    kept: dict[int, DuePrompt] = {}
    stacked: list[int] = []
    for prompt in sorted(due, key=lambda p: (p.retrievability, p.at, p.id)):
        if kept.setdefault(prompt.pillar_id, prompt) is not prompt:
            stacked.append(prompt.id)
    return list(kept.values()), tuple(stacked)


def _first_free_day(
    prompt: DuePrompt,
    closed: Mapping[date, int],
    groups: Mapping[date, list[DuePrompt]],
    now: datetime,
    calendar: WorkingCalendar,
    rules: SpacingRules,
) -> date:
    earliest = max(now, in_utc(prompt.not_before or now))
    start = max(calendar.working_date(prompt.at), calendar.working_date(earliest))
    day = calendar.working_day_on_or_after(start)
    while sending_hours(day, calendar, rules)[1] < earliest or not _has_room(day, closed, groups, rules):
        day = calendar.next_working_day(day)
    return day


def _has_room(
    day: date,
    closed: Mapping[date, int],
    groups: Mapping[date, list[DuePrompt]],
    rules: SpacingRules,
) -> bool:
    if day in closed:
        return False
    if day in groups:
        return len(groups[day]) < rules.questions_per_message
    week = day.isocalendar()[:2]
    sent = sum(count for other, count in closed.items() if other.isocalendar()[:2] == week)
    planned = sum(other.isocalendar()[:2] == week for other in groups)
    return sent + planned < rules.messages_per_week


def _message(
    day: date,
    group: list[DuePrompt],
    now: datetime,
    calendar: WorkingCalendar,
    rules: SpacingRules,
) -> PlannedMessage:
    opens, last = sending_hours(day, calendar, rules)
    usual = prompt_on(day, calendar, rules)
    wanted = min(p.at if opens <= p.at <= last else usual for p in group)
    at = max(wanted, now, *(p.not_before or opens for p in group))
    return PlannedMessage(day, in_utc(at), tuple(p.id for p in group))
