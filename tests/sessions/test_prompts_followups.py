"""When a follow-up begins, pauses for a session, and ends."""

import datetime as dt

import pytest
from django.utils import timezone

from programs.domain import enrolments, members
from programs.models import Enrolment
from sessions.domain import followups, outbox, prompts, schedule, wishes
from sessions.models import Delivery, FollowUp, Prompt
from tests.sessions.delivery_steps import due_for
from tests.sessions.prompt_steps import GOOD, at, closed, followed, fresh, prompt_of
from tests.sessions.rate_steps import write_plan

MONDAY = at("2026-01-05T10:00")


def local(moment) -> str:
    return timezone.localtime(moment, MONDAY.tzinfo).strftime("%a %d %H:%M")


def test_first_question_comes_within_a_day(cast):
    follow_up = followups.plan_first(closed(cast, ended=MONDAY))
    (prompt,) = follow_up.prompts.all()
    assert (local(prompt.due_at), prompt.late, prompt.sequence) == ("Tue 06 10:00", False, 1)
    assert prompt.not_before == MONDAY + dt.timedelta(hours=3)
    assert fresh(follow_up).memory["due"] == "2026-01-06T09:00:00+00:00"


def test_close_on_friday_afternoon_is_honestly_late(cast):
    (prompt,) = followups.plan_first(closed(cast, ended=at("2026-01-09T15:30"))).prompts.all()
    assert (local(prompt.due_at), prompt.late) == ("Mon 12 11:30", True)


@pytest.mark.parametrize(
    ("planned", "due"), [("2026-01-06T14:10", "Wed 07 11:30"), ("2026-01-07T11:00", "Tue 06 10:00")]
)
def test_a_session_within_a_working_day_asks_instead_and_no_later_one(cast, planned, due):
    micro = closed(cast, ended=MONDAY)
    cast.plan(when=at(planned))
    (prompt,) = followups.plan_first(micro).prompts.all()
    assert local(prompt.due_at) == due


def test_a_session_that_is_called_off_or_moved_gives_the_first_question_its_time_back(cast, time_machine):
    time_machine.move_to(MONDAY + dt.timedelta(hours=2))
    follow_up = followups.plan_first(closed(cast, ended=MONDAY))
    far, near = at("2026-01-15T14:10"), at("2026-01-06T14:10")

    def due() -> str:
        return local(follow_up.prompts.get().due_at)

    micro = cast.plan(when=far)
    assert due() == "Tue 06 10:00"
    micro = schedule.move(micro, by=cast.ana, to=near, reason="clash")
    assert due() == "Wed 07 11:30"
    micro = schedule.take_back_move(micro, by=cast.ana, sequence=micro.schedule_sequence)
    assert due() == "Tue 06 10:00"
    micro = schedule.move(micro, by=cast.ana, to=near, reason="clash")
    micro = schedule.cancel(micro, by=cast.ana)
    assert (due(), fresh(follow_up).memory["due"]) == ("Tue 06 10:00", "2026-01-06T09:00:00+00:00")
    schedule.restore(micro, by=cast.ana)
    assert due() == "Wed 07 11:30"


@pytest.mark.parametrize("coach", ["cole", None])
def test_a_session_that_a_new_coach_or_nobody_holds_gives_the_first_question_its_time_back(cast, time_machine, coach):
    """A new coach is shown no plan from before, so their Goal step does not ask about it."""
    time_machine.move_to(MONDAY + dt.timedelta(hours=2))
    cast.plan(when=at("2026-01-06T14:10"))
    cast.plan(when=at("2026-01-07T14:10"))
    follow_up = followups.plan_first(closed(cast, ended=MONDAY))
    assert local(follow_up.prompts.get().due_at) == "Thu 08 11:30"
    enrolments.reassign(cast.enrolment, coach=coach and getattr(cast, coach), by=cast.ada)
    assert local(follow_up.prompts.get().due_at) == "Tue 06 10:00"
    assert fresh(follow_up).memory["due"] == "2026-01-06T09:00:00+00:00"


@pytest.mark.parametrize(("shares", "due"), [(True, "Wed 07 11:30"), (False, "Tue 06 10:00")])
def test_a_new_coachs_session_asks_instead_where_the_past_came_along(cast, shares, due):
    micro = closed(cast, ended=MONDAY)
    Enrolment.objects.filter(pk=cast.enrolment.pk).update(coach=cast.cole, shares_past_with_new_coach=shares)
    cast.enrolment.refresh_from_db()
    cast.plan(when=at("2026-01-06T14:10"))
    assert local(followups.plan_first(micro).prompts.get().due_at) == due


def test_a_substitutes_session_asks_instead(cast):
    micro, tuesday = closed(cast, ended=MONDAY), dt.date(2026, 1, 6)
    enrolments.name_substitute(cast.enrolment, coach=cast.cole, starts_on=tuesday, ends_on=tuesday, by=cast.ada)
    cast.plan(when=at("2026-01-06T14:10"), coach=cast.cole)
    assert local(followups.plan_first(micro).prompts.get().due_at) == "Wed 07 11:30"


@pytest.mark.parametrize("planned", ["2026-01-06T14:10", "2026-01-15T14:10"])
def test_a_first_question_that_the_learner_put_off_stays_put_off_whatever_is_planned(cast, time_machine, planned):
    time_machine.move_to(MONDAY + dt.timedelta(hours=2))
    question = followups.plan_first(closed(cast, ended=MONDAY)).prompts.get()
    time_machine.move_to(at("2026-01-06T10:05"))
    Prompt.objects.filter(pk=question.pk).update(status="asked", asked_at=at("2026-01-06T10:00"))
    wishes.snooze(fresh(question), by=cast.leo)
    micro = cast.plan(when=at(planned))
    assert local(fresh(question).due_at) == "Wed 07 11:30"
    schedule.cancel(micro, by=cast.ana)
    assert local(fresh(question).due_at) == "Wed 07 11:30"


def test_a_first_question_that_has_gone_out_or_was_replaced_stays_as_it_is(cast, time_machine):
    time_machine.move_to(MONDAY + dt.timedelta(hours=2))
    older = followups.plan_first(closed(cast, ended=MONDAY - dt.timedelta(days=3)))
    micro = cast.plan(when=at("2026-01-06T14:10"))
    newer = followups.plan_first(closed(cast, ended=MONDAY))
    Prompt.objects.filter(follow_up=newer).update(status="asked", asked_at=MONDAY)
    before = list(Prompt.objects.values("due_at", "status"))
    schedule.cancel(micro, by=cast.ana)
    assert list(Prompt.objects.values("due_at", "status")) == before
    assert fresh(older).ended_because == "replaced"


def test_daily_sessions_leave_no_room_for_a_question(cast):
    micro = closed(cast, ended=MONDAY)
    for day in (6, 7, 8, 9):
        cast.plan(when=at(f"2026-01-{day:02}T14:10"))
    (prompt,) = followups.plan_first(micro).prompts.all()
    assert local(prompt.due_at) == "Mon 12 11:30"


def test_newer_plan_takes_the_place_of_the_older(cast):
    older = followups.plan_first(closed(cast, ended=MONDAY))
    newer = followups.plan_first(closed(cast, ended=MONDAY + dt.timedelta(days=2)))
    assert (fresh(older).ended_because, fresh(older).ended_at) == ("replaced", newer.starts_at)
    assert [prompt.status for prompt in older.prompts.all()] == ["cancelled"]
    assert FollowUp.objects.active().get() == newer


def test_same_close_again_changes_nothing(cast):
    micro = closed(cast, ended=MONDAY)
    assert followups.plan_first(micro) == followups.plan_first(micro)
    assert Prompt.objects.count() == 1


def test_close_of_an_older_session_begins_nothing(cast):
    older, newer = closed(cast, ended=MONDAY), closed(cast, ended=MONDAY + dt.timedelta(days=2))
    running = followups.plan_first(newer)
    assert followups.plan_first(older) is None
    assert FollowUp.objects.get() == running


def test_taken_back_close_lets_the_older_plan_ask_on(cast):
    older = followups.plan_first(closed(cast, ended=MONDAY))
    (message,) = outbox.put_in([outbox.prompts_message(cast.leo, on=MONDAY.date(), at=MONDAY)])
    older.prompts.update(message=message)
    newer = closed(cast, ended=MONDAY + dt.timedelta(days=2))
    followups.plan_first(newer)
    followups.take_back(newer)
    (prompt,) = older.prompts.all()
    assert (prompt.status, prompt.message, prompt.cancelled_because) == ("planned", None, "")
    assert fresh(older).ended_at is None
    assert FollowUp.objects.count() == 1


def test_taken_back_close_without_an_older_plan_leaves_nothing(cast):
    micro = closed(cast, ended=MONDAY)
    followups.plan_first(micro)
    followups.take_back(micro)
    followups.take_back(micro)
    assert FollowUp.objects.count() == 0


def test_who_works_on_no_day_is_followed_up_in_silence(cast):
    cast.leo.work_days = []
    cast.leo.save()
    follow_up = followups.plan_first(closed(cast, ended=MONDAY))
    assert list(follow_up.prompts.all()) == []


def test_first_question_of_a_pillar_without_questions(cast):
    cast.pillar.questions.all().delete()
    (prompt,) = followups.plan_first(closed(cast, ended=MONDAY)).prompts.all()
    assert prompt.question == "Did a chance come?"


def test_until_a_plan_is_written_the_first_question_comes_again(cast, time_machine):
    """It alone says "this", the others "your plan"."""
    time_machine.move_to(MONDAY, tick=False)
    micro = cast.held(started_at=MONDAY - dt.timedelta(minutes=15), ended_at=MONDAY)
    follow_up = followups.plan_fallback(micro, now=MONDAY + dt.timedelta(hours=20))
    for _week in range(2):
        prompts.answer(follow_up.prompts.last(), by=cast.leo, answer=GOOD)
        time_machine.move_to(follow_up.prompts.last().due_at, tick=False)
    write_plan(micro)
    prompts.answer(follow_up.prompts.last(), by=cast.leo, answer=GOOD)
    asked = [each.question for each in follow_up.prompts.all()]
    assert asked == [*["Did a chance come?"] * 3, "What did the other person do next?"]


def test_end_of_the_enrolment_ends_its_questions(cast):
    prompt = prompt_of(followed(cast))
    enrolments.end(cast.enrolment, by=cast.ada)
    assert (fresh(prompt).status, fresh(prompt).cancelled_because) == ("cancelled", "left")
    assert fresh(prompt.follow_up).ended_because == "left"


def test_deactivation_ends_questions_and_waiting_messages_at_once(cast):
    prompt = prompt_of(followed(cast), "planned")
    (delivery,) = due_for(cast.leo)
    (other,) = due_for(cast.lia)
    members.deactivate(cast.leo, by=cast.ada)
    assert fresh(prompt).status == "cancelled"
    assert (fresh(delivery).state, fresh(delivery).reason) == ("cancelled", "The membership has ended.")
    assert Delivery.objects.get(pk=other.pk).state == "due"
