from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from sessions.domain.calendar import NoWorkingDay, WorkingCalendar
from sessions.domain.spacing import (
    RULE_VERSION,
    Answer,
    Flag,
    FollowUpState,
    Memory,
    SpacingRules,
    StepKind,
    after_answer,
    after_missed,
    review,
)

ZONE = ZoneInfo("Europe/Berlin")
BERLIN = WorkingCalendar(ZONE)
GOOD, HARD, EASY = Answer.AS_PLANNED, Answer.HARDER, Answer.NATURALLY
AGAIN, NO_CHANCE, MISSED = Answer.NOT_THIS_TIME, Answer.NO_CHANCE, None


def local(text):
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


MONDAY = local("2026-01-05T11:30")
NEW = Memory(due=MONDAY)
LEARNED = review(review(NEW, GOOD, MONDAY, 90, 1), GOOD, local("2026-01-07T11:30"), 90, 1)


def state(*history, memory=NEW, **more):
    return FollowUpState(card_id=1, memory=memory, history=history, **more)


def answered(answer, *history, at=MONDAY, calendar=BERLIN, **more):
    return after_answer(state(*history, **more), answer, at, calendar)


def missed(*history, at=MONDAY, calendar=BERLIN, **more):
    return after_missed(state(*history, **more), at, calendar)


# Answers


@pytest.mark.parametrize(
    ("answer", "on"),
    [(AGAIN, 6), (HARD, 6), (GOOD, 7), (EASY, 13)],
)
def test_first_answer_sets_the_next_day(answer, on):
    step = answered(answer)
    assert step.kind is StepKind.ASK
    assert step.on == date(2026, 1, on)
    assert step.at == local(f"2026-01-{on:02}T11:30")
    assert step.flags == frozenset()


def test_answer_moves_the_memory():
    assert answered(GOOD).memory == review(NEW, GOOD, MONDAY, 90, 1)


def test_step_says_which_rules_decided():
    assert RULE_VERSION == 1
    assert answered(GOOD).rule_version == RULE_VERSION
    assert missed(*[MISSED] * 4).rule_version == RULE_VERSION
    later = after_answer(state(AGAIN), AGAIN, MONDAY, BERLIN, SpacingRules(version=7))
    assert later.rule_version == 7


def test_next_prompt_due_on_saturday_comes_on_monday():
    thursday = local("2026-01-08T11:30")
    assert answered(GOOD, at=thursday, memory=Memory(due=thursday)).on == date(2026, 1, 12)


def test_next_prompt_may_be_bundled_twelve_hours_before_due_at_the_earliest():
    afternoon = local("2026-01-05T15:00")
    step = answered(GOOD, at=afternoon)
    assert step.at == local("2026-01-07T11:30")
    assert step.not_before == local("2026-01-07T03:00")


def test_horizon_limits_the_next_interval():
    due = LEARNED.due
    assert answered(GOOD, at=due, memory=LEARNED).memory.due - due == timedelta(days=14)
    short = answered(GOOD, at=due, memory=LEARNED, horizon_days=28)
    assert short.memory.due - due == timedelta(days=7)


def test_fewer_of_these_doubles_the_pause_and_leaves_the_memory():
    assert answered(EASY, stretch=2).memory == answered(EASY).memory
    assert answered(EASY, stretch=2).on == date(2026, 1, 21)
    assert answered(NO_CHANCE, stretch=2).on == date(2026, 1, 7)


def test_changed_answer_is_computed_from_the_state_before():
    before = state(AGAIN)
    assert after_answer(before, AGAIN, MONDAY, BERLIN).kind is StepKind.BOOSTER
    assert after_answer(before, GOOD, MONDAY, BERLIN).kind is StepKind.ASK


# No chance


def test_no_chance_leaves_the_memory():
    assert answered(NO_CHANCE, memory=LEARNED).memory is LEARNED


def test_no_chance_before_any_review_asks_again_the_next_working_day():
    assert answered(NO_CHANCE).on == date(2026, 1, 6)
    assert answered(NO_CHANCE, at=local("2026-01-09T12:00")).on == date(2026, 1, 12)


def test_no_chance_asks_again_after_the_same_interval():
    two_days = review(NEW, GOOD, MONDAY, 90, 1)
    assert answered(NO_CHANCE, memory=two_days, at=two_days.due).on == date(2026, 1, 9)


def test_no_chance_asks_again_after_three_working_days_at_most():
    assert LEARNED.interval_days == 11
    step = answered(NO_CHANCE, memory=LEARNED, at=local("2026-01-16T12:00"))
    assert step.on == date(2026, 1, 21)


def test_two_no_chances_in_a_row_ask_for_a_new_cue():
    assert answered(NO_CHANCE).flags == frozenset()
    assert answered(NO_CHANCE, NO_CHANCE).flags == {Flag.ASK_NEW_CUE}
    assert answered(NO_CHANCE, NO_CHANCE, MISSED).flags == {Flag.ASK_NEW_CUE}
    assert answered(NO_CHANCE, NO_CHANCE).kind is StepKind.ASK


def test_a_chance_in_between_keeps_the_cue():
    assert answered(NO_CHANCE, NO_CHANCE, GOOD).flags == frozenset()


# Not this time


def test_two_not_this_time_in_a_row_open_a_booster_instead_of_a_prompt():
    step = answered(AGAIN, AGAIN)
    assert step.kind is StepKind.BOOSTER
    assert (step.at, step.on) == (None, None)
    assert step.flags == {Flag.TELL_COACH}
    assert step.memory != NEW


@pytest.mark.parametrize("between", [NO_CHANCE, MISSED])
def test_silence_and_no_chance_do_not_break_the_run_to_a_booster(between):
    assert answered(AGAIN, AGAIN, between).kind is StepKind.BOOSTER


@pytest.mark.parametrize("between", [GOOD, HARD, EASY])
def test_a_try_in_between_breaks_the_run_to_a_booster(between):
    assert answered(AGAIN, AGAIN, between).kind is StepKind.ASK


def test_one_not_this_time_after_mastery_opens_a_booster():
    assert answered(AGAIN, mastered=True).kind is StepKind.BOOSTER
    assert answered(GOOD, mastered=True).kind is StepKind.ASK
    assert answered(GOOD, AGAIN, mastered=True).kind is StepKind.ASK


# Silence


def test_silence_never_moves_the_memory():
    for before in range(6):
        assert missed(*[MISSED] * before, memory=LEARNED).memory is LEARNED


def test_first_silence_gets_one_gentle_reoffer_the_next_working_day():
    step = missed(GOOD, GOOD, memory=LEARNED, at=local("2026-01-09T11:30"))
    assert step.kind is StepKind.REOFFER
    assert step.at == local("2026-01-12T11:30")
    assert step.flags == frozenset()


def test_silent_reoffer_is_followed_by_the_whole_interval():
    step = missed(MISSED, memory=LEARNED)
    assert step.kind is StepKind.ASK
    assert step.on == date(2026, 1, 16)
    assert step.flags == frozenset()


def test_interval_after_silence_is_counted_in_real_days_over_the_clock_change():
    daily = WorkingCalendar(ZONE, work_days=frozenset(range(7)))
    step = missed(MISSED, at=local("2026-10-24T23:45"), calendar=daily)
    assert step.at == local("2026-10-25T11:30")


def test_three_in_a_row_halve_the_rate_and_ask_about_timing():
    step = missed(MISSED, MISSED, memory=LEARNED)
    assert step.kind is StepKind.ASK
    assert step.on == date(2026, 1, 27)
    assert step.flags == {Flag.HALF_RATE, Flag.ASK_TIMING}


def test_fourth_in_a_row_stays_at_half_rate_without_asking_again():
    step = missed(MISSED, MISSED, MISSED, memory=LEARNED)
    assert step.on == date(2026, 1, 27)
    assert step.flags == {Flag.HALF_RATE}


def test_timing_is_asked_once_in_the_life_of_a_follow_up():
    assert missed(*[MISSED] * 3, GOOD, MISSED, MISSED).flags == {Flag.HALF_RATE}


@pytest.mark.parametrize("before", [4, 5])
def test_five_in_a_row_stop_and_tell_the_learner_only(before):
    step = missed(*[MISSED] * before)
    assert step.kind is StepKind.STOP
    assert (step.at, step.on) == (None, None)
    assert step.flags == {Flag.TELL_LEARNER}


@pytest.mark.parametrize("answer", list(Answer))
def test_any_answer_ends_a_run_of_silence(answer):
    assert missed(*[MISSED] * 4, answer).kind is StepKind.REOFFER


def test_half_rate_and_fewer_of_these_add_up():
    assert missed(MISSED, MISSED, memory=LEARNED, stretch=2).on == date(2026, 2, 18)


# Horizon


def test_no_prompt_comes_after_the_horizon():
    step = answered(GOOD, until=local("2026-01-07T11:29"))
    assert step.kind is StepKind.DONE
    assert (step.at, step.on, step.not_before, step.flags) == (None, None, None, frozenset())
    assert step.memory == answered(GOOD).memory


def test_prompt_at_the_end_of_the_horizon_still_comes():
    assert answered(GOOD, until=local("2026-01-07T11:30")).kind is StepKind.ASK


def test_horizon_ends_every_kind_of_asking():
    over = local("2026-01-05T12:00")
    assert answered(NO_CHANCE, NO_CHANCE, until=over).kind is StepKind.DONE
    assert missed(until=over).kind is StepKind.DONE
    assert missed(MISSED, MISSED, until=over).kind is StepKind.DONE


def test_horizon_does_not_hide_a_booster_or_a_stop():
    over = local("2026-01-05T12:00")
    assert answered(AGAIN, AGAIN, until=over).kind is StepKind.BOOSTER
    assert missed(*[MISSED] * 4, until=over).kind is StepKind.STOP


# Calendars


def test_steps_follow_the_learners_own_week():
    part_time = WorkingCalendar(ZONE, work_days=frozenset({0, 3}))
    assert answered(GOOD, calendar=part_time).on == date(2026, 1, 8)
    assert answered(NO_CHANCE, calendar=part_time).on == date(2026, 1, 8)
    assert missed(calendar=part_time).on == date(2026, 1, 8)


def test_night_shift_is_asked_in_the_shift_of_the_due_night():
    nights = WorkingCalendar(ZONE, work_start=time(22), work_end=time(6))
    step = answered(GOOD, at=local("2026-01-06T02:00"), calendar=nights)
    assert step.at == local("2026-01-07T22:00")
    assert step.on == date(2026, 1, 7)


def test_learner_without_working_days_cannot_be_asked():
    nobody = WorkingCalendar(ZONE, work_days=frozenset())
    with pytest.raises(NoWorkingDay):
        answered(GOOD, calendar=nobody)
    with pytest.raises(NoWorkingDay):
        missed(calendar=nobody)


def test_stopping_needs_no_working_day():
    nobody = WorkingCalendar(ZONE, work_days=frozenset())
    assert missed(*[MISSED] * 4, calendar=nobody).kind is StepKind.STOP
    assert answered(AGAIN, AGAIN, calendar=nobody).kind is StepKind.BOOSTER


def test_naive_time_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        answered(GOOD, at=MONDAY.replace(tzinfo=None))
