"""When in a member's day a prompt may arrive."""

from dataclasses import dataclass
from datetime import date, datetime, time

from sessions.domain.calendar import ONE_DAY, WorkingCalendar, in_utc
from sessions.domain.spacing.rules import DEFAULT_RULES, SpacingRules


@dataclass(frozen=True, slots=True)
class PromptTime:
    """When the first prompt goes out (UTC), and whether that is later than promised.

    `not_before` is the earliest instant to which bundling may pull it.
    """

    at: datetime
    late: bool
    not_before: datetime


def first_prompt(session_end: datetime, calendar: WorkingCalendar, rules: SpacingRules = DEFAULT_RULES) -> PromptTime:
    """The first prompt after a session: 3 to 24 h later and in working hours, or honestly late.

    Tomorrow near the best time; else today, as late as possible; else the next working day, late.
    Raises NoWorkingDay. Source: SCIENCE.md section 1, science/first_prompt_cases.json.
    """
    earliest = in_utc(session_end) + rules.first_prompt_after
    latest = in_utc(session_end) + rules.first_prompt_within
    today = calendar.working_date(session_end)
    if at := _near_best_time(today + ONE_DAY, earliest, latest, calendar, rules):
        return PromptTime(at, late=False, not_before=earliest)
    if span := _span(today, earliest, latest, calendar, rules):
        return PromptTime(span[1], late=False, not_before=earliest)
    day = calendar.next_working_day(today)
    while sending_hours(day, calendar, rules)[1] < earliest:
        day = calendar.next_working_day(day)
    at = prompt_on(day, calendar, rules)
    return PromptTime(at, late=at > latest, not_before=earliest)


def prompt_on(day: date, calendar: WorkingCalendar, rules: SpacingRules = DEFAULT_RULES) -> datetime:
    """The instant of a prompt in the hours that begin on `day`: the best time, or the nearest."""
    wanted = _best_time(calendar, rules)
    opens, last = sending_hours(day, calendar, rules)
    after_midnight = calendar.at(day + ONE_DAY, wanted)
    if opens <= after_midnight <= last:
        return after_midnight
    return min(max(calendar.at(day, wanted), opens), last)


def prompt_for(due: datetime, calendar: WorkingCalendar, rules: SpacingRules = DEFAULT_RULES) -> datetime:
    """The first prompt time on or after the day of `due`, and at most 12 h before it.

    So an answer to the prompt always counts for the whole interval. Raises NoWorkingDay.
    """
    earliest = in_utc(due) - rules.early_answer
    day = calendar.working_day_on_or_after(calendar.working_date(due))
    while prompt_on(day, calendar, rules) < earliest:
        day = calendar.next_working_day(day)
    return prompt_on(day, calendar, rules)


def next_prompt_time(now: datetime, calendar: WorkingCalendar, rules: SpacingRules = DEFAULT_RULES) -> datetime:
    """The first prompt time that has not passed. Raises NoWorkingDay."""
    day = calendar.working_day_on_or_after(calendar.working_date(now))
    at = prompt_on(day, calendar, rules)
    return at if at >= now else prompt_on(calendar.next_working_day(day), calendar, rules)


def is_too_late(
    due: datetime,
    until: datetime,
    now: datetime,
    calendar: WorkingCalendar,
    rules: SpacingRules = DEFAULT_RULES,
) -> bool:
    """Whether a question that nobody was asked has outlived its use: then it is never sent.

    The rule: when its answer would already count as missed, 72 working hours after it was due, or when the
    follow-up's horizon has passed. Source: TRUST.md section 1, rule 4.
    """
    return now > until or now > answer_deadline(due, calendar, rules)


def answer_deadline(sent_at: datetime, calendar: WorkingCalendar, rules: SpacingRules = DEFAULT_RULES) -> datetime:
    """When an unanswered prompt counts as missed: 72 working hours, which are 3 working days."""
    return calendar.after_working_days(sent_at, rules.answer_within_working_days)


def sending_hours(
    day: date, calendar: WorkingCalendar, rules: SpacingRules = DEFAULT_RULES
) -> tuple[datetime, datetime]:
    """First and last instant at which a message may go out in the hours that begin on `day`."""
    opens, closes = calendar.hours(day)
    return opens, max(opens, closes - rules.last_call)


def _best_time(calendar: WorkingCalendar, rules: SpacingRules) -> time:
    return calendar.best_time or rules.usual_time


def _near_best_time(
    day: date, earliest: datetime, latest: datetime, calendar: WorkingCalendar, rules: SpacingRules
) -> datetime | None:
    span = _span(day, earliest, latest, calendar, rules)
    return span and min(max(prompt_on(day, calendar, rules), span[0]), span[1])


def _span(
    day: date, earliest: datetime, latest: datetime, calendar: WorkingCalendar, rules: SpacingRules
) -> tuple[datetime, datetime] | None:
    """The part of a working day's sending hours between two instants."""
    opens, last = sending_hours(day, calendar, rules)
    start, end = max(opens, earliest), min(last, latest)
    return (start, end) if calendar.is_working_day(day) and start <= end else None
