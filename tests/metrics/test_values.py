"""One value per learner and block: what counts, what does not, for each measure."""

import datetime as dt

import pgtrigger
import pytest

from metrics.domain.rosters import rosters_of
from metrics.domain.spans import Span
from metrics.domain.values import values_of
from metrics.models import Block
from sessions.models import MicroSession, Prompt, Rating, Reflection
from tests.metrics.town import MONDAY, at, make_town, weeks

LAST = weeks(4) - dt.timedelta(days=1)
NEXT = weeks(4)


@pytest.fixture
def town(db):
    town = make_town()
    town.cohort("North", 2)
    return town


@pytest.fixture
def first(town):
    return town.enrolments["North"][0]


def values(town, measure, *, starts=MONDAY, length=4):
    block = Block(
        organization=town.organization, starts_on=starts, ends_on=weeks(length, starts) - dt.timedelta(days=1)
    )
    span = Span.of(block, town.organization.timezone)
    found = values_of(town.organization, span, rosters_of(town.organization, span))
    return found[measure].get(town.pillar.pk, {})


def in_both(town, measure):
    """Of the first block and of the one after it."""
    return values(town, measure), values(town, measure, starts=NEXT)


def test_sessions_count_per_learner_and_none_is_zero(town, first):
    town.hold(first, weeks(1))
    town.hold(first, weeks(2))
    other = town.enrolments["North"][1]
    assert values(town, "sessions") == {first.learner_id: 2.0, other.learner_id: 0.0}


def test_sessions_of_an_eight_week_block_are_said_for_four(town, first):
    for week in range(6):
        town.hold(first, weeks(week))
    assert values(town, "sessions", length=8)[first.learner_id] == 3.0


def test_a_session_counts_once_the_learner_rated_reflected_or_confirmed(town, first):
    silent = town.hold(first, weeks(1), own=None)
    assert values(town, "sessions")[first.learner_id] == 0
    MicroSession.objects.filter(pk=silent.pk).update(met_confirmed_at=at(weeks(1)))
    town.hold(first, weeks(2), own=None, reflects="She stopped repeating herself")
    town.hold(first, weeks(3), own=2)
    assert values(town, "sessions")[first.learner_id] == 3


def rated(micro, when, **fields):
    Rating.objects.create(micro=micro, rater=micro.learner, role="self", submitted_at=when, **fields)


def met(micro, when):
    MicroSession.objects.filter(pk=micro.pk).update(met_confirmed_at=when)


def reflected(micro, when):
    Reflection.objects.create(micro=micro, saved_at=when)


def test_a_session_confirmed_by_a_late_rating_alone_does_not_count(town, first):
    micro = town.hold(first, weeks(1), own=None)
    rated(micro, at(weeks(1), 13), late=True)
    assert values(town, "sessions")[first.learner_id] == 0


def test_a_rating_that_was_in_time_has_confirmed_its_session_however_it_was_changed(town, first):
    """Else a session that was published would come back with the next sign of the learner."""
    micro = town.hold(first, weeks(1))
    Rating.objects.filter(micro=micro, role="self").update(late=True)
    met(micro, at(NEXT))
    assert [each[first.learner_id] for each in in_both(town, "sessions")] == [1.0, 0.0]


@pytest.mark.parametrize("sign", [rated, reflected, met])
def test_a_session_confirmed_after_its_block_counts_in_the_next_one(town, first, sign):
    micro = town.hold(first, LAST, own=None, revealed=weeks(5))
    town.moved(micro)
    with pgtrigger.ignore("coaching.Rating:late_when_revealed"):
        sign(micro, at(NEXT))
    assert [each[first.learner_id] for each in in_both(town, "sessions")] == [0.0, 1.0]
    assert in_both(town, "kept") == ({}, {first.learner_id: 0.0})
    assert in_both(town, "queue") == ({}, {first.learner_id: 1.0})
    assert in_both(town, "reflected") == ({}, {first.learner_id: float(sign is reflected)})
    assert in_both(town, "level") == ({}, {first.learner_id: 3.0})


def test_a_session_counts_once_with_the_first_sign_of_the_learner(town, first):
    micro = town.hold(first, LAST)
    met(micro, at(NEXT))
    reflected(micro, at(NEXT))
    assert [each[first.learner_id] for each in in_both(town, "sessions")] == [1.0, 0.0]
    assert in_both(town, "kept") == ({first.learner_id: 1.0}, {})
    assert in_both(town, "reflected") == ({first.learner_id: 0.0}, {})


def test_each_session_counts_in_exactly_one_block(town, first):
    days = [MONDAY + dt.timedelta(days=number * 4) for number in range(20)]
    for number, micro in enumerate(town.hold_all([(first, day) for day in days], own=None)):
        (met, reflected)[number % 2](micro, micro.ended_at + dt.timedelta(days=number % 9))
    found = [values(town, "sessions", starts=weeks(4 * block))[first.learner_id] for block in range(5)]
    assert (sum(found), found[0]) == (20, 6.0)  # the seventh was held on the 25th day and confirmed on the 31st


@pytest.mark.parametrize(
    ("entered", "expected"), [(LAST, [0.0, 1.0]), (NEXT, [0.0, 0.0])], ids=["in its block", "after it"]
)
def test_a_session_entered_after_its_block_counts_nowhere(town, first, entered, expected):
    for starts in (MONDAY, NEXT):
        Block.objects.create(
            organization=town.organization, starts_on=starts, ends_on=weeks(4, starts) - dt.timedelta(days=1)
        )
    micro = town.hold(first, LAST, own=None, logged=True)
    MicroSession.objects.filter(pk=micro.pk).update(created_at=at(entered, 12), met_confirmed_at=at(NEXT, 13))
    assert [each[first.learner_id] for each in in_both(town, "sessions")] == expected
    later = values(town, "sessions", starts=weeks(8))
    assert later[first.learner_id] == 0.0


@pytest.mark.parametrize(
    ("when", "counted"),
    [
        (dt.datetime(2026, 1, 4, 23, 0, tzinfo=dt.UTC), 1.0),  # midnight in Berlin: the block's first moment
        (dt.datetime(2026, 1, 4, 22, 59, tzinfo=dt.UTC), 0.0),
        (dt.datetime(2026, 2, 1, 22, 59, tzinfo=dt.UTC), 1.0),
        (dt.datetime(2026, 2, 1, 23, 0, tzinfo=dt.UTC), 0.0),
    ],
)
def test_a_block_begins_and_ends_at_midnight_of_the_organization(town, first, when, counted):
    town.hold(first, weeks(1), started_at=when, ended_at=when)
    assert values(town, "sessions")[first.learner_id] == counted


def test_kept_as_planned_is_the_share_held_at_the_time_first_planned(town, first):
    town.hold(first, weeks(0))
    town.moved(town.hold(first, weeks(1)), "clash")
    town.called_off(first, weeks(2), "missed")
    town.called_off(first, weeks(3), "cancelled")
    assert values(town, "kept") == {first.learner_id: 0.25}


def test_a_session_marked_as_missed_after_its_block_counts_in_the_next_one(town, first):
    """And one called off ahead in the block in which it would have been."""
    town.hold(first, weeks(0))
    missed = town.called_off(first, LAST)
    MicroSession.objects.filter(pk=missed.pk).update(missed_at=at(NEXT))
    cancelled = town.called_off(first, weeks(9), "cancelled")
    MicroSession.objects.filter(pk=cancelled.pk).update(cancelled_at=at(LAST))
    assert in_both(town, "kept") == ({first.learner_id: 1.0}, {first.learner_id: 0.0})
    assert values(town, "kept", starts=weeks(8)) == {first.learner_id: 0.0}


def test_a_session_nobody_planned_is_neither_kept_nor_moved(town, first):
    town.hold(first, weeks(1), logged=True)
    assert (values(town, "kept"), values(town, "queue")) == ({}, {})


def test_a_planned_session_that_was_logged_later_was_kept(town, first):
    town.hold(first, weeks(1), logged=True, scheduled_for=at(weeks(1), 9))
    assert values(town, "kept") == {first.learner_id: 1.0}


def test_sessions_called_off_by_the_end_of_an_enrolment_do_not_count(town, first):
    town.hold(first, weeks(1))
    town.called_off(first, weeks(3), "cancelled")
    town.leave([first], weeks(2))
    assert values(town, "kept") == {first.learner_id: 1.0}


def test_moved_because_of_the_queue_leaves_out_other_reasons(town, first):
    town.moved(town.hold(first, weeks(0)), "queue")
    town.moved(town.hold(first, weeks(1)), "asked")
    assert values(town, "queue") == {first.learner_id: 0.5}
    assert values(town, "kept") == {first.learner_id: 0.0}


def test_two_moves_of_one_session_are_one_moved_session(town, first):
    micro = town.hold(first, weeks(0))
    town.moved(micro, "queue")
    town.moved(micro, "queue")
    town.hold(first, weeks(1))
    assert values(town, "queue") == {first.learner_id: 0.5}


def test_reflections_written_are_a_share_of_the_sessions_that_count(town, first):
    town.hold(first, weeks(0), reflects="It worked")
    town.hold(first, weeks(1))
    town.hold(first, weeks(2), own=None)
    assert values(town, "reflected") == {first.learner_id: 0.5}


def test_what_is_told_in_a_talk_is_no_answered_prompt_but_an_answer(town, first):
    """Unless a message had asked it before: then it was asked and answered."""
    town.prompts(town.hold(first, weeks(0)), weeks(1), "as_planned", "not_this_time", "no_chance", "harder", "")
    with pgtrigger.ignore("coaching.Prompt:told_to_their_coach"):
        Prompt.objects.exclude(answer="").update(told_to=town.coach)
    Prompt.objects.filter(sequence__lte=3).update(asked_at=None)
    assert values(town, "answered") == {first.learner_id: 1 / 2}
    assert values(town, "applied") == {first.learner_id: 2 / 3}
    assert values(town, "no_chance") == {first.learner_id: 1 / 4}


def test_prompts_answered_leave_out_those_still_open(town, first):
    town.prompts(town.hold(first, weeks(0)), weeks(1), "as_planned", "", "no_chance", "")
    Prompt.objects.filter(sequence=4).update(status="asked", missed_at=None)
    assert values(town, "answered") == {first.learner_id: 2 / 3}


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        ({"missed_at": at(NEXT)}, [None, 0.0]),
        ({"answered_at": at(NEXT)}, [None, 1.0]),
        ({"answered_at": at(LAST, 12)}, [1.0, None]),
        ({"missed_at": at(LAST), "answered_at": at(LAST, 12)}, [1.0, None]),
        ({"missed_at": at(LAST), "answered_at": at(NEXT)}, [0.0, None]),
    ],
    ids=["missed", "answered", "at once", "answered after all", "answered after all, and after the block"],
)
def test_a_question_counts_in_the_block_in_which_its_first_outcome_came(town, first, outcome, expected):
    town.prompts(town.hold(first, weeks(0)), LAST - dt.timedelta(days=3), "")
    if "answered_at" in outcome:
        outcome |= {"status": "answered", "answer": "as_planned"}
    Prompt.objects.update(**{"missed_at": None} | outcome)
    assert [each.get(first.learner_id) for each in in_both(town, "answered")] == expected


def test_applied_is_a_share_of_the_chances_that_came(town, first):
    town.prompts(
        town.hold(first, weeks(0)), weeks(1), "as_planned", "harder", "naturally", "not_this_time", "no_chance", ""
    )
    assert values(town, "applied") == {first.learner_id: 0.75}
    assert values(town, "no_chance") == {first.learner_id: 0.2}


def unseen(micro, role: str) -> None:
    """Of the first criterion there is nothing to tell, as if it had been so before the reveal."""
    with pgtrigger.ignore("coaching.Score:levels_stay_once_open"):
        micro.ratings.get(role=role).scores.filter(criterion__position=0).update(level=None)


def test_mean_level_is_the_coachs_alone_and_leaves_out_not_seen(town, first):
    micro = town.hold(first, weeks(1), whole=True, level=2, own=4)
    unseen(micro, "coach")
    town.hold(first, weeks(2), whole=True, level=3, own=1)
    assert values(town, "level") == {first.learner_id: (2 + 2 + 3 + 3 + 3) / 5}


def test_ratings_count_in_the_block_in_which_they_were_revealed(town, first):
    town.hold(first, LAST, level=4, revealed=weeks(4))
    assert values(town, "level") == {}
    assert values(town, "level", starts=weeks(4)) == {first.learner_id: 4.0}


def test_late_ratings_count_in_no_figure(town, first):
    micro = town.hold(first, weeks(1), level=4, reflects="Better")
    Rating.objects.filter(micro=micro, role="coach").update(late=True)
    assert (values(town, "level"), values(town, "agreement")) == ({}, {})


def test_agreement_is_the_share_of_criteria_within_one_level(town, first):
    town.hold(first, weeks(1), whole=True, level=2, own=4)
    town.hold(first, weeks(2), whole=True, level=2, own=3)
    apart = town.hold(first, weeks(3), whole=True, level=3, own=3)
    unseen(apart, "self")
    assert values(town, "agreement") == {first.learner_id: (0 + 3 + 2) / (3 + 3 + 2)}


@pytest.mark.parametrize(
    ("level", "own", "expected"), [(4, 2, 0.0), (2, 4, 0.0), (3, 2, 1.0), (2, 3, 1.0)],
    ids=["learner two below", "learner two above", "one below", "one above"],
)  # fmt: skip
def test_agreement_is_bounded_on_either_side(town, first, level, own, expected):
    town.hold(first, weeks(1), level=level, own=own)
    assert values(town, "agreement") == {first.learner_id: expected}


def test_with_a_late_rating_of_ones_own_there_is_a_level_and_nothing_to_agree_with(town, first):
    micro = town.hold(first, weeks(1), level=3, own=3)
    Rating.objects.filter(micro=micro, role="self").update(late=True)
    assert (values(town, "level"), values(town, "agreement")) == ({first.learner_id: 3.0}, {})


def test_values_take_nine_queries_however_many_people(town, django_assert_num_queries):
    block = Block(organization=town.organization, starts_on=MONDAY, ends_on=LAST)
    span = Span.of(block, "Europe/Berlin")
    rosters = rosters_of(town.organization, span)
    for size in (1, 5):
        town.join("North", size)
        with django_assert_num_queries(9):
            values_of(town.organization, span, rosters)
