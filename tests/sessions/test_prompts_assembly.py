"""Due questions become messages: one a learner and day, four a week, one to three questions each."""

import datetime as dt

import pytest
from django.utils import timezone

from programs.models import Member
from sessions.domain import assembly, prompts
from sessions.domain.spacing import Memory, review
from sessions.models import Delivery, FollowUp, Message, Prompt
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


def test_a_week_that_runs_still_west_of_utc_is_the_one_before(cast):
    """On a Sunday evening in Los Angeles it is Monday in UTC."""
    hours = {"timezone": "America/Los_Angeles", "work_days": list(range(7)), "work_end": dt.time(21)}
    Member.objects.filter(pk=cast.leo.pk).update(**hours)
    sent_on(cast, "2026-01-06", "2026-01-07", "2026-01-08", "2026-01-09")
    sunday = dt.datetime(2026, 1, 12, 1, 30, tzinfo=dt.UTC)
    prompt = planned(cast, when=sunday)
    assert assembly.assemble(sunday) == 0
    assert fresh(prompt).due_at.date() == dt.date(2026, 1, 12)


def test_week_with_four_messages_is_closed(cast):
    sent_on(cast, "2026-01-05", "2026-01-06", "2026-01-07", "2026-01-08")
    friday = MONDAY + 4 * DAY
    prompt = planned(cast, when=friday)
    assert assembly.assemble(friday) == 0
    assert local(fresh(prompt).due_at) == "Mon 12 11:30"


def test_overdue_question_is_asked_now_and_not_stacked(cast):
    prompt = planned(cast, when=MONDAY - 4 * DAY)  # two working days ago
    assert assembly.assemble(MONDAY + dt.timedelta(hours=1)) == 1
    assert fresh(prompt).message.due_at == MONDAY + dt.timedelta(hours=1)


def begun(prompt: Prompt, days_ago: int) -> FollowUp:
    """Its follow-up, begun so long ago; the horizon of a program is 90 days."""
    FollowUp.objects.filter(pk=prompt.follow_up_id).update(starts_at=MONDAY - days_ago * DAY)
    return prompt.follow_up


@pytest.mark.parametrize(("hours", "sent"), [(0, 1), (1, 0)])
def test_question_three_working_days_overdue_is_the_last_to_be_sent(cast, hours, sent):
    prompt = planned(cast, when=at("2025-12-31T11:30"))  # a Wednesday, in a region without holidays
    assert assembly.assemble(MONDAY + dt.timedelta(hours=hours)) == sent
    assert bool(fresh(prompt).message) == bool(sent)


def test_question_too_late_is_cancelled_with_the_reason_and_planned_anew(cast):
    prompt = planned(cast, when=MONDAY - 20 * DAY)
    follow_up = begun(prompt, 21)
    assert assembly.assemble(MONDAY + dt.timedelta(hours=1)) == 0
    assert (fresh(prompt).status, fresh(prompt).cancelled_because) == ("cancelled", "too_late")
    again = follow_up.prompts.last()
    assert (again.sequence, again.status, again.question) == (2, "planned", prompt.question)
    assert local(again.due_at) == "Tue 06 11:30"
    assert Memory.from_json(fresh(follow_up).memory) == Memory.from_json(follow_up.memory)  # nobody was silent
    assert assembly.assemble(MONDAY + DAY) == 1


def test_question_past_the_horizon_is_cancelled_and_its_follow_up_is_over(cast):
    prompt = planned(cast, when=MONDAY - 2 * DAY)
    follow_up = begun(prompt, 200)
    assert assembly.assemble(MONDAY) == 0
    assert (fresh(prompt).status, fresh(prompt).cancelled_because) == ("cancelled", "over")
    assert (fresh(follow_up).ended_because, fresh(follow_up).ended_at) == ("horizon", MONDAY)
    assert Prompt.objects.count() == 1


def test_long_silence_of_the_worker_is_not_the_learners(cast):
    """Four unanswered, then an outage: it is no fifth."""
    follow_up = followed(cast, ended=MONDAY - 40 * DAY)
    for days in (39, 36, 33, 30):
        prompt_of(follow_up, "missed", at=MONDAY - days * DAY)
    prompt_of(follow_up, "planned", at=MONDAY - 25 * DAY)
    assembly.assemble(MONDAY)
    assert fresh(follow_up).ended_at is None
    assert follow_up.prompts.get(message__isnull=False).sequence == 6


def test_after_an_outage_the_questions_of_several_pillars_share_one_message(cast):
    for key in ("", "b", "c"):
        begun(planned(cast, key, when=MONDAY - 20 * DAY), 21)
    assert assembly.assemble(MONDAY) == 1
    assert Message.objects.get().prompts.count() == 3


def test_what_lapses_waits_while_questions_are_paused_or_stopped(cast):
    prompt = planned(cast, when=MONDAY - 20 * DAY)
    Member.objects.filter(pk=cast.leo.pk).update(prompts_paused_until=dt.date(2026, 1, 6))
    assembly.assemble(MONDAY)
    assert fresh(prompt).status == "planned"


def test_what_a_pause_put_off_is_due_when_it_ends(cast):
    prompt = planned(cast, when=MONDAY - 20 * DAY)
    begun(prompt, 21)
    Member.objects.filter(pk=cast.leo.pk).update(prompts_paused_until=dt.date(2026, 1, 5))
    assert assembly.assemble(MONDAY) == 1
    assert fresh(prompt).message is not None


def test_answered_meanwhile_does_not_lapse(cast):
    prompt = planned(cast, when=MONDAY - 20 * DAY)
    Prompt.objects.filter(pk=prompt.pk).update(status="answered", answer=GOOD, answered_at=MONDAY, asked_at=MONDAY)
    assert not prompts.lapse(prompt, MONDAY)
    assert fresh(prompt).status == "answered"


@pytest.mark.parametrize(
    ("moment", "when"),
    [("2026-01-05T16:31", "Tue 06 11:30"), ("2026-01-10T11:30", "Mon 12 11:30"), ("2026-01-05T06:00", "Mon 05 11:30")],
)
def test_nothing_is_asked_outside_the_working_hours(cast, moment, when):
    prompt = planned(cast, when=at(moment) - dt.timedelta(hours=1))
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
