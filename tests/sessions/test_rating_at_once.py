"""Two people, two tabs and the sweep at the same moment: one reveal, nothing lost, no deadlock."""

import pytest
from django.utils import timezone

from sessions.domain import codes, ratings, reveals
from sessions.models import Rating, RatingCode
from tests.sessions.rate_steps import fresh, hand_in, levels, past_deadline
from tests.sessions.run_steps import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_both_hand_in_at_the_same_moment(cast):
    micro = cast.held()
    found = at_once(lambda: hand_in(micro, cast.ana, 3, 3, 3), lambda: hand_in(micro, cast.leo, 2, 2, 2))
    assert [rating.late for rating in found] == [False, False]
    assert fresh(micro).is_revealed


def test_two_tabs_of_one_person_make_one_rating(cast):
    micro = cast.held()
    found = at_once(*[lambda: hand_in(micro, cast.leo, 2, 2, 2)] * 3)
    assert len({rating.pk for rating in found}) == Rating.objects.count() == 1


def test_handing_in_while_the_sweep_runs_is_late(cast):
    micro = past_deadline(cast.held())
    rating, _revealed = at_once(lambda: hand_in(micro, cast.leo, 2, 2, 2), lambda: reveals.reveal_due(timezone.now()))
    assert (rating.late, fresh(micro).is_revealed) == (True, True)


def test_a_correction_races_the_other_ones_rating(cast):
    """Either it was in before the reveal, or it is refused; never changed afterwards and unmarked."""
    micro = cast.held()
    hand_in(micro, cast.leo, 2, 2, 2)
    corrected, _theirs = at_once(
        lambda: ratings.score_all(micro, by=cast.leo, levels=levels(micro, 4)),
        lambda: hand_in(micro, cast.ana, 3, 3, 3),
    )
    now = next(iter(ratings.scores_of(ratings.rating_of(micro, by=cast.leo)).values()))
    assert now == (2 if isinstance(corrected, ratings.RatingsAreOpen) else 4)


def test_two_codes_at_once_leave_one_open(cast):
    micro = cast.held()
    at_once(*[lambda: codes.make(micro, by=cast.ana)] * 3)
    assert RatingCode.objects.filter(closed_at=None).count() == 1
