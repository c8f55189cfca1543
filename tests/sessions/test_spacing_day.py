from datetime import date, datetime, time, timedelta
from itertools import permutations
from zoneinfo import ZoneInfo

import pytest

from sessions.domain.calendar import NoWorkingDay, WorkingCalendar
from sessions.domain.spacing import DuePrompt, SpacingRules, plan_day

ZONE = ZoneInfo("Europe/Berlin")
BERLIN = WorkingCalendar(ZONE)
MON, TUE, WED, THU, FRI = (date(2026, 1, day) for day in range(5, 10))
NEXT_MON, NEXT_TUE = date(2026, 1, 12), date(2026, 1, 13)


def local(text):
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


EARLY_MONDAY = local("2026-01-05T06:00")


def due(number, on=MON, wall="11:30", r=0.9, pillar=None, not_before=None):
    return DuePrompt(
        id=number,
        pillar_id=pillar or number,
        at=local(f"{on}T{wall}"),
        retrievability=r,
        not_before=not_before,
    )


def plan(*prompts, already=None, now=EARLY_MONDAY, calendar=BERLIN):
    """(working day, local wall time, prompt ids) of each message."""
    schedule = plan_day(prompts, already or {}, now, calendar)
    return [(m.on, f"{m.at.astimezone(calendar.timezone):%H:%M}", m.prompt_ids) for m in schedule.messages]


def days(*prompts, **more):
    return [(on, ids) for on, _, ids in plan(*prompts, **more)]


# One message


def test_nothing_due_is_no_message():
    assert plan() == []
    assert plan(calendar=WorkingCalendar(ZONE, work_days=frozenset())) == []


def test_prompt_goes_out_when_it_is_wanted():
    assert plan(due(1, WED, "14:15")) == [(WED, "14:15", (1,))]


def test_three_pillars_of_a_day_share_one_message_at_the_earliest_time():
    assert plan(due(1, wall="14:00"), due(2, wall="09:30"), due(3)) == [(MON, "09:30", (2, 3, 1))]


def test_message_waits_for_the_not_before_of_all_its_prompts():
    friday = due(2, wall="16:30", not_before=local("2026-01-05T13:00"))
    assert plan(due(1), friday) == [(MON, "13:00", (1, 2))]


def test_lowest_retrievability_is_asked_first_in_a_message():
    assert days(due(1, r=0.9), due(2, r=0.4), due(3, r=0.7)) == [(MON, (2, 3, 1))]


def test_ties_go_to_the_earlier_and_then_to_the_smaller_id():
    assert days(due(3), due(2), due(1, wall="12:00")) == [(MON, (2, 3, 1))]


def test_instant_is_the_first_prompts_own_when_it_is_alone():
    schedule = plan_day([due(1, wall="09:30")], {}, EARLY_MONDAY, BERLIN)
    assert schedule.messages[0].at == local("2026-01-05T09:30")


# Cap of the day


def test_fourth_question_moves_to_the_next_day():
    prompts = [due(n, r=0.9 - n / 10) for n in (1, 2, 3, 4)]
    assert plan(*prompts) == [(MON, "11:30", (4, 3, 2)), (TUE, "11:30", (1,))]


def test_moved_question_joins_the_message_of_the_next_day():
    prompts = [due(n, r=0.5) for n in (1, 2, 3, 4)]
    assert days(*prompts, due(5, TUE)) == [(MON, (1, 2, 3)), (TUE, (4, 5))]


def test_moved_question_skips_the_weekend():
    prompts = [due(n, FRI) for n in (1, 2, 3, 4)]
    assert days(*prompts) == [(FRI, (1, 2, 3)), (NEXT_MON, (4,))]


def test_day_whose_message_is_sent_is_closed():
    assert days(due(1), already={MON: 1}) == [(TUE, (1,))]
    assert days(due(1), already={MON: 0}) == [(MON, (1,))]


# Cap of the week


def test_fifth_day_of_a_week_waits_for_the_next_week():
    prompts = [due(n, on) for n, on in enumerate((MON, TUE, WED, THU, FRI), start=1)]
    assert days(*prompts) == [
        (MON, (1,)),
        (TUE, (2,)),
        (WED, (3,)),
        (THU, (4,)),
        (NEXT_MON, (5,)),
    ]


def test_over_the_cap_of_the_week_the_lowest_retrievability_stays():
    prompts = [due(n, on, r=0.9 - n / 10) for n, on in enumerate((MON, TUE, WED, THU, FRI), start=1)]
    assert days(*prompts) == [(TUE, (2, 1)), (WED, (3,)), (THU, (4,)), (FRI, (5,))]


def test_messages_sent_this_week_count():
    sent = {MON: 1, TUE: 1, WED: 1}
    assert days(due(1, THU), due(2, FRI), already=sent, now=local("2026-01-08T06:00")) == [
        (THU, (1,)),
        (NEXT_MON, (2,)),
    ]


def test_messages_of_the_week_before_do_not_count():
    sent = dict.fromkeys((MON, TUE, WED, THU), 1)
    assert days(due(1, FRI), already=sent, now=local("2026-01-09T06:00")) == [(NEXT_MON, (1,))]
    assert days(due(1, NEXT_MON), already=sent) == [(NEXT_MON, (1,))]


def test_messages_of_the_same_week_a_year_ago_do_not_count():
    sent = dict.fromkeys((date(2025, 1, 6) + timedelta(days=n) for n in range(4)), 1)
    assert days(due(1, MON), already=sent) == [(MON, (1,))]
    assert date(2025, 1, 6).isocalendar().week == MON.isocalendar().week


def test_week_over_new_year_is_one_iso_week():
    sent = {date(2026, 12, day): 1 for day in (28, 29, 30, 31)}
    new_year = local("2027-01-01T06:00")
    assert days(due(1, date(2027, 1, 1)), already=sent, now=new_year) == [(date(2027, 1, 4), (1,))]


# Overdue


def test_overdue_prompt_goes_out_now_if_the_hours_allow():
    assert plan(due(1), now=local("2026-01-05T14:05")) == [(MON, "14:05", (1,))]


def test_overdue_prompt_waits_when_the_hours_are_nearly_over():
    assert plan(due(1), now=local("2026-01-05T16:31")) == [(TUE, "11:30", (1,))]


def test_overdue_prompts_of_one_pillar_never_stack():
    schedule = plan_day(
        [due(1, pillar=7, r=0.8), due(2, pillar=7, r=0.3), due(3, pillar=7, r=0.8), due(4)],
        {},
        local("2026-01-08T08:00"),
        BERLIN,
    )
    assert [message.prompt_ids for message in schedule.messages] == [(2, 4)]
    assert schedule.stacked == (1, 3)


def test_a_month_of_overdue_prompts_comes_three_a_day_and_four_days_a_week():
    prompts = [due(n) for n in range(1, 17)]
    found = days(*prompts, now=local("2026-02-02T08:00"))
    assert [on.day for on, _ in found] == [2, 3, 4, 5, 9, 10]
    assert [len(ids) for _, ids in found] == [3, 3, 3, 3, 3, 1]


def test_prompt_may_not_be_pulled_before_its_earliest_instant():
    tomorrow = due(1, not_before=local("2026-01-06T13:00"))
    assert plan(tomorrow) == [(TUE, "13:00", (1,))]
    evening = due(1, not_before=local("2026-01-05T16:45"))
    assert plan(evening) == [(TUE, "11:30", (1,))]


# Order and calendars


def test_order_of_the_prompts_does_not_matter():
    prompts = [due(1), due(2), due(3, TUE), due(4, r=0.2), due(5, pillar=4, r=0.2), due(6)]
    results = {plan_day(order, {TUE: 1}, EARLY_MONDAY, BERLIN) for order in permutations(prompts)}
    assert len(results) == 1


def test_planning_a_plan_again_changes_nothing():
    prompts = [due(n, MON, r=n / 10) for n in range(1, 9)]
    first = plan_day(prompts, {}, EARLY_MONDAY, BERLIN).messages
    placed = {number: message.at for message in first for number in message.prompt_ids}
    again = [
        DuePrompt(id=p.id, pillar_id=p.pillar_id, at=placed[p.id], retrievability=p.retrievability) for p in prompts
    ]
    assert plan_day(again, {}, EARLY_MONDAY, BERLIN).messages == first


def test_holiday_is_stepped_over():
    calendar = WorkingCalendar(ZONE, holidays={MON, TUE})
    assert plan(due(1), calendar=calendar) == [(WED, "11:30", (1,))]


def test_learner_who_moved_gets_it_in_working_hours_of_the_new_zone():
    new_york = WorkingCalendar(ZoneInfo("America/New_York"))
    assert plan(due(1), calendar=new_york) == [(MON, "11:30", (1,))]
    kolkata = WorkingCalendar(ZoneInfo("Asia/Kolkata"))
    assert plan(due(1), calendar=kolkata) == [(MON, "16:00", (1,))]


def test_moved_prompt_comes_at_the_best_time():
    calendar = WorkingCalendar(ZONE, best_time=time(15))
    assert plan(due(1), already={MON: 1}, calendar=calendar) == [(TUE, "15:00", (1,))]


def test_night_shift_gets_one_message_a_shift():
    nights = WorkingCalendar(ZONE, work_start=time(22), work_end=time(6))
    prompts = [due(1, TUE, "02:00"), due(2, TUE, "04:00"), due(3, TUE, "22:00")]
    assert plan(*prompts, calendar=nights) == [(MON, "02:00", (1, 2)), (TUE, "22:00", (3,))]


def test_message_on_both_sides_of_the_clock_change_keeps_its_wall_time():
    sunday_before = local("2026-03-29T00:00")
    daily = WorkingCalendar(ZONE, work_days=frozenset(range(7)))
    late = due(1, date(2026, 3, 29), "11:30")
    moved = due(2, date(2026, 3, 29), "11:30", pillar=2)
    found = plan(late, moved, already={date(2026, 3, 29): 1}, now=sunday_before, calendar=daily)
    assert found == [(date(2026, 3, 30), "11:30", (1, 2))]


def test_smaller_caps_are_kept_too():
    rules = SpacingRules(messages_per_week=1, questions_per_message=1)
    schedule = plan_day([due(1), due(2)], {}, EARLY_MONDAY, BERLIN, rules)
    assert [m.on for m in schedule.messages] == [MON, NEXT_MON]


def test_learner_without_working_days_cannot_be_planned():
    nobody = WorkingCalendar(ZONE, holidays={MON + timedelta(days=n) for n in range(500)})
    with pytest.raises(NoWorkingDay):
        plan(due(1), calendar=nobody)
