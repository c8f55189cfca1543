from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from sessions.domain.calendar import NoWorkingDay, WorkingCalendar, holiday_container

BERLIN = WorkingCalendar(ZoneInfo("Europe/Berlin"))
NIGHT = WorkingCalendar(ZoneInfo("Europe/Berlin"), work_start=time(22), work_end=time(6))
MON, TUE, WED, THU, FRI, SAT, SUN = (date(2026, 1, day) for day in range(5, 12))
NEXT_MON, NEXT_TUE = date(2026, 1, 12), date(2026, 1, 13)


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# Wall time and instants


def test_wall_time_becomes_an_instant_in_utc():
    instant = BERLIN.at(TUE, time(11, 30))
    assert instant == utc("2026-01-06T10:30")
    assert instant.tzinfo is UTC


def test_wall_time_in_the_spring_gap_is_the_next_valid_minute():
    assert BERLIN.at(date(2026, 3, 29), time(2, 30, 20)) == utc("2026-03-29T01:00")


def test_first_and_last_minute_around_the_spring_gap():
    day = date(2026, 3, 29)
    assert BERLIN.at(day, time(1, 59)) == utc("2026-03-29T00:59")
    assert BERLIN.at(day, time(2, 0)) == utc("2026-03-29T01:00")
    assert BERLIN.at(day, time(2, 59)) == utc("2026-03-29T01:00")
    assert BERLIN.at(day, time(3, 0)) == utc("2026-03-29T01:00")


def test_wall_time_in_the_autumn_fold_is_the_first():
    assert BERLIN.at(date(2026, 10, 25), time(2, 30)) == utc("2026-10-25T00:30")
    assert BERLIN.at(date(2026, 10, 25), time(2, 30, fold=1)) == utc("2026-10-25T00:30")


def test_gap_of_half_an_hour():
    lord_howe = WorkingCalendar(ZoneInfo("Australia/Lord_Howe"))
    assert lord_howe.at(date(2026, 10, 4), time(2, 10)) == utc("2026-10-03T15:30")


def test_gap_at_midnight():
    cairo = WorkingCalendar(ZoneInfo("Africa/Cairo"))
    assert cairo.at(date(2026, 4, 24), time(0, 0)) == utc("2026-04-23T22:00")


def test_half_hour_zone():
    kolkata = WorkingCalendar(ZoneInfo("Asia/Kolkata"))
    assert kolkata.at(FRI, time(10)) == utc("2026-01-09T04:30")
    assert kolkata.local_date(utc("2026-01-08T18:29")) == THU
    assert kolkata.local_date(utc("2026-01-08T18:30")) == FRI


def test_same_wall_time_after_a_zone_change_is_another_instant():
    denver = WorkingCalendar(ZoneInfo("America/Denver"))
    assert denver.at(TUE, time(9)) - BERLIN.at(TUE, time(9)) == timedelta(hours=8)


def test_naive_instant_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        BERLIN.local_date(datetime(2026, 1, 6))  # noqa: DTZ001


# Working days


def test_weekend_is_no_working_day():
    assert [BERLIN.is_working_day(day) for day in (THU, FRI, SAT, SUN, NEXT_MON)] == [
        True,
        True,
        False,
        False,
        True,
    ]


def test_next_working_day_is_always_later():
    assert BERLIN.next_working_day(THU) == FRI
    assert BERLIN.next_working_day(FRI) == NEXT_MON
    assert BERLIN.next_working_day(SAT) == NEXT_MON


def test_working_day_on_or_after_keeps_a_working_day():
    assert BERLIN.working_day_on_or_after(FRI) == FRI
    assert BERLIN.working_day_on_or_after(SUN) == NEXT_MON


def test_adding_working_days_steps_over_weekend_and_holidays():
    assert BERLIN.add_working_days(FRI, 0) == FRI
    assert BERLIN.add_working_days(SAT, 0) == NEXT_MON
    assert BERLIN.add_working_days(FRI, 2) == NEXT_TUE
    bank_holiday = WorkingCalendar(BERLIN.timezone, holidays={NEXT_MON})
    assert bank_holiday.add_working_days(FRI, 1) == NEXT_TUE


def test_working_days_cannot_be_subtracted():
    with pytest.raises(ValueError, match="only be added"):
        BERLIN.add_working_days(FRI, -1)


def test_part_time_week_has_its_own_working_days():
    part_time = WorkingCalendar(BERLIN.timezone, work_days=frozenset({1, 3}))
    assert part_time.next_working_day(TUE) == THU
    assert part_time.add_working_days(THU, 1) == NEXT_TUE


def test_leap_day_is_a_working_day_like_any_other():
    assert BERLIN.next_working_day(date(2028, 2, 28)) == date(2028, 2, 29)
    assert BERLIN.working_days_between(date(2028, 2, 28), date(2028, 3, 1)) == 2


def test_working_days_between_leaves_out_the_start_and_counts_the_end():
    assert BERLIN.working_days_between(FRI, NEXT_MON) == 1
    assert BERLIN.working_days_between(MON, FRI) == 4
    assert BERLIN.working_days_between(FRI, SUN) == 0


def test_working_days_between_is_zero_when_the_end_is_not_later():
    assert BERLIN.working_days_between(FRI, FRI) == 0
    assert BERLIN.working_days_between(FRI, MON) == 0


def test_weekday_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match="from 0"):
        WorkingCalendar(BERLIN.timezone, work_days=frozenset({7}))


# Hours


def test_hours_include_their_start_and_not_their_end():
    assert not BERLIN.within_hours(utc("2026-01-06T07:59"))
    assert BERLIN.within_hours(utc("2026-01-06T08:00"))
    assert BERLIN.within_hours(utc("2026-01-06T15:59"))
    assert not BERLIN.within_hours(utc("2026-01-06T16:00"))


def test_nobody_is_within_hours_at_the_weekend():
    assert not BERLIN.within_hours(utc("2026-01-10T10:00"))


def test_hours_follow_the_wall_clock_over_a_clock_change():
    assert BERLIN.hours(date(2026, 3, 27))[0] == utc("2026-03-27T08:00")
    assert BERLIN.hours(date(2026, 3, 30))[0] == utc("2026-03-30T07:00")


def test_night_shift_belongs_to_the_day_it_begins_on():
    assert NIGHT.hours(MON) == (utc("2026-01-05T21:00"), utc("2026-01-06T05:00"))
    assert NIGHT.working_date(utc("2026-01-06T01:00")) == MON
    assert NIGHT.working_date(utc("2026-01-06T05:00")) == TUE
    assert NIGHT.within_hours(utc("2026-01-06T01:00"))
    assert not NIGHT.within_hours(utc("2026-01-06T10:00"))


def test_hours_cover_what_begins_and_ends_in_them():
    assert BERLIN.covers(utc("2026-01-06T15:45"), utc("2026-01-06T16:00"))
    assert not BERLIN.covers(utc("2026-01-06T15:46"), utc("2026-01-06T16:01"))
    assert not BERLIN.covers(utc("2026-01-06T07:59"), utc("2026-01-06T08:14"))
    assert NIGHT.covers(utc("2026-01-09T22:55"), utc("2026-01-09T23:10"))
    assert not NIGHT.covers(utc("2026-01-10T22:55"), utc("2026-01-10T23:10"))


def test_friday_night_shift_runs_into_saturday():
    saturday_at_three = utc("2026-01-10T02:00")
    assert NIGHT.within_hours(saturday_at_three)
    assert NIGHT.working_date(saturday_at_three) == FRI


def test_no_shift_runs_on_after_a_day_off():
    monday_at_three = utc("2026-01-12T02:00")
    assert not NIGHT.within_hours(monday_at_three)
    assert NIGHT.working_date(monday_at_three) == NEXT_MON


def test_night_shift_over_the_clock_change_is_an_hour_shorter():
    saturdays = WorkingCalendar(BERLIN.timezone, frozenset({5}), time(22), time(6))
    opens, closes = saturdays.hours(date(2026, 3, 28))
    assert closes - opens == timedelta(hours=7)


def test_equal_start_and_end_are_a_whole_day():
    always = WorkingCalendar(BERLIN.timezone, frozenset(range(7)), time(0), time(0))
    assert always.hours(TUE) == (utc("2026-01-05T23:00"), utc("2026-01-06T23:00"))
    assert always.within_hours(utc("2026-01-10T22:59"))
    assert always.working_date(utc("2026-01-06T23:00")) == WED


# Deadlines


def test_seal_opens_at_the_end_of_the_second_working_day_after():
    assert BERLIN.end_of_nth_working_day_after(utc("2026-01-06T09:00"), 2) == utc("2026-01-08T16:00")


def test_seal_of_a_friday_session_opens_on_tuesday():
    assert BERLIN.end_of_nth_working_day_after(utc("2026-01-09T15:00"), 2) == utc("2026-01-13T16:00")


def test_seal_of_a_weekend_session_counts_from_monday():
    assert BERLIN.end_of_nth_working_day_after(utc("2026-01-10T10:00"), 2) == utc("2026-01-13T16:00")


def test_seal_in_a_night_shift_counts_shifts():
    assert NIGHT.end_of_nth_working_day_after(utc("2026-01-06T02:00"), 2) == utc("2026-01-08T05:00")


def test_72_hours_are_three_working_days_at_the_same_wall_time():
    assert BERLIN.after_working_days(utc("2026-01-07T10:30"), 3) == utc("2026-01-12T10:30")


def test_72_hours_keep_the_wall_time_over_a_clock_change():
    assert BERLIN.after_working_days(utc("2026-03-26T10:30"), 3) == utc("2026-03-31T09:30")


def test_72_hours_from_a_day_off_count_the_next_working_days():
    assert BERLIN.after_working_days(utc("2026-01-10T10:30"), 3) == utc("2026-01-14T10:30")


def test_72_hours_of_a_night_shift_end_in_the_third_shift_after():
    assert NIGHT.after_working_days(utc("2026-01-06T02:00"), 3) == utc("2026-01-09T02:00")


def test_72_hours_of_the_last_night_shift_of_a_week_count_from_that_shift():
    saturday_at_three = utc("2026-01-10T02:00")
    assert NIGHT.after_working_days(saturday_at_three, 3) == utc("2026-01-15T02:00")


# Nobody works


@pytest.mark.parametrize(
    "nobody",
    [
        WorkingCalendar(BERLIN.timezone, work_days=frozenset()),
        WorkingCalendar(BERLIN.timezone, holidays=[MON + timedelta(days=n) for n in range(-10, 400)]),
    ],
    ids=["no day ticked", "every day a holiday"],
)
def test_search_without_working_days_ends_with_a_sentence(nobody):
    with pytest.raises(NoWorkingDay, match="Choose at least one working day") as raised:
        nobody.next_working_day(MON)
    assert raised.value.start == TUE
    assert not nobody.within_hours(utc("2026-01-06T10:00"))


def test_deadlines_without_working_days_count_calendar_days():
    nobody = WorkingCalendar(BERLIN.timezone, work_days=frozenset())
    assert nobody.end_of_nth_working_day_after(utc("2026-01-09T09:00"), 2) == utc("2026-01-11T16:00")
    assert nobody.after_working_days(utc("2026-01-09T10:30"), 3) == utc("2026-01-12T10:30")


def test_long_leave_is_searched_for_a_year():
    leave = {MON + timedelta(days=n) for n in range(365)}
    back = WorkingCalendar(BERLIN.timezone, work_days=frozenset(range(7)), holidays=leave)
    assert back.working_day_on_or_after(MON) == MON + timedelta(days=365)


# Public holidays


def test_public_holidays_of_a_country_and_of_its_region():
    germany, bavaria = holiday_container("DE"), holiday_container("de", "BY")
    epiphany, good_friday = date(2026, 1, 6), date(2026, 4, 3)
    assert [day in germany for day in (epiphany, good_friday)] == [False, True]
    assert [day in bavaria for day in (epiphany, good_friday)] == [True, True]


def test_country_and_region_may_be_given_in_one():
    assert holiday_container("DE-BY") == holiday_container("DE", "BY")
    assert holiday_container(" de-BY ") == holiday_container("DE", "BY")


def test_holiday_observed_in_the_year_before_it():
    assert date(2021, 12, 31) in holiday_container("US")


def test_empty_country_has_no_holidays():
    nowhere = holiday_container("")
    assert date(2026, 1, 1) not in nowhere
    assert holiday_container("  ", "BY") is nowhere


def test_working_day_skips_a_public_holiday():
    calendar = WorkingCalendar(BERLIN.timezone, holidays=holiday_container("DE"))
    assert calendar.next_working_day(date(2026, 4, 2)) == date(2026, 4, 7)


def test_holidays_answer_only_for_dates():
    assert "2026-01-01" not in holiday_container("DE")


def test_calendars_of_one_place_are_equal_and_hashable():
    here, there = (WorkingCalendar(BERLIN.timezone, holidays=holiday_container("DE")) for _ in "ab")
    assert {here} == {there}


@pytest.mark.parametrize("codes", [("XX",), ("DE", "ZZ"), ("DE-ZZ",), ("Germany",)])
def test_unknown_place_is_refused_with_a_sentence(codes):
    with pytest.raises(ValueError, match=f'No holidays are known for "{"-".join(codes).upper()}"'):
        holiday_container(*codes)
