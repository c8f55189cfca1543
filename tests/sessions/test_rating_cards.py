"""What ratings put on Today, for whom, and when it goes."""

import datetime as dt
import re

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from programs.cards import Urgency
from programs.domain import enrolments
from programs.models import Cohort, Enrolment, Program
from sessions.cards.coach import coach_cards, seconds_for
from sessions.cards.learner import plan_cards, reply_cards
from sessions.cards.rating import rating_cards
from sessions.domain import ratings, reflections
from sessions.domain.coach_day import coach_day
from sessions.domain.learner_day import learner_day
from sessions.models import Rating
from tests.conftest import make_pillar
from tests.sessions.rate_steps import (
    both,
    hand_in,
    held_days_ago,
    levels,
    opened_by_deadline,
    reflect,
    reply,
    write_plan,
)


def own_cards(member):
    return rating_cards(learner_day(member)) + reply_cards(member)


def kinds(member) -> list[str]:
    return [card.kind for card in own_cards(member)]


def card(member, kind):
    return next(each for each in own_cards(member) if each.kind == kind)


def waits(member):
    return next((each for each in coach_cards(member, coach_day(member)) if each.kind == "waits-for-rating"), None)


def test_a_held_session_asks_its_learner_to_rate_and_reflect(cast):
    micro = cast.held()
    found = card(cast.leo, "rate")
    assert (kinds(cast.leo), kinds(cast.ana), found.urgency, found.to_do) == (["rate"], [], Urgency.FINISH, True)
    assert [action.url for action in found.actions] == [
        reverse("learn:rating-edit", args=[micro.pk]),
        reverse("learn:micro-confirm-met", args=[micro.pk]),
    ]
    assert found.lines[1:] == ("No time? Say that you met, so that it counts.",)


def test_who_has_confirmed_the_meeting_is_not_asked_again(cast):
    micro = cast.held()
    reflections.confirm_met(micro, by=cast.leo)
    found = card(cast.leo, "rate")
    assert (len(found.actions), len(found.lines)) == (1, 1)


def test_the_oldest_comes_first_with_their_number(cast):
    held_days_ago(cast, 1)
    oldest = held_days_ago(cast, 2)
    found = card(cast.leo, "rate")
    assert (found.count, found.since) == (2, oldest.ended_at)


def test_the_running_card_says_in_the_words_of_the_run_page_that_the_learner_has_rated(cast, client):
    micro = cast.plan(status="running", started_at=timezone.now(), phase="rate")

    def lines():
        [found] = [each for each in coach_cards(cast.ana, coach_day(cast.ana)) if each.kind == "running"]
        return found.lines[1:]

    ratings.score_all(micro, by=cast.leo, levels=levels(micro, 3))
    assert lines() == ()
    hand_in(micro, cast.leo, 3, 3, 3)
    words = "Leo Marin has rated. Your turn, then both open."
    page = client.as_(cast.ana).get(reverse("coach:micro-run", args=[micro.pk])).content.decode()
    assert (lines(), words in re.sub("<[^>]+>", "", page), waits(cast.ana)) == ((words,), True, None)
    hand_in(micro, cast.ana, 1, 1, 1)
    assert lines() == ()


def test_a_running_session_asks_once_it_is_time_to_rate(cast):
    micro = cast.plan(status="running", started_at=timezone.now(), phase="practice")
    assert kinds(cast.leo) == []
    micro.phase = "rate"
    micro.save()
    assert card(cast.leo, "rate").urgency == Urgency.RUNNING
    hand_in(micro, cast.leo, 3, 3, 3)
    assert "rate" not in kinds(cast.leo)


def test_what_was_put_off_while_the_session_runs_waits_on_today(cast):
    micro = cast.plan(status="running", started_at=timezone.now(), phase="rate")
    assert kinds(cast.leo) == ["rate"]
    hand_in(micro, cast.leo, 2, 3, 3)
    assert kinds(cast.leo) == ["reflect"]
    reflect(micro)
    assert kinds(cast.leo) == []


def test_rated_and_not_reflected_asks_for_three_days(cast):
    micro = cast.held()
    hand_in(micro, cast.leo, 3, 3, 3)
    assert kinds(cast.leo) == ["reflect"]
    with time_machine.travel(timezone.now() + dt.timedelta(days=3)):
        assert kinds(cast.leo) == []


def test_a_session_that_opened_without_the_learner_asks_for_the_reflection_only(cast):
    opened_by_deadline(cast.held())
    assert kinds(cast.leo) == ["reflect"]


def test_a_reflection_ends_the_asking(cast):
    micro = cast.held()
    hand_in(micro, cast.leo, 3, 3, 3)
    reflect(micro)
    assert kinds(cast.leo) == []


@pytest.mark.parametrize(
    ("via", "title"),
    [("hand_over", "You rated on the phone of Ana Silva"), ("code", "You rated with a code, with Ana Silva")],
)
def test_a_rating_that_came_another_way_is_told_to_its_owner_for_three_days(cast, via, title):
    micro = cast.held()
    ratings.hand_in(micro, by=cast.leo, levels=levels(micro, 3, 3, 3), via=Rating.Via(via))
    found = card(cast.leo, "rated-for-me")
    assert (found.title, found.to_do, found.actions[0].label) == (title, False, "Not right? Change it")
    with time_machine.travel(timezone.now() + dt.timedelta(days=4)):
        assert "rated-for-me" not in kinds(cast.leo)


def test_putting_it_right_ends_the_notice(cast):
    micro = cast.held()
    ratings.hand_in(micro, by=cast.leo, levels=levels(micro, 3, 3, 3), via=Rating.Via.CODE)
    ratings.score_all(micro, by=cast.leo, levels=levels(micro, 2))
    assert "rated-for-me" not in kinds(cast.leo)


def test_an_answer_of_the_coach_is_there_until_it_is_seen(cast, client):
    micro = both(cast.held())
    reflect(micro)
    reply(micro, kind="words", text="Keep the pause.")
    found = card(cast.leo, "replies")
    assert (found.title, found.quote, found.count) == ("Ana Silva answered", "Keep the pause.", 1)
    place, _, anchor = found.actions[0].url.partition("#")
    answers = client.as_(cast.leo).get(place).content.decode().partition(f'<section id="{anchor}"')[2]
    assert "Keep the pause." in answers.partition("</section>")[0]
    reflections.mark_replies_seen(micro, by=cast.leo)
    assert kinds(cast.leo) == []


def test_the_coach_hears_who_waits_and_until_when(cast):
    micro = cast.held()
    hand_in(micro, cast.leo, 3, 3, 3)
    found = waits(cast.ana)
    assert (found.person, found.actions[0].url) == ("Leo Marin", reverse("coach:rating-edit", args=[micro.pk]))
    hand_in(micro, cast.ana, 3)
    assert waits(cast.ana) is None


def test_the_card_to_rate_says_honestly_how_long_it_takes_and_leads_to_the_next_ones(cast):
    micros = [held_days_ago(cast, days) for days in (4, 3, 2, 1)]
    for micro in micros:
        hand_in(micro, cast.leo, 3, 3, 3)
    found = waits(cast.ana)
    assert [str(action.label) for action in found.actions] == ["Rate, 20 seconds", *["Rate Leo Marin"] * 2]
    addresses = [reverse("coach:rating-edit", args=[micro.pk]) for micro in micros[:3]]
    assert ([action.url for action in found.actions], found.count) == (addresses, 4)


@pytest.mark.parametrize(("behaviours", "seconds"), [(3, 20), (4, 30), (5, 30)])
def test_a_behaviour_with_its_four_levels_takes_six_seconds(behaviours, seconds):
    assert seconds_for(behaviours) == seconds


def test_a_session_names_all_that_it_still_needs(cast):
    micro = cast.held(status="closing", closed_at=None)
    everything = "Missing: your rating, Keep, Change, the plan"
    assert str(finishing(cast.ana).lines[-1]) == everything
    hand_in(micro, cast.leo, 3, 3, 3)
    assert str(waits(cast.ana).lines[-1]) == f"Has rated. {everything}"
    hand_in(micro, cast.ana, 3)
    write_plan(micro, cast.leo)
    assert str(finishing(cast.ana).lines[-1]) == "Missing: Keep, Change"


def test_a_closed_session_that_waits_for_the_rating_needs_that_alone(cast):
    hand_in(cast.held(status="closed", closed_at=timezone.now()), cast.leo, 3, 3, 3)
    assert [str(line) for line in waits(cast.ana).lines] == [
        "Names the feeling before offering a fix",
        "Has rated. Your turn.",
    ]


@pytest.mark.parametrize("who", ["lia", "cole", "mia", "ada", "olga"])
def test_nobody_else_is_told_anything(cast, who):
    hand_in(cast.held(), cast.leo, 3, 3, 3)
    member = getattr(cast, who)
    assert (kinds(member), waits(member)) == ([], None)


def test_one_session_and_three_cost_the_same(cast, django_assert_num_queries):
    for days in (1, 2, 3):
        held_days_ago(cast, days)
        with django_assert_num_queries(4):
            own_cards(cast.leo)


def finishing(coach):
    return next((each for each in coach_cards(coach, coach_day(coach)) if each.kind == "finish"), None)


def test_what_waits_for_the_coachs_rating_is_not_asked_for_twice(cast):
    micro = cast.held(status="closing", closed_at=None)
    assert finishing(cast.ana).count == 1
    hand_in(micro, cast.leo, 2, 3, 3)
    assert (finishing(cast.ana), waits(cast.ana).person) == (None, "Leo Marin")


def test_the_card_to_finish_leads_to_the_next_ones_too(cast):
    oldest, next_one = (held_days_ago(cast, days, status="closing", closed_at=None) for days in (2, 1))
    assert [action.url for action in finishing(cast.ana).actions] == [
        reverse("coach:micro-close", args=[micro.pk]) for micro in (oldest, next_one)
    ]


def another_enrolment(cast):
    """Leo with Cole, in another pillar."""
    pillar = make_pillar(cast.organization, "feedback")
    shared = {"organization": cast.organization, "pillar": pillar}
    program = Program.objects.create(name="Feedback", **shared)
    cohort = Cohort.objects.create(
        organization=cast.organization, program=program, name="N", starts_on=cast.cohort.starts_on
    )
    return Enrolment.objects.create(
        **shared, cohort=cohort, program=program, learner=cast.leo, coach=cast.cole, starts_on=cohort.starts_on
    )


def test_the_plan_on_today_is_the_newest_of_what_is_learned_now(cast):
    other = another_enrolment(cast)
    write_plan(held_days_ago(cast, 9), will="listen")
    write_plan(held_days_ago(cast, 5), will="wait")
    write_plan(held_days_ago(cast, 2, enrolment=other), will="ask")

    def shown():
        return [(card.quote, card.count) for card in plan_cards(cast.leo)]

    assert shown() == [("When the voice rises, I will ask.", 2)]
    enrolments.end(other, by=cast.ada)
    assert shown() == [("When the voice rises, I will wait.", 1)]
    enrolments.end(cast.enrolment, by=cast.ada)
    assert shown() == [("When the voice rises, I will ask.", 1)]
