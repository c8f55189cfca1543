"""What must hold for every learner, calendar and order of events."""

import json
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given, settings
from hypothesis import strategies as st

from sessions.domain.calendar import WorkingCalendar
from sessions.domain.spacing import (
    Answer,
    DuePrompt,
    FollowUpState,
    Memory,
    after_answer,
    after_missed,
    answer_deadline,
    first_prompt,
    max_gap_days,
    plan_day,
    prompt_for,
    review,
)

untimed = settings(deadline=None)

ZONES = (
    "Europe/Berlin",
    "America/Los_Angeles",
    "America/Santiago",
    "Africa/Cairo",
    "Asia/Kolkata",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Chatham",
    "Pacific/Kiritimati",
    "UTC",
)
YEAR = date(2028, 1, 1)  # a leap year
walls = st.builds(time, st.integers(0, 23), st.sampled_from((0, 15, 30, 59)))
days = st.dates(YEAR - timedelta(days=60), YEAR + timedelta(days=400))
instants = st.datetimes(
    datetime(2027, 11, 1),  # noqa: DTZ001 - hypothesis adds the zone
    datetime(2029, 1, 31),  # noqa: DTZ001
    timezones=st.sampled_from([UTC, *map(ZoneInfo, ZONES)]),
    allow_imaginary=False,
)
horizons = st.integers(1, 400)
outcomes = st.sampled_from([*Answer, None])


@st.composite
def calendars(draw):
    """Any zone, week and hours of two hours and more, night shifts and whole days included."""
    start = draw(walls)
    length = draw(st.integers(2, 24))
    end = (datetime.combine(YEAR, start) + timedelta(hours=length)).time()
    return WorkingCalendar(
        ZoneInfo(draw(st.sampled_from(ZONES))),
        draw(st.frozensets(st.integers(0, 6), min_size=1)),
        start,
        end,
        draw(st.frozensets(days, max_size=20)),
        draw(st.none() | walls),
    )


@st.composite
def workloads(draw):
    now = draw(instants)
    hours = st.integers(-24 * 30, 24 * 20)
    prompts = [
        DuePrompt(
            id=number,
            pillar_id=draw(st.integers(1, 9)),
            at=now + timedelta(hours=draw(hours)),
            retrievability=draw(st.sampled_from((0.0, 0.5, 0.9)) | st.floats(0, 1)),
            not_before=draw(st.none() | hours.map(lambda h: now + timedelta(hours=h))),
        )
        for number in range(draw(st.integers(0, 12)))
    ]
    near = st.integers(-7, 7).map(lambda n: now.date() + timedelta(days=n))
    return prompts, draw(st.dictionaries(near, st.integers(0, 2), max_size=6)), now


# Calendar


@untimed
@given(calendars(), days, walls)
def test_wall_time_is_kept_or_falls_behind_a_gap(calendar, day, wall):
    there = calendar.at(day, wall).astimezone(calendar.timezone)
    assert there.replace(tzinfo=None) >= datetime.combine(day, wall)
    assert there.fold == 0
    before = (calendar.at(day, wall) - timedelta(minutes=1)).astimezone(calendar.timezone)
    assert before.replace(tzinfo=None) < datetime.combine(day, wall)


@untimed
@given(calendars(), instants)
def test_hours_of_the_working_date_hold_every_instant_within_hours(calendar, instant):
    day = calendar.working_date(instant)
    opens, closes = calendar.hours(day)
    assert calendar.within_hours(instant) == (calendar.is_working_day(day) and opens <= instant < closes)
    assert calendar.local_date(instant) - day in (timedelta(0), timedelta(days=1))


@untimed
@given(calendars(), days, st.integers(1, 15))
def test_counting_working_days_undoes_adding_them(calendar, day, count):
    assert calendar.working_days_between(day, calendar.add_working_days(day, count)) == count


@untimed
@given(calendars(), instants, st.integers(1, 5))
def test_deadlines_are_later_and_in_order(calendar, instant, count):
    deadline = calendar.end_of_nth_working_day_after(instant, count)
    assert instant < deadline < calendar.end_of_nth_working_day_after(instant, count + 1)
    assert instant < calendar.after_working_days(instant, count)
    assert deadline.tzinfo is UTC


# Prompts


@untimed
@given(calendars(), instants)
def test_first_prompt_is_in_working_hours_and_late_only_when_it_says_so(calendar, ended):
    prompt = first_prompt(ended, calendar)
    after = prompt.at - ended.astimezone(UTC)
    assert calendar.within_hours(prompt.at)
    assert after >= timedelta(hours=3)
    assert prompt.late is (after > timedelta(hours=24))
    assert prompt.at.tzinfo is UTC


@untimed
@given(calendars(), instants)
def test_later_prompt_is_in_working_hours_and_its_answer_counts_in_full(calendar, due):
    at = prompt_for(due, calendar)
    assert calendar.within_hours(at)
    assert at >= due.astimezone(UTC) - timedelta(hours=12)


@untimed
@given(calendars(), instants, st.lists(outcomes, min_size=1, max_size=12), horizons)
def test_every_step_of_a_follow_up_keeps_the_promises(calendar, ended, history, horizon):
    asked = first_prompt(ended, calendar).at
    state = FollowUpState(card_id=1, memory=Memory(due=asked), horizon_days=horizon)
    for outcome in history:
        if outcome is None:
            known = answer_deadline(asked, calendar)
            step = after_missed(state, known, calendar)
            assert step.memory is state.memory
        else:
            known = asked + timedelta(minutes=5)
            step = after_answer(state, outcome, known, calendar)
        if step.at is None:
            break
        assert calendar.within_hours(step.at)
        assert calendar.working_date(step.at) == step.on > calendar.working_date(asked)
        assert step.at > known
        asked = step.at
        state = FollowUpState(
            card_id=1,
            memory=step.memory,
            horizon_days=horizon,
            history=(*state.history, outcome),
        )


# Memory


reviews = st.lists(st.tuples(st.sampled_from([*Answer]), st.integers(-12 * 60, 40 * 24 * 60)), max_size=15)


@untimed
@given(instants, reviews, horizons)
def test_due_only_moves_forward_and_never_past_the_longest_gap(start, answers, horizon):
    memory = Memory(due=start.astimezone(UTC))
    for answer, minutes in answers:
        at = memory.due + timedelta(minutes=minutes)
        after = review(memory, answer, at, horizon, card_id=1)
        if answer is Answer.NO_CHANCE:
            assert after is memory
            continue
        assert after.due >= memory.due + timedelta(days=1)
        assert after.last_review == max(at, memory.due)
        assert 1 <= after.interval_days <= max_gap_days(horizon)
        memory = after


@untimed
@given(instants, reviews, horizons)
def test_memory_survives_json(start, answers, horizon):
    memory = Memory(due=start.astimezone(UTC))
    for answer, minutes in answers:
        at = memory.due + timedelta(minutes=minutes)
        memory = review(memory, answer, at, horizon, card_id=1)
    assert Memory.from_json(json.loads(json.dumps(memory.to_json()))) == memory


@given(st.integers(1, 3000))
def test_longer_horizon_never_shortens_the_longest_gap(horizon):
    assert 1 <= max_gap_days(horizon) <= max_gap_days(horizon + 1)


# The cap


@untimed
@given(calendars(), workloads())
def test_plan_keeps_every_cap_and_every_hour(calendar, workload):
    prompts, already, now = workload
    schedule = plan_day(prompts, already, now, calendar)
    by_id = {prompt.id: prompt for prompt in prompts}
    sent = {day for day, count in already.items() if count}
    week = Counter()
    for day, count in already.items():
        week[day.isocalendar()[:2]] += count
    for message in schedule.messages:
        assert calendar.within_hours(message.at)
        assert calendar.working_date(message.at) == message.on
        assert message.on not in sent
        assert message.at >= now
        sent.add(message.on)
        week[message.on.isocalendar()[:2]] += 1
        assert week[message.on.isocalendar()[:2]] <= 4
        assert 1 <= len(message.prompt_ids) <= 3
        for number in message.prompt_ids:
            assert message.on >= calendar.working_date(by_id[number].at)
            assert message.at >= (by_id[number].not_before or now)


@untimed
@given(calendars(), workloads())
def test_plan_asks_every_pillar_once_and_loses_nobody(calendar, workload):
    prompts, already, now = workload
    schedule = plan_day(prompts, already, now, calendar)
    planned = [number for message in schedule.messages for number in message.prompt_ids]
    pillar = {prompt.id: prompt.pillar_id for prompt in prompts}
    assert sorted([*planned, *schedule.stacked]) == sorted(pillar)
    assert sorted(pillar[number] for number in planned) == sorted(set(pillar.values()))


@untimed
@given(calendars(), workloads(), st.randoms(use_true_random=False))
def test_plan_does_not_depend_on_the_order(calendar, workload, random):
    prompts, already, now = workload
    shuffled = random.sample(prompts, len(prompts))
    assert plan_day(shuffled, already, now, calendar) == plan_day(prompts, already, now, calendar)
