"""Answers: what they do to the memory, which question comes next and when, and how long they can be changed."""

import datetime as dt

import pytest
from django.utils import timezone

from coachhub.errors import Invalid, NotAllowed, WrongState
from programs.models import Member
from sessions.domain import prompts
from sessions.domain.spacing import Memory
from sessions.models import FollowUp, Prompt
from tests.sessions.prompt_steps import AGAIN, EASY, GOOD, HARD, NO_CHANCE, at, followed, fresh, prompt_of

TUESDAY = at("2026-01-06T11:30")
DAY = dt.timedelta(days=1)


@pytest.fixture
def open_prompt(cast, time_machine):
    """Leo's first question, asked on Tuesday at 11:30, the morning after his session."""
    time_machine.move_to(TUESDAY, tick=False)
    follow_up = followed(cast, ended=TUESDAY - DAY, memory=Memory(due=TUESDAY).to_json())
    return prompt_of(follow_up, at=TUESDAY)


def answer(prompt, word, **fields):
    return prompts.answer(prompt, by=prompt.follow_up.learner, answer=word, **fields)


def following(prompt) -> Prompt | None:
    return Prompt.objects.filter(follow_up=prompt.follow_up, sequence__gt=prompt.sequence).last()


def memory_of(prompt) -> Memory:
    return Memory.from_json(fresh(prompt.follow_up).memory)


def local(moment) -> str:
    return timezone.localtime(moment, TUESDAY.tzinfo).strftime("%a %d %H:%M")


@pytest.mark.parametrize(
    ("word", "days", "next_at"),
    [(GOOD, 2, "Thu 08 11:30"), (HARD, 1, "Wed 07 11:30"), (EASY, 8, "Wed 14 11:30"), (AGAIN, 1, "Wed 07 11:30")],
)
def test_answer_plans_the_next_question_by_the_memory(open_prompt, word, days, next_at):
    answer(open_prompt, word)
    memory = memory_of(open_prompt)
    assert memory.interval_days == days
    assert local(following(open_prompt).due_at) == next_at
    assert following(open_prompt).not_before == memory.due - dt.timedelta(hours=12)


def test_no_chance_moves_no_memory_and_asks_the_same_again(open_prompt):
    before = memory_of(open_prompt)
    answer(open_prompt, NO_CHANCE)
    assert memory_of(open_prompt) == before
    assert following(open_prompt).question == "Did a chance come?"
    assert local(following(open_prompt).due_at) == "Wed 07 11:30"


def test_next_question_is_the_pillars_next_one(open_prompt):
    answer(open_prompt, GOOD)
    assert following(open_prompt).question == "What did the other person do next?"


def test_all_good_runs_as_far_as_the_horizon_allows(cast, open_prompt, time_machine):
    """2, 11, 14, 14 days at a horizon of 90 days, weekends stepped over (SCIENCE.md section 1)."""
    days, prompt = [], open_prompt
    while prompt:
        time_machine.move_to(prompt.due_at, tick=False)
        answer(prompt, GOOD)
        days.append(Memory.from_json(fresh(prompt.follow_up).memory).interval_days)
        prompt = following(prompt)
    assert days == [2, 11, 14, 14, 14, 14, 14, 14]
    assert fresh(open_prompt.follow_up).ended_because == "horizon"


def test_answer_keeps_its_time_its_sentence_and_the_memory_before(open_prompt):
    kept = answer(open_prompt, HARD, note="  It was loud.  ")
    assert (kept.status, kept.answer, kept.note) == ("answered", HARD, "It was loud.")
    assert kept.answered_at == TUESDAY
    assert kept.memory_before == open_prompt.follow_up.memory


def test_same_answer_again_changes_nothing(open_prompt, time_machine):
    answer(open_prompt, GOOD, note="Yes")
    before = list(Prompt.objects.values()), list(FollowUp.objects.values())
    time_machine.shift(3600)
    answer(open_prompt, GOOD, note="Yes")
    assert (list(Prompt.objects.values()), list(FollowUp.objects.values())) == before


def test_changed_answer_counts_as_if_given_at_first(open_prompt, time_machine):
    answer(open_prompt, EASY)
    time_machine.shift(dt.timedelta(hours=23))
    changed = answer(open_prompt, HARD)
    assert changed.answered_at == TUESDAY
    assert local(following(open_prompt).due_at) == "Wed 07 11:30"
    assert Prompt.objects.count() == 2
    memory = memory_of(open_prompt)
    assert (memory.interval_days, memory.last_review) == (1, TUESDAY)


def test_changed_sentence_leaves_the_schedule(open_prompt):
    answer(open_prompt, GOOD)
    before = Prompt.objects.values("sequence", "due_at").last()
    assert answer(open_prompt, GOOD, note="Later thought").note == "Later thought"
    assert Prompt.objects.values("sequence", "due_at").last() == before


def test_answer_stays_after_a_day(open_prompt, time_machine):
    answer(open_prompt, GOOD)
    time_machine.shift(dt.timedelta(hours=24, seconds=1))
    with pytest.raises(WrongState, match="An answer can be changed for 24 hours"):
        answer(open_prompt, HARD)


def test_change_while_the_next_question_is_out_moves_the_memory_only(open_prompt):
    answer(open_prompt, HARD)
    Prompt.objects.filter(pk=following(open_prompt).pk).update(status="asked", asked_at=TUESDAY)
    answer(open_prompt, GOOD)
    assert memory_of(open_prompt).interval_days == 2
    assert local(following(open_prompt).due_at) == "Wed 07 11:30"
    assert Prompt.objects.count() == 2


def test_answer_cannot_change_once_the_next_one_is_answered(open_prompt):
    answer(open_prompt, HARD)
    answer(following(open_prompt), GOOD)
    with pytest.raises(WrongState, match="This question has passed"):
        answer(open_prompt, GOOD)


@pytest.mark.parametrize("who", ["ana", "lia", "ada", "olga", "mia"])
def test_only_the_learner_answers(cast, open_prompt, who):
    with pytest.raises(NotAllowed):
        prompts.answer(open_prompt, by=getattr(cast, who), answer=GOOD)
    assert fresh(open_prompt).status == "asked"


def test_deactivated_learner_does_not_answer(cast, open_prompt):
    cast.leo.deactivated_at = TUESDAY
    with pytest.raises(NotAllowed):
        prompts.answer(open_prompt, by=cast.leo, answer=GOOD)


@pytest.mark.parametrize(
    ("fields", "field"), [({"word": "great"}, "answer"), ({"word": GOOD, "note": "x" * 601}, "note")]
)
def test_what_is_no_answer_is_refused(open_prompt, fields, field):
    with pytest.raises(Invalid) as refused:
        answer(open_prompt, **fields)
    assert refused.value.field == field
    assert fresh(open_prompt).status == "asked"


@pytest.mark.parametrize(
    ("because", "sentence"),
    [
        ("replaced", "A newer plan"),
        ("new_plan", "You asked for a new plan"),
        ("left", "enrolment has ended"),
        ("over", "is over"),
        ("too_late", "passed"),
    ],
)
def test_question_that_was_taken_back_says_why(cast, because, sentence):
    with pytest.raises(WrongState, match=sentence):
        answer(prompt_of(followed(cast), "cancelled", cancelled_because=because), GOOD)


def test_prompt_not_sent_yet_can_be_answered_early(cast, open_prompt):
    Prompt.objects.filter(pk=open_prompt.pk).update(status="planned", asked_at=None)
    assert answer(fresh(open_prompt), GOOD).asked_at == TUESDAY


# Boosters


def test_two_chances_not_taken_end_in_a_talk_with_the_coach(open_prompt):
    answer(open_prompt, AGAIN)
    second = following(open_prompt)
    answer(second, AGAIN)
    follow_up = fresh(open_prompt.follow_up)
    assert (follow_up.ended_because, follow_up.wants_booster) == ("booster", True)
    assert following(second) is None


def test_changed_answer_takes_the_talk_back(open_prompt):
    answer(open_prompt, AGAIN)
    second = following(open_prompt)
    answer(second, AGAIN)
    answer(second, GOOD)
    follow_up = fresh(open_prompt.follow_up)
    assert (follow_up.ended_because, follow_up.ended_at, follow_up.wants_booster) == ("", None, False)
    assert following(second).status == "planned"


def test_changed_answer_does_not_bring_back_a_plan_that_was_replaced(cast, open_prompt):
    answer(open_prompt, AGAIN)
    second = following(open_prompt)
    answer(second, AGAIN)
    followed(cast, ended=TUESDAY)
    answer(second, GOOD)
    assert fresh(open_prompt.follow_up).ended_because == "booster"
    assert following(second) is None


# Silence


def close_at(moment) -> int:
    return prompts.close_unanswered(at(moment))


def test_three_working_days_without_an_answer_are_a_miss(open_prompt):
    assert close_at("2026-01-09T11:29") == 0
    assert close_at("2026-01-09T11:30") == 1
    assert close_at("2026-01-09T11:31") == 0
    closed = fresh(open_prompt)
    assert (closed.status, local(closed.missed_at)) == ("missed", "Fri 09 11:30")


def test_a_weekend_does_not_count_as_silence(cast, open_prompt):
    Prompt.objects.filter(pk=open_prompt.pk).update(asked_at=at("2026-01-08T11:30"))
    assert close_at("2026-01-13T11:29") == 0
    assert close_at("2026-01-13T11:30") == 1


def test_silence_moves_no_memory_and_is_followed_by_one_gentle_offer(open_prompt):
    before = memory_of(open_prompt)
    close_at("2026-01-09T12:00")
    offer = following(open_prompt)
    assert (offer.question, local(offer.due_at)) == ("Did a chance come?", "Mon 12 11:30")
    assert memory_of(open_prompt) == before


def silence(prompt, times: int) -> Prompt:
    for _time in range(times):
        Prompt.objects.filter(pk=prompt.pk).update(status="asked", asked_at=prompt.due_at)
        prompts.close_unanswered(prompt.due_at + 6 * DAY)
        prompt = following(prompt) or prompt
    return prompt


def test_five_silences_stop_the_questions_and_tell_the_learner_only(open_prompt):
    silence(open_prompt, 5)
    follow_up = fresh(open_prompt.follow_up)
    assert (follow_up.ended_because, follow_up.wants_booster) == ("silent", False)
    assert [prompt.status for prompt in follow_up.prompts.all()] == ["missed"] * 5


def test_late_answer_takes_the_place_of_the_silence(open_prompt):
    close_at("2026-01-09T12:00")
    offer = following(open_prompt)
    answer(fresh(open_prompt), GOOD)
    late = fresh(open_prompt)
    assert (late.status, local(late.missed_at)) == ("answered", "Fri 09 12:00")
    assert fresh(offer).question == "What did the other person do next?"
    assert local(fresh(offer).due_at) == "Thu 08 11:30"


def test_late_answer_after_the_stop_starts_the_questions_again(open_prompt):
    last = silence(open_prompt, 5)
    answer(fresh(last), GOOD)
    assert fresh(open_prompt.follow_up).ended_at is None
    assert following(last).status == "planned"


def test_question_that_was_asked_again_has_passed(open_prompt):
    close_at("2026-01-09T12:00")
    Prompt.objects.filter(pk=following(open_prompt).pk).update(status="asked", asked_at=TUESDAY)
    with pytest.raises(WrongState, match="This question has passed"):
        answer(fresh(open_prompt), GOOD)


def test_who_stopped_the_questions_owes_no_answer(cast, open_prompt):
    Member.objects.filter(pk=cast.leo.pk).update(prompts_stopped_at=TUESDAY)
    assert close_at("2026-02-01T12:00") == 0


def test_who_paused_the_questions_owes_no_answer_meanwhile(cast, open_prompt):
    Member.objects.filter(pk=cast.leo.pk).update(prompts_paused_until=dt.date(2026, 2, 2))
    assert close_at("2026-02-01T12:00") == 0


# Where a next question is not planned


def test_no_question_comes_before_a_session_within_a_working_day(cast, open_prompt):
    cast.plan(when=at("2026-01-08T14:10"))
    answer(open_prompt, GOOD)
    assert local(following(open_prompt).due_at) == "Fri 09 11:30"


def test_session_of_another_enrolment_changes_nothing(cast, open_prompt):
    cast.plan(when=at("2026-01-08T14:10"), enrolment=cast.lia_enrolment)
    answer(open_prompt, GOOD)
    assert local(following(open_prompt).due_at) == "Thu 08 11:30"


def test_who_works_on_no_day_is_asked_nothing_and_the_memory_moves(cast, open_prompt):
    Member.objects.filter(pk=cast.leo.pk).update(work_days=[])
    answer(fresh(open_prompt), GOOD)
    assert following(open_prompt) is None
    assert memory_of(open_prompt).interval_days == 2
    assert fresh(open_prompt.follow_up).ended_at is None


def test_answer_after_the_enrolment_ended_is_kept_and_nothing_is_planned(cast, open_prompt):
    FollowUp.objects.update(ended_at=TUESDAY, ended_because="left")
    answer(fresh(open_prompt), GOOD)
    assert fresh(open_prompt).answer == GOOD
    assert following(open_prompt) is None


def test_follow_up_without_a_memory_begins_with_a_new_one(cast, open_prompt):
    FollowUp.objects.update(memory={})
    answer(fresh(open_prompt), GOOD)
    assert memory_of(open_prompt).interval_days == 2
