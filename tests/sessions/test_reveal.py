"""The seal: when it breaks, for whom, and what the two then see."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from sessions.domain import closing, ratings, reveals, ticks
from sessions.domain.visibility import Handed, reveal_of, reveals_of, who_is_in
from sessions.models import Feedback, Rating, Reflection
from tests.sessions.rate_steps import both, coach_side, fresh, hand_in, held_days_ago, opened_by_deadline, past_deadline
from tests.sessions.run_steps import write_lines, write_plan


@pytest.mark.parametrize("first", ["ana", "leo"])
def test_it_breaks_when_both_are_in_whoever_is_first(cast, first):
    micro = cast.held()
    second = "leo" if first == "ana" else "ana"
    hand_in(micro, getattr(cast, first), 3, 3, 3)
    assert not fresh(micro).is_revealed
    hand_in(micro, getattr(cast, second), 3, 3, 3)
    assert fresh(micro).is_revealed


def test_it_breaks_while_the_session_still_runs(cast):
    micro = cast.plan(status="running", started_at=timezone.now())
    assert both(micro).is_revealed


def test_a_peer_does_not_break_it(cast):
    micro = cast.held()
    hand_in(micro, cast.ana, 3, 3, 3)
    Rating.objects.create(micro=micro, rater=cast.cole, role="peer", submitted_at=timezone.now())
    assert not reveals.reveal_if_ready(micro).is_revealed


def test_the_deadline_breaks_it_for_both(cast):
    micro = cast.held()
    hand_in(micro, cast.ana, 3, 3, 3)
    past_deadline(micro)
    assert (reveals.reveal_due(timezone.now()), reveals.reveal_due(timezone.now())) == (1, 0)


def test_before_the_deadline_the_sweep_breaks_nothing(cast):
    micro = past_deadline(cast.held())
    assert reveals.reveal_due(micro.opens_at - dt.timedelta(seconds=1)) == 0
    assert reveals.reveal_due(micro.opens_at) == 1


def test_a_session_that_has_not_ended_has_no_deadline(cast):
    cast.plan()
    assert reveals.reveal_due(timezone.now() + dt.timedelta(days=365)) == 0


def test_who_is_in_is_no_secret(cast):
    micro = cast.held()
    assert who_is_in(micro) == Handed(coach=False, learner=False)
    hand_in(micro, cast.ana, 3)
    assert who_is_in(micro) == Handed(coach=True, learner=False)


def test_before_the_reveal_neither_sees_the_other(cast):
    micro = cast.held()
    coach_side(micro)
    hand_in(micro, cast.ana, 3, 3, 3)
    Reflection.objects.create(micro=micro, what_changed="A lot", saved_at=timezone.now())
    micro = fresh(micro)
    assert (reveal_of(micro, by=cast.ana), reveal_of(micro, by=cast.leo)) == (None, None)
    assert list(Rating.objects.visible_to(cast.leo)) == []
    assert list(Feedback.objects.visible_to(cast.leo)) == []
    assert ticks.counts(micro, by=cast.leo) == {}
    assert list(Reflection.objects.visible_to(cast.ana)) == []


def test_a_draft_stays_its_authors_after_the_reveal(cast):
    micro = cast.held()
    ratings.score_all(micro, by=cast.ana, levels={})
    micro = opened_by_deadline(micro)
    assert list(Rating.objects.visible_to(cast.leo)) == []


@pytest.mark.parametrize("who", ["cole", "lia", "mia", "ada", "olga"])
def test_nobody_else_ever_sees_it(cast, who):
    assert reveal_of(both(cast.held()), by=getattr(cast, who)) is None


def test_both_see_the_same_from_their_own_side(cast):
    micro = both(cast.held(), own=(2, 3, 3), coach=(3, 3, 1))
    leo, ana = reveal_of(micro, by=cast.leo), reveal_of(micro, by=cast.ana)
    assert [(line.own.level, line.other.level, line.gap) for line in leo.lines] == [(2, 3, -1), (3, 3, 0), (3, 1, 2)]
    assert [(line.own.level, line.other.level, line.gap) for line in ana.lines] == [(3, 2, 1), (3, 3, 0), (1, 3, -2)]
    assert (leo.own.name, leo.other.name, ana.own.name) == ("Leo Marin", "Ana Silva", "Ana Silva")


def test_a_level_stands_with_its_anchor(cast):
    line = reveal_of(both(cast.held()), by=cast.leo).lines[0]
    assert line.other.text == "Names the feeling before offering a fix: level 3"


SENTENCES = {
    ((3, 3, 3), (3, 3, 3)): "Same on all 3.",
    ((3, 3, 3), (3, 2, 3)): "Same on 2 of 3. You differ on “Pauses before answering”. Start there.",
    ((3, 3, 3), (2, 1, 3)): "Same on 1 of 3. You differ on 2, most on “Pauses before answering”. Start there.",
    ((3, 3, 3), (3, 1, 1)): "Same on 1 of 3. You differ on 2. Start with “Pauses before answering”.",
    ((3, None, 3), (3, 2, None)): "Same on the one you both rated.",
    ((None, None, 3), (3, 2, None)): "Nothing to compare: what one of you rated, the other did not see.",
    ((3, 3, 3), (1,)): "You differ on “Names the feeling before offering a fix”, the one you both rated. Start there.",
    ((3, 3, 3), (3, 2)): "Same on 1 of the 2 you both rated. You differ on “Pauses before answering”. Start there.",
}


@pytest.mark.parametrize(("own", "coach"), SENTENCES, ids=str)
def test_the_sentence_says_where_to_start(cast, own, coach):
    reveal = reveal_of(both(cast.held(), own=own, coach=coach), by=cast.leo)
    assert f"{reveal.sentence} {reveal.advice}".strip() == SENTENCES[own, coach]


def test_of_equal_gaps_the_first_in_the_rubric_is_named(cast):
    reveal = reveal_of(both(cast.held(), own=(2, 2, 2), coach=(3, 3, 3)), by=cast.leo)
    assert reveal.sentence.endswith("You differ on 3.")
    assert reveal.advice == "Start with “Names the feeling before offering a fix”."


def test_where_to_start_is_said_while_there_is_a_talk_to_come(cast, client):
    micro = both(cast.held())
    page = reverse("learn:micro-show", args=[micro.pk])
    assert "Start there." in client.as_(cast.leo).get(page).content.decode()
    write_lines(micro)
    write_plan(micro)
    closing.close(fresh(micro), by=cast.ana)
    assert "Start there." not in client.as_(cast.leo).get(page).content.decode()


def test_the_folded_rows_say_what_they_are(cast):
    said = {
        reveal_of(both(cast.held(), own=own, coach=coach), by=cast.leo).about_others
        for own, coach in [((3, 1, 3), (3, 3, 3)), ((3, 1, 3), (3, 3)), ((3, 1), (3, 1, 3)), ((3,), (3, 1, 3))]
    }
    assert said == {"the same", "not rated by both", "the same, or not rated by both"}


@pytest.mark.parametrize("coach", [(3, 1, 2), (3, 3, 3), (None, None, None)], ids=str)
def test_the_name_in_the_sentence_can_be_led_to(cast, coach):
    reveal = reveal_of(both(cast.held(), own=(3, 3, 3), coach=coach), by=cast.leo)
    assert "".join(reveal.around_start) == f"{reveal.sentence} {reveal.advice}".strip()
    assert reveal.around_start[1] == ("“Pauses before answering”" if reveal.start else "")


FIRST = {
    ((3, 3, 3), (3, 1, 3)): ([0, 1], [2]),  # the focus, and what differs
    ((3, 3, 3), (3, 3, 3)): ([0], [1, 2]),
    ((3, 3, 3), (1,)): ([0], [1, 2]),  # not rated by both
    ((None, None, 3), (3, 2, None)): ([0, 1, 2], []),  # nothing can be compared
}


@pytest.mark.parametrize(("own", "coach"), FIRST, ids=str)
def test_the_focus_and_what_differs_come_first_and_the_rest_is_folded(cast, own, coach):
    reveal = reveal_of(both(cast.held(), own=own, coach=coach), by=cast.leo)
    first, others = ([reveal.lines.index(line) for line in part] for part in (reveal.first_lines, reveal.other_lines))
    assert (first, others) == FIRST[own, coach]


def test_not_seen_and_not_rated_are_told_apart_and_compared_with_nothing(cast):
    reveal = reveal_of(both(cast.held(), own=(3, None, 3), coach=(3, 2)), by=cast.leo)
    assert [(line.own.text, line.gap) for line in reveal.lines][1] == ("Did not come up", None)
    assert [(line.other.text, line.gap) for line in reveal.lines][2] == ("Not rated", None)


def test_what_a_coach_did_not_see_did_not_come_up_for_the_learner(cast):
    line = reveal_of(both(cast.held(), own=(3, None), coach=(3, None)), by=cast.ana).lines[1]
    assert (line.own.text, line.other.text) == ("Not seen", "Did not come up")


def test_after_the_deadline_the_one_who_has_not_rated_is_told_so(cast):
    micro = cast.held()
    hand_in(micro, cast.ana, 3, 3, 3)
    micro = opened_by_deadline(micro)
    assert reveal_of(micro, by=cast.leo).sentence == (
        "You did not rate within two working days, so both opened. From now on a rating counts nowhere."
    )
    assert reveal_of(micro, by=cast.ana).sentence == "Leo Marin has not rated, so there is nothing to compare."


def test_a_late_rating_is_shown_and_compared_with_nothing(cast):
    micro = cast.held()
    hand_in(micro, cast.ana, 3, 3, 3)
    hand_in(opened_by_deadline(micro), cast.leo, 1, 1, 1)
    reveal = reveal_of(fresh(micro), by=cast.ana)
    assert (reveal.other.late, [line.other.level for line in reveal.lines], reveal.compared) == (True, [1, 1, 1], ())
    assert reveal.sentence == "One view came after the reveal, so nothing is compared."


def test_many_sessions_cost_as_much_as_one(cast, django_assert_num_queries):
    micros = [both(held_days_ago(cast, day)) for day in range(3)]
    for some in (micros[:1], micros):
        with django_assert_num_queries(2):
            assert len(reveals_of(some, by=cast.leo)) == len(some)


def test_of_sealed_sessions_nothing_is_read(cast, django_assert_num_queries):
    micro = cast.held()
    hand_in(micro, cast.leo, 3, 3, 3)
    micro = fresh(micro)
    with django_assert_num_queries(0):
        assert reveal_of(micro, by=cast.leo) is None
