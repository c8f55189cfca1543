import json
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from sessions.domain.calendar import NoWorkingDay, WorkingCalendar
from sessions.domain.spacing import (
    SpacingRules,
    answer_deadline,
    best_gap_days,
    first_prompt,
    max_gap_days,
    prompt_for,
)
from sessions.domain.spacing.times import prompt_on

VECTORS = Path(__file__).parent / "vectors"
CEPEDA = json.loads((VECTORS / "cepeda2008.json").read_text())
FIRST_PROMPT = json.loads((VECTORS / "first_prompt_cases.json").read_text())

ZONE = ZoneInfo("Europe/Berlin")
BERLIN = WorkingCalendar(ZONE)
NIGHT = WorkingCalendar(ZONE, work_start=time(22), work_end=time(6))


def local(text, zone=ZONE):
    return datetime.fromisoformat(text).replace(tzinfo=zone)


def by_name(case):
    return case["name"]


# Longest gap


@pytest.mark.parametrize("point", CEPEDA["published"], ids=str)
def test_best_gap_passes_through_the_published_points(point):
    assert best_gap_days(point["retention_days"]) == pytest.approx(point["optimal_gap_days"])


@pytest.mark.parametrize("case", CEPEDA["product_rule"]["expected"], ids=str)
def test_max_gap_follows_the_horizon(case):
    assert round(best_gap_days(case["horizon_days"]), 4) == case["gap"]
    assert max_gap_days(case["horizon_days"]) == case["max_gap_days"]


def test_max_gap_extends_both_ends_and_is_at_least_a_day():
    assert max_gap_days(1) == 1
    assert max_gap_days(0.01) == 1
    assert max_gap_days(700) == round(27 * 2**0.504)


@pytest.mark.parametrize("horizon", [0, -7])
def test_horizon_must_be_above_zero(horizon):
    with pytest.raises(ValueError, match="above 0"):
        max_gap_days(horizon)


def test_rules_that_let_nothing_through_are_refused():
    with pytest.raises(ValueError, match="At least one"):
        SpacingRules(messages_per_week=0)


# First prompt


@pytest.mark.parametrize("case", FIRST_PROMPT["cases"], ids=by_name)
def test_first_prompt_cases(case):
    calendar = WorkingCalendar(ZoneInfo(case["timezone"]), holidays={date.fromisoformat(d) for d in case["holidays"]})
    prompt = first_prompt(datetime.fromisoformat(case["session_end_utc"]), calendar)
    assert prompt.at.isoformat() == case["prompt_utc"]
    assert prompt.at.astimezone(calendar.timezone).isoformat()[:16] == case["prompt_local"]
    assert prompt.late is case["outcome"].startswith("late")


@pytest.mark.parametrize("case", FIRST_PROMPT["cases"], ids=by_name)
def test_first_prompt_is_the_same_for_a_local_session_end(case):
    zone = ZoneInfo(case["timezone"])
    calendar = WorkingCalendar(zone, holidays={date.fromisoformat(d) for d in case["holidays"]})
    ended = local(case["session_end_local"], zone)
    assert first_prompt(ended, calendar).at.isoformat() == case["prompt_utc"]


def test_first_prompt_case_count():
    assert len(FIRST_PROMPT["cases"]) == 9


def test_first_prompt_may_be_bundled_three_hours_after_the_session_at_the_earliest():
    ended = local("2026-01-09T10:00")
    assert first_prompt(ended, BERLIN).not_before == local("2026-01-09T13:00")


def test_three_hours_after_the_session_are_real_hours_over_the_clock_change():
    ended = local("2026-03-29T00:30")
    assert first_prompt(ended, BERLIN).not_before == datetime(2026, 3, 29, 2, 30, tzinfo=UTC)


def test_first_prompt_of_a_late_shift_comes_when_the_shift_opens():
    late = WorkingCalendar(ZONE, work_start=time(13), work_end=time(21))
    prompt = first_prompt(local("2026-01-06T16:00"), late)
    assert (prompt.at, prompt.late) == (local("2026-01-07T13:00"), False)


def test_first_prompt_of_an_early_shift_comes_half_an_hour_before_it_closes():
    early = WorkingCalendar(ZONE, work_start=time(5), work_end=time(11))
    assert first_prompt(local("2026-01-06T10:45"), early).at == local("2026-01-07T10:30")


def test_first_prompt_of_somebody_who_works_saturdays():
    retail = WorkingCalendar(ZONE, work_days=frozenset({1, 2, 3, 4, 5}))
    assert first_prompt(local("2026-01-09T15:30"), retail).at == local("2026-01-10T11:30")


def test_first_prompt_of_somebody_who_works_two_days_is_late():
    part_time = WorkingCalendar(ZONE, work_days=frozenset({0, 3}))
    prompt = first_prompt(local("2026-01-05T15:30"), part_time)
    assert (prompt.at, prompt.late) == (local("2026-01-08T11:30"), True)


def test_first_prompt_of_a_night_shift_comes_in_the_next_shift():
    prompt = first_prompt(local("2026-01-06T02:00"), NIGHT)
    assert (prompt.at, prompt.late) == (local("2026-01-06T22:00"), False)


def test_first_prompt_after_the_last_night_shift_of_the_week_is_late():
    prompt = first_prompt(local("2026-01-10T03:00"), NIGHT)
    assert (prompt.at, prompt.late) == (local("2026-01-12T22:00"), True)


def test_first_prompt_keeps_three_hours_even_in_a_short_shift_after_midnight():
    short = WorkingCalendar(ZONE, frozenset(range(7)), time(0), time(2))
    prompt = first_prompt(local("2026-01-06T23:30"), short)
    assert prompt.at == local("2026-01-08T01:30")
    assert prompt.late


def test_first_prompt_after_a_weekend_session_comes_on_monday_in_time():
    prompt = first_prompt(local("2026-01-11T15:00"), BERLIN)
    assert (prompt.at, prompt.late) == (local("2026-01-12T11:30"), False)


def test_first_prompt_after_a_saturday_session_is_not_sent_on_saturday():
    prompt = first_prompt(local("2026-01-10T10:00"), BERLIN)
    assert (prompt.at, prompt.late) == (local("2026-01-12T11:30"), True)


def test_first_prompt_counts_real_hours_over_the_clock_change():
    daily = WorkingCalendar(ZONE, work_days=frozenset(range(7)))
    prompt = first_prompt(local("2026-03-28T10:00"), daily)
    assert prompt.at == local("2026-03-29T11:00").astimezone(UTC)
    assert prompt.at - local("2026-03-28T10:00").astimezone(UTC) == timedelta(hours=24)


def test_next_working_day_within_24_real_hours_is_not_late():
    nights = WorkingCalendar(ZONE, work_start=time(0), work_end=time(8), best_time=time(0))
    prompt = first_prompt(local("2026-03-28T23:30"), nights)
    assert (prompt.at, prompt.late) == (local("2026-03-30T00:00"), False)


def test_first_prompt_on_a_leap_day():
    assert first_prompt(local("2028-02-28T15:00"), BERLIN).at == local("2028-02-29T11:30")


def test_first_prompt_prefers_the_learners_own_time():
    afternoon = WorkingCalendar(ZONE, best_time=time(15))
    assert first_prompt(local("2026-01-06T16:00"), afternoon).at == local("2026-01-07T15:00")


def test_first_prompt_without_working_days_is_refused():
    with pytest.raises(NoWorkingDay):
        first_prompt(local("2026-01-06T16:00"), WorkingCalendar(ZONE, work_days=frozenset()))


# Later prompts


def test_prompt_comes_at_half_past_eleven_of_the_due_day():
    assert prompt_for(local("2026-01-08T14:20"), BERLIN) == local("2026-01-08T11:30")
    assert prompt_for(local("2026-01-08T08:00"), BERLIN) == local("2026-01-08T11:30")


def test_prompt_due_at_the_weekend_comes_on_monday():
    assert prompt_for(local("2026-01-10T11:00"), BERLIN) == local("2026-01-12T11:30")


def test_prompt_due_late_in_the_evening_waits_so_that_its_answer_counts_in_full():
    assert prompt_for(local("2026-01-08T23:30"), BERLIN) == local("2026-01-08T11:30")
    assert prompt_for(local("2026-01-08T23:31"), BERLIN) == local("2026-01-09T11:30")


def test_prompt_comes_at_the_best_time_inside_the_hours():
    day = date(2026, 1, 8)
    assert prompt_on(day, WorkingCalendar(ZONE, best_time=time(14, 15))) == local("2026-01-08T14:15")
    assert prompt_on(day, WorkingCalendar(ZONE, best_time=time(7))) == local("2026-01-08T09:00")
    assert prompt_on(day, WorkingCalendar(ZONE, best_time=time(20))) == local("2026-01-08T16:30")


def test_best_time_after_midnight_falls_into_the_night_shift_that_began_before():
    nights = WorkingCalendar(ZONE, work_start=time(22), work_end=time(6), best_time=time(2))
    assert prompt_on(date(2026, 1, 8), nights) == local("2026-01-09T02:00")


def test_prompt_in_hours_shorter_than_the_last_call_comes_when_they_open():
    brief = WorkingCalendar(ZONE, work_start=time(18), work_end=time(18, 20))
    assert prompt_on(date(2026, 1, 8), brief) == local("2026-01-08T18:00")


def test_prompt_moves_with_the_learner_into_another_zone():
    due = local("2026-01-08T11:30")
    kolkata = WorkingCalendar(ZoneInfo("Asia/Kolkata"))
    assert prompt_for(due, kolkata) == local("2026-01-08T11:30", kolkata.timezone)


def test_prompt_keeps_its_wall_time_on_both_sides_of_the_clock_change():
    assert prompt_for(local("2026-10-23T09:00"), BERLIN) == datetime(2026, 10, 23, 9, 30, tzinfo=UTC)
    assert prompt_for(local("2026-10-26T09:00"), BERLIN) == datetime(2026, 10, 26, 10, 30, tzinfo=UTC)


def test_unanswered_prompt_is_missed_after_three_working_days():
    assert answer_deadline(local("2026-01-08T11:30"), BERLIN) == local("2026-01-13T11:30")
