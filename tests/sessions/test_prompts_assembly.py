"""Due questions become messages: one a learner and day, four a week, one to three questions each."""

import datetime as dt

import pytest
from django.utils import timezone

from programs.models import Member
from sessions.domain import assembly
from sessions.domain.spacing import Memory, review
from sessions.models import Delivery, Message, Prompt
from tests.sessions.prompt_steps import GOOD, at, followed, fresh, other_enrolment, prompt_of

MONDAY = at("2026-01-05T11:30")
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def on_monday(time_machine):
    time_machine.move_to(MONDAY, tick=False)


def planned(cast, key: str = "", when: dt.datetime = MONDAY, **fields) -> Prompt:
    """A planned question of Leo's, of another pillar for another key."""
    enrolment = other_enrolment(cast, key) if key else cast.enrolment
    return prompt_of(followed(cast, ended=MONDAY - 3 * DAY, enrolment=enrolment), "planned", at=when, **fields)


def local(moment) -> str:
    return timezone.localtime(moment, MONDAY.tzinfo).strftime("%a %d %H:%M")


def sent_on(cast, *days: str) -> None:
    for day in days:
        Message.objects.create(
            organization=cast.organization, recipient=cast.leo, kind="prompts", local_date=day, due_at=MONDAY
        )


def test_question_whose_time_has_come_gets_its_message(cast):
    prompt = planned(cast)
    assert assembly.assemble(MONDAY) == 1
    message = fresh(prompt).message
    assert (message.recipient, message.local_date, message.due_at) == (cast.leo, dt.date(2026, 1, 5), MONDAY)
    assert message.deliveries.get().next_try_at == MONDAY
    assert fresh(prompt).status == "planned"  # asked once it has been sent


def test_second_run_writes_nothing(cast):
    planned(cast)
    assembly.assemble(MONDAY)
    assert assembly.assemble(MONDAY + dt.timedelta(minutes=1)) == 0
    assert (Message.objects.count(), Delivery.objects.count()) == (1, 1)


def test_question_waits_for_its_time(cast):
    planned(cast)
    assert assembly.assemble(MONDAY - dt.timedelta(seconds=1)) == 0


def test_three_pillars_share_one_message(cast):
    questions = [planned(cast), planned(cast, "b"), planned(cast, "c", MONDAY + dt.timedelta(hours=1))]
    assert assembly.assemble(MONDAY) == 1
    assert {fresh(prompt).message for prompt in questions} == {Message.objects.get()}


def test_fourth_question_moves_to_the_next_day_by_retrievability(cast):
    questions = [planned(cast, key) for key in ("", "b", "c", "d")]
    known = review(Memory(due=MONDAY - DAY), GOOD, MONDAY - DAY, 90, 1)
    kept = questions[1].follow_up
    kept.memory = known.to_json()
    kept.save()
    assert assembly.assemble(MONDAY) == 1
    assert [bool(fresh(prompt).message) for prompt in questions] == [True, False, True, True]
    assert local(fresh(questions[1]).due_at) == "Tue 06 11:30"


def test_bundle_waits_for_what_must_not_come_early(cast):
    first = planned(cast)
    second = planned(cast, "b", MONDAY + dt.timedelta(hours=2), not_before=MONDAY + dt.timedelta(hours=1))
    assert assembly.assemble(MONDAY) == 0
    assert [local(fresh(prompt).due_at) for prompt in (first, second)] == ["Mon 05 12:30"] * 2
    assert assembly.assemble(MONDAY + dt.timedelta(hours=1)) == 1


def test_day_that_has_its_message_is_closed(cast):
    sent_on(cast, "2026-01-05")
    prompt = planned(cast)
    assert assembly.assemble(MONDAY) == 0
    assert local(fresh(prompt).due_at) == "Tue 06 11:30"


def test_week_with_four_messages_is_closed(cast):
    sent_on(cast, "2026-01-05", "2026-01-06", "2026-01-07", "2026-01-08")
    friday = MONDAY + 4 * DAY
    prompt = planned(cast, when=friday)
    assert assembly.assemble(friday) == 0
    assert local(fresh(prompt).due_at) == "Mon 12 11:30"


def test_overdue_question_is_asked_now_and_not_stacked(cast):
    prompt = planned(cast, when=MONDAY - 20 * DAY)
    assert assembly.assemble(MONDAY + dt.timedelta(hours=1)) == 1
    assert fresh(prompt).message.due_at == MONDAY + dt.timedelta(hours=1)


@pytest.mark.parametrize(
    ("moment", "when"),
    [("2026-01-05T16:31", "Tue 06 11:30"), ("2026-01-10T11:30", "Mon 12 11:30"), ("2026-01-05T06:00", "Mon 05 11:30")],
)
def test_nothing_is_asked_outside_the_working_hours(cast, moment, when):
    prompt = planned(cast, when=at("2026-01-05T05:00"))
    assert assembly.assemble(at(moment)) == 0
    assert local(fresh(prompt).due_at) == when


def test_session_within_a_working_day_asks_instead(cast):
    cast.plan(when=at("2026-01-06T09:00"))
    prompt = planned(cast)
    assert assembly.assemble(MONDAY) == 0
    assert local(fresh(prompt).due_at) == "Wed 07 11:30"


def test_question_waits_while_a_newer_session_runs(cast):
    prompt = planned(cast)
    cast.plan(status="running", started_at=MONDAY - dt.timedelta(minutes=5), when=MONDAY)
    assert assembly.assemble(MONDAY) == 0
    assert local(fresh(prompt).due_at) == "Tue 06 11:30"


def test_session_left_unclosed_for_a_day_holds_nothing_up(cast):
    prompt = planned(cast)
    yesterday = MONDAY - DAY - dt.timedelta(minutes=1)
    cast.held(started_at=yesterday, ended_at=yesterday + dt.timedelta(minutes=15))
    assert assembly.assemble(MONDAY) == 1
    assert fresh(prompt).message is not None


@pytest.mark.parametrize(
    "fields",
    [
        {"deactivated_at": MONDAY},
        {"prompts_stopped_at": MONDAY},
        {"mail_bounced_at": MONDAY},
        {"prompts_paused_until": dt.date(2026, 1, 6)},
        {"prompts_paused_until": dt.date(2026, 3, 1)},
        {"work_days": []},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_who_cannot_or_will_not_be_asked_is_not(cast, fields):
    prompt = planned(cast)
    Member.objects.filter(pk=cast.leo.pk).update(**fields)
    assert assembly.assemble(MONDAY) == 0
    assert fresh(prompt).due_at == MONDAY


def test_questions_of_an_ended_follow_up_are_not_asked(cast):
    prompt = planned(cast)
    prompt.follow_up.ended_at, prompt.follow_up.ended_because = MONDAY, "left"
    prompt.follow_up.save()
    assert assembly.assemble(MONDAY) == 0


def test_best_time_of_the_member_is_kept(cast):
    Member.objects.filter(pk=cast.leo.pk).update(prompt_time=dt.time(15, 0))
    sent_on(cast, "2026-01-05")
    prompt = planned(cast)
    assembly.assemble(MONDAY)
    assert local(fresh(prompt).due_at) == "Tue 06 15:00"


def test_night_shift_after_midnight_counts_for_the_day_before(cast):
    Member.objects.filter(pk=cast.leo.pk).update(work_start=dt.time(22), work_end=dt.time(6), prompt_time=dt.time(2))
    night = at("2026-01-06T02:00")
    prompt = planned(cast, when=night)
    assert assembly.assemble(night) == 1
    assert fresh(prompt).message.local_date == dt.date(2026, 1, 5)


def test_batches_reach_everybody_in_a_constant_number_of_queries(cast, monkeypatch, django_assert_num_queries):
    planned(cast)
    with django_assert_num_queries(9):
        assembly.assemble(MONDAY)
    planned(cast, "b", MONDAY + DAY)
    lia = followed(cast, ended=MONDAY - 3 * DAY, enrolment=cast.lia_enrolment)
    prompt_of(lia, "planned", at=MONDAY + DAY)
    with django_assert_num_queries(9):
        assert assembly.assemble(MONDAY + DAY) == 2
    monkeypatch.setattr(assembly, "BATCH", 1)
    Prompt.objects.update(message=None, due_at=MONDAY + 2 * DAY)
    assert assembly.assemble(MONDAY + 2 * DAY) == 2
