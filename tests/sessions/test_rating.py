"""Taps, handing in, changing: who, when, and what stays."""

import pytest

from coachhub.errors import Invalid, NotAllowed, WrongState
from sessions.domain import ratings
from sessions.models import Rating, RatingRole, Score
from tests.sessions.rate_steps import both, criteria, fresh, hand_in, levels, opened_by_deadline, past_deadline


def test_a_tap_is_kept_in_that_persons_draft(cast):
    micro = cast.held()
    first = criteria(micro)[0]
    rating = ratings.score(micro, by=cast.leo, criterion=first, level=2)
    assert (rating.role, rating.submitted_at, ratings.scores_of(rating)) == (RatingRole.SELF, None, {first.pk: 2})


def test_not_seen_is_an_answer_of_its_own(cast):
    micro = cast.held()
    rating = ratings.score_all(micro, by=cast.leo, levels=levels(micro, None))
    assert ratings.scores_of(rating) == {criteria(micro)[0].pk: None}


def test_the_same_tap_again_changes_nothing(cast):
    micro = cast.held()
    ratings.score_all(micro, by=cast.ana, levels=levels(micro, 2, 3))
    before = list(Score.objects.values("pk", "level", "saved_at"))
    ratings.score_all(micro, by=cast.ana, levels=levels(micro, 2, 3))
    assert list(Score.objects.values("pk", "level", "saved_at")) == before


def test_a_later_tap_takes_the_place_of_the_earlier(cast):
    micro = cast.held()
    ratings.score_all(micro, by=cast.ana, levels=levels(micro, 2, 3, 4))
    rating = ratings.score_all(micro, by=cast.ana, levels=levels(micro, 4))
    assert list(ratings.scores_of(rating).values()) == [4, 3, 4]


def test_looking_at_ones_rating_writes_nothing(cast):
    micro = cast.held()
    assert ratings.scores_of(ratings.rating_of(micro, by=cast.leo)) == {}
    assert Rating.objects.count() == 0


def test_the_coach_may_rate_a_planned_session(cast):
    micro = cast.plan()
    assert hand_in(micro, cast.ana, 3).submitted_at is not None


def test_the_learner_cannot_rate_a_planned_session(cast):
    micro = cast.plan()
    with pytest.raises(WrongState):
        hand_in(micro, cast.leo, 3, 3, 3)


@pytest.mark.parametrize("status", ["cancelled", "missed"])
def test_nobody_rates_a_session_that_did_not_take_place(cast, status):
    micro = cast.plan(status=status, **{f"{status}_at": "2026-01-05T10:00Z"})
    for by in (cast.ana, cast.leo):
        with pytest.raises(WrongState):
            hand_in(micro, by, 3, 3, 3)


@pytest.mark.parametrize("who", ["cole", "lia", "mia", "ada", "olga"])
def test_only_the_two_people_rate(cast, who):
    with pytest.raises(NotAllowed):
        hand_in(cast.held(), getattr(cast, who), 3, 3, 3)


def test_a_deactivated_coach_does_not_rate(cast):
    micro = cast.held()
    cast.ana.deactivated_at = micro.ended_at
    with pytest.raises(NotAllowed):
        hand_in(micro, cast.ana, 3, 3, 3)


@pytest.mark.parametrize("level", [-1, 5, 0])
def test_a_level_outside_the_scale_is_refused(cast, level):
    with pytest.raises(Invalid):
        hand_in(cast.held(), cast.leo, level)


def test_a_criterion_of_another_rubric_is_refused_by_name(cast):
    with pytest.raises(Invalid) as refused:
        ratings.score_all(cast.held(), by=cast.leo, levels={999_999: 3})
    assert refused.value.field == "level-999999"


@pytest.mark.parametrize("who", ["leo", "ana"])
def test_both_answer_the_focus_and_hear_that_it_is_open(cast, who):
    micro, by = cast.held(), getattr(cast, who)
    with pytest.raises(Invalid) as refused:
        hand_in(micro, by, ..., 3, None)
    assert refused.value.field == f"level-{criteria(micro)[0].pk}"
    assert str(refused.value) == "Still to rate: “Names the feeling before offering a fix”. 0 is an answer too."
    assert hand_in(micro, by, None).submitted_at


def test_what_was_chosen_stays_when_handing_in_is_refused(cast):
    micro = cast.held()
    with pytest.raises(Invalid):
        hand_in(micro, cast.leo, ..., 3, None)
    assert list(ratings.scores_of(ratings.rating_of(micro, by=cast.leo)).values()) == [3, None]


def test_the_coach_needs_the_focus_only(cast):
    micro = cast.held()
    assert hand_in(micro, cast.ana, 3).submitted_at is not None


def test_the_coach_without_the_focus_is_told(cast):
    micro = cast.held()
    with pytest.raises(Invalid) as refused:
        ratings.hand_in(micro, by=cast.ana, levels={criteria(micro)[1].pk: 3})
    assert refused.value.field == f"level-{criteria(micro)[0].pk}"


def test_not_seen_of_the_focus_is_enough_for_the_coach(cast):
    assert hand_in(cast.held(), cast.ana, None).submitted_at is not None


def test_handing_in_twice_keeps_the_first_time(cast):
    micro = cast.held()
    first = hand_in(micro, cast.leo, 3, 3, 3).submitted_at
    assert ratings.submit(micro, by=cast.leo).submitted_at == first


def test_a_rating_that_is_in_can_be_corrected_until_the_reveal(cast):
    micro = cast.held()
    hand_in(micro, cast.leo, 3, 3, 3)
    rating = ratings.score_all(micro, by=cast.leo, levels=levels(micro, 1))
    assert (rating.late, list(ratings.scores_of(rating).values())) == (False, [1, 3, 3])


def test_after_the_reveal_levels_are_fixed(cast):
    micro = both(cast.held())
    with pytest.raises(ratings.RatingsAreOpen):
        ratings.score_all(micro, by=cast.leo, levels=levels(micro, 4))
    assert list(ratings.scores_of(ratings.rating_of(micro, by=cast.leo)).values()) == [2, 3, 3]


def test_the_same_levels_sent_again_after_the_reveal_change_nothing(cast):
    """A page that was open when the seal broke sends its levels along with the words."""
    micro = both(cast.held())
    assert not ratings.score_all(micro, by=cast.leo, levels=levels(micro, 2, 3, 3)).late


def test_a_change_after_the_reveal_is_late_and_counts_nowhere(cast):
    micro = both(cast.held())
    assert ratings.change(micro, by=cast.leo).late
    ratings.score_all(micro, by=cast.leo, levels=levels(micro, 4))
    assert list(Rating.objects.counted().values_list("role", flat=True)) == ["coach"]


def test_asking_to_change_before_the_reveal_marks_nothing(cast):
    micro = cast.held()
    hand_in(micro, cast.leo, 3, 3, 3)
    assert not ratings.change(micro, by=cast.leo).late


def test_there_is_nothing_to_change_before_handing_in(cast):
    with pytest.raises(WrongState):
        ratings.change(cast.held(), by=cast.leo)


def test_handed_in_after_the_reveal_is_late(cast):
    micro = opened_by_deadline(cast.held())
    assert hand_in(micro, cast.leo, 3, 3, 3).late


def test_handed_in_after_the_deadline_and_before_the_sweep_is_late(cast):
    micro = past_deadline(cast.held())
    rating = hand_in(micro, cast.leo, 3, 3, 3)
    assert (rating.late, fresh(micro).is_revealed) == (True, True)


def test_a_correction_after_the_deadline_and_before_the_sweep_is_refused(cast):
    micro = cast.held()
    hand_in(micro, cast.leo, 3, 3, 3)
    with pytest.raises(ratings.RatingsAreOpen):
        ratings.score_all(past_deadline(micro), by=cast.leo, levels=levels(micro, 4))


def test_a_draft_of_before_the_deadline_handed_in_after_it_is_late(cast):
    micro = cast.held()
    ratings.score_all(micro, by=cast.leo, levels=levels(micro, 3, 3, 3))
    assert ratings.submit(past_deadline(micro), by=cast.leo).late


def test_levels_corrected_in_the_own_login_came_by_login(cast):
    micro = cast.held()
    ratings.hand_in(micro, by=cast.leo, levels=levels(micro, 3, 3, 3), via=Rating.Via.HAND_OVER)
    assert ratings.score_all(micro, by=cast.leo, levels=levels(micro, 2)).via == Rating.Via.LOGIN


def test_keeping_taps_costs_the_same_for_one_and_for_three(cast, django_assert_num_queries):
    micro = cast.held()
    one, three = levels(micro, 2), levels(micro, 3, 3, 3)
    ratings.score_all(micro, by=cast.leo, levels=levels(micro, 1))
    for taps in (one, three):
        with django_assert_num_queries(7):
            ratings.score_all(micro, by=cast.leo, levels=taps)
