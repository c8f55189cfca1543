"""Fewer, a new plan, tomorrow, a pause, a stop: one click each, and twice is once."""

import datetime as dt
from functools import partial

import pytest
from django.utils import timezone

from coachhub.errors import Invalid, NotAllowed, WrongState
from programs.models import Member
from sessions.domain import assembly, followups, plans, prompts, wishes
from sessions.domain.spacing import Memory
from sessions.models import FollowUp, Message, Prompt
from tests.sessions.prompt_steps import GOOD, at, closed, followed, fresh, prompt_of

TUESDAY = at("2026-01-06T11:30")
DAY = dt.timedelta(days=1)


@pytest.fixture
def open_prompt(cast, time_machine):
    time_machine.move_to(TUESDAY, tick=False)
    follow_up = followed(cast, ended=TUESDAY - DAY, memory=Memory(due=TUESDAY).to_json())
    return prompt_of(follow_up, at=TUESDAY)


def following(prompt) -> Prompt | None:
    return Prompt.objects.filter(follow_up=prompt.follow_up, sequence__gt=prompt.sequence).last()


def local(moment) -> str:
    return timezone.localtime(moment, TUESDAY.tzinfo).strftime("%a %d %H:%M")


def grant(prompt, wish, seen="1"):
    return wishes.grant(prompt, by=prompt.follow_up.learner, wish=wish, seen=seen)


def test_fewer_doubles_every_interval_from_now_on(open_prompt):
    assert grant(open_prompt, "fewer") == "fewer"
    prompts.answer(open_prompt, by=open_prompt.follow_up.learner, answer=GOOD)
    assert local(following(open_prompt).due_at) == "Mon 12 11:30"  # 4 days lead into the weekend


def test_fewer_moves_the_question_that_is_planned_already(open_prompt):
    prompts.answer(open_prompt, by=open_prompt.follow_up.learner, answer=GOOD)
    assert local(following(open_prompt).due_at) == "Thu 08 11:30"
    grant(open_prompt, "fewer")
    assert local(following(open_prompt).due_at) == "Mon 12 11:30"


def test_fewer_asked_for_twice_on_one_page_counts_once(open_prompt):
    grant(open_prompt, "fewer")
    grant(open_prompt, "fewer")
    assert fresh(open_prompt.follow_up).stretch == 2
    grant(open_prompt, "fewer", seen="2")
    assert fresh(open_prompt.follow_up).stretch == 4


def test_fewer_ends_at_an_eighth(open_prompt):
    FollowUp.objects.update(stretch=8)
    grant(open_prompt, "fewer", seen="8")
    assert fresh(open_prompt.follow_up).stretch == 8


@pytest.mark.parametrize("seen", ["", "x", "-1", "0"])
def test_fewer_from_a_page_that_shows_no_rate_changes_nothing(open_prompt, seen):
    grant(open_prompt, "fewer", seen=seen)
    assert fresh(open_prompt.follow_up).stretch == 1


def take_back(prompt, wish, seen=1):
    return wishes.take_back(prompt, by=prompt.follow_up.learner, wish=wish, seen=seen)


def left(prompt):
    """All that is kept of the plan's questions."""
    return FollowUp.objects.values().get(), list(Prompt.objects.values())


@pytest.mark.parametrize("wish", ["fewer", "new_plan"])
@pytest.mark.parametrize("answered", [False, True])
def test_a_wish_that_is_undone_leaves_everything_as_it_was(open_prompt, wish, answered):
    if answered:
        prompts.answer(open_prompt, by=open_prompt.follow_up.learner, answer=GOOD)
    before = left(open_prompt)
    grant(open_prompt, wish)
    assert left(open_prompt) != before
    take_back(open_prompt, wish)
    assert left(open_prompt) == before


def test_fewer_that_ended_the_questions_is_undone_with_its_end(open_prompt):
    prompts.answer(open_prompt, by=open_prompt.follow_up.learner, answer=GOOD)
    FollowUp.objects.update(stretch=4)
    grant(open_prompt, "fewer", seen="4")
    FollowUp.objects.update(ended_at=TUESDAY, ended_because="horizon")
    take_back(open_prompt, "fewer", seen=4)
    assert fresh(open_prompt.follow_up).ended_at is None


@pytest.mark.parametrize(
    ("wish", "seen", "then"),
    [
        ("fewer", 1, {"stretch": 4}),
        ("fewer", 1, {"stretch": 1}),
        ("fewer", 1, {"ended_at": TUESDAY, "ended_because": "replaced"}),
        ("new_plan", 0, {"wants_new_cue": False}),
        ("new_plan", 0, {"ended_at": TUESDAY, "ended_because": "replaced"}),
        ("pause", 0, {}),
    ],
)
def test_a_wish_is_undone_only_while_nothing_else_has_happened(open_prompt, wish, seen, then):
    grant(open_prompt, wish)
    if then:
        FollowUp.objects.update(**then)
    before = left(open_prompt)
    with pytest.raises(WrongState, match="no longer be undone"):
        take_back(open_prompt, wish, seen)
    assert left(open_prompt) == before


def test_only_the_learner_undoes_a_wish(cast, open_prompt):
    grant(open_prompt, "new_plan")
    with pytest.raises(NotAllowed):
        wishes.take_back(open_prompt, by=cast.ana, wish="new_plan", seen=0)


@pytest.mark.parametrize(
    ("rest", "undone", "comes"),
    [
        (wishes.pause, "2026-01-08T10:00", ["2026-01-13T11:30"]),
        (wishes.stop, "2026-01-08T10:00", []),
        (None, "2026-01-12T10:00", ["2026-01-12T10:00"]),  # three working days after it was asked
    ],
)
def test_a_question_brought_back_is_not_missed_for_a_time_without_it(open_prompt, time_machine, rest, undone, comes):
    grant(open_prompt, "new_plan")
    if rest:
        rest(by=open_prompt.follow_up.learner)
    time_machine.move_to(at(undone), tick=False)
    take_back(open_prompt, "new_plan")
    kept = fresh(open_prompt)
    assert (kept.status, kept.asked_at, kept.due_at) == ("planned", None, at(undone))
    days = [at("2026-01-12T10:00"), at("2026-01-13T11:30")]
    assert [day for day in days if assembly.assemble(day)] == [at(day) for day in comes]
    assert prompts.close_unanswered(days[-1]) == 0


def test_a_question_brought_back_in_its_time_is_open_as_before(open_prompt, time_machine):
    before = left(open_prompt)
    grant(open_prompt, "new_plan")
    time_machine.move_to(TUESDAY + DAY, tick=False)
    take_back(open_prompt, "new_plan")
    assert left(open_prompt) == before


def test_an_answer_changed_before_new_plan_is_undone_moves_what_comes_back(open_prompt):
    learner = open_prompt.follow_up.learner
    answer = partial(prompts.answer, open_prompt, by=learner)
    answer(answer=GOOD)
    answer(answer="no_chance")
    without_the_wish = left(open_prompt)
    answer(answer=GOOD)
    assert left(open_prompt) != without_the_wish
    grant(open_prompt, "new_plan")
    answer(answer="no_chance")
    take_back(open_prompt, "new_plan")
    assert left(open_prompt) == without_the_wish


def test_newer_plan_keeps_fewer(cast, open_prompt):
    grant(open_prompt, "fewer")
    assert followups.plan_first(closed(cast, ended=TUESDAY)).stretch == 2


def test_an_answer_may_change_after_new_plan_and_nothing_more_is_asked(open_prompt):
    learner = open_prompt.follow_up.learner
    prompts.answer(open_prompt, by=learner, answer=GOOD)
    grant(open_prompt, "new_plan")
    assert prompts.answer(open_prompt, by=learner, answer="no_chance").answer == "no_chance"
    assert following(open_prompt).status == Prompt.Status.CANCELLED


def test_a_number_that_no_page_showed_counts_nothing(open_prompt):
    grant(open_prompt, "fewer", seen="9" * 5000)
    assert fresh(open_prompt.follow_up).stretch == 1


def test_new_plan_tells_the_coach_and_ends_the_questions_about_this_one(open_prompt):
    grant(open_prompt, "new_plan")
    grant(open_prompt, "new_plan")
    assert fresh(open_prompt.follow_up).wants_new_cue is True
    kept = fresh(open_prompt)
    assert (kept.status, kept.cancelled_because) == ("cancelled", "new_plan")


def test_plan_rewritten_after_that_is_asked_about(cast, open_prompt):
    grant(open_prompt, "new_plan")
    micro = open_prompt.follow_up.plan.micro
    plans.write(micro, by=cast.leo, version=1, cue="somebody sighs")
    assert fresh(open_prompt.follow_up).wants_new_cue is False
    new = following(open_prompt)
    assert (new.sequence, new.status, local(new.due_at)) == (2, "planned", "Tue 06 11:30")


def test_plan_rewritten_without_that_keeps_its_schedule(cast, open_prompt):
    plans.write(open_prompt.follow_up.plan.micro, by=cast.leo, version=1, cue="somebody sighs")
    assert following(open_prompt) is None


def test_snoozed_question_comes_back_on_the_next_working_day(open_prompt):
    grant(open_prompt, "snooze")
    grant(open_prompt, "snooze")
    kept = fresh(open_prompt)
    assert (kept.status, kept.asked_at, kept.message, local(kept.due_at)) == ("planned", None, None, "Wed 07 11:30")


def test_snoozed_question_comes_after_a_session_of_the_next_working_day(cast, open_prompt):
    cast.plan(when=at("2026-01-07T14:10"))
    grant(open_prompt, "snooze")
    assert local(fresh(open_prompt).due_at) == "Thu 08 11:30"


def test_answered_question_cannot_be_snoozed(open_prompt):
    prompts.answer(open_prompt, by=open_prompt.follow_up.learner, answer=GOOD)
    with pytest.raises(WrongState):
        grant(open_prompt, "snooze")


def test_who_works_on_no_day_is_told_why_nothing_can_be_put_off(cast, open_prompt):
    cast.leo.work_days = []
    with pytest.raises(WrongState, match="working day"):
        wishes.snooze(open_prompt, by=cast.leo)


def test_pause_keeps_the_open_question_for_a_week(cast, open_prompt):
    grant(open_prompt, "pause")
    assert fresh(cast.leo).prompts_paused_until == dt.date(2026, 1, 13)
    assert fresh(open_prompt).status == "planned"
    assert assembly.assemble(at("2026-01-12T11:30")) == 0
    assert assembly.assemble(at("2026-01-13T11:30")) == 1
    assert fresh(open_prompt).message is not None


def test_stop_holds_until_the_member_starts_again(cast, open_prompt, time_machine):
    grant(open_prompt, "stop")
    stopped_at = fresh(cast.leo).prompts_stopped_at
    time_machine.shift(60)
    grant(open_prompt, "stop")
    assert fresh(cast.leo).prompts_stopped_at == stopped_at == TUESDAY
    assert assembly.assemble(at("2026-01-20T11:30")) == 0
    grant(open_prompt, "start")
    assert fresh(cast.leo).prompts_stopped_at is None
    assert assembly.assemble(at("2026-01-20T11:30")) == 1


def test_start_puts_off_what_stayed_open_in_the_stop(cast, open_prompt):
    Member.objects.filter(pk=cast.leo.pk).update(prompts_stopped_at=TUESDAY)
    wishes.start(by=cast.leo)
    assert fresh(open_prompt).status == "planned"
    assert prompts.close_unanswered(TUESDAY + 30 * DAY) == 0


def test_start_ends_a_pause(cast, open_prompt):
    grant(open_prompt, "pause")
    wishes.start(by=cast.leo)
    assert fresh(cast.leo).prompts_paused_until is None


def test_start_asks_again_about_a_plan_that_silence_had_ended(cast, open_prompt):
    Prompt.objects.update(status="missed", missed_at=TUESDAY)
    FollowUp.objects.update(ended_at=TUESDAY, ended_because="silent")
    wishes.start(by=cast.leo)
    assert fresh(open_prompt.follow_up).ended_at is None
    assert (following(open_prompt).status, local(following(open_prompt).due_at)) == ("planned", "Wed 07 11:30")
    wishes.start(by=cast.leo)
    assert Prompt.objects.count() == 2


def test_start_asks_nothing_about_a_plan_past_its_horizon(cast, open_prompt):
    Prompt.objects.update(status="missed", missed_at=TUESDAY)
    FollowUp.objects.update(ended_at=TUESDAY, ended_because="silent", starts_at=TUESDAY - dt.timedelta(days=90))
    wishes.start(by=cast.leo)
    assert (fresh(open_prompt.follow_up).ended_because, Prompt.objects.count()) == ("silent", 1)


def test_start_leaves_plans_that_ended_otherwise(cast, open_prompt):
    Prompt.objects.update(status="answered", answer=GOOD, answered_at=TUESDAY)
    FollowUp.objects.update(ended_at=TUESDAY, ended_because="horizon")
    wishes.start(by=cast.leo)
    assert fresh(open_prompt.follow_up).ended_because == "horizon"


@pytest.mark.parametrize("wish", ["fewer", "new_plan", "snooze", "pause", "stop", "start"])
def test_only_the_learner_has_wishes(cast, open_prompt, wish):
    with pytest.raises(NotAllowed):
        wishes.grant(open_prompt, by=cast.ana, wish=wish, seen="1")
    assert Member.objects.filter(prompts_stopped_at=None, prompts_paused_until=None).count() == Member.objects.count()
    assert Message.objects.count() == 0


def test_unknown_wish_is_refused(open_prompt):
    with pytest.raises(Invalid):
        grant(open_prompt, "more")
