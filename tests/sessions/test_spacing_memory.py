import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from fsrs import Card, Rating, Scheduler, State
from fsrs.scheduler import DEFAULT_PARAMETERS

from sessions.domain.spacing import Answer, Memory, max_gap_days, retrievability, review
from sessions.domain.spacing.memory import RATINGS, advance, counted_at, scheduler_for

VECTORS = json.loads((Path(__file__).parent / "vectors" / "fsrs_vectors.json").read_text())
TOLERANCE = VECTORS["tolerance"]
CASES = VECTORS["cases"]
WITHOUT_STEPS = [c for c in CASES if not c["scheduler"]["learning_steps_seconds"]]
RECOMMENDED = [c for c in CASES if c["name"].startswith("recommended")]
ANSWERS = {rating: answer for answer, rating in RATINGS.items()}

START = datetime(2026, 1, 5, 9, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def by_name(case):
    return case["name"]


def steps(case):
    """Expected (rating, at or None for "when due", interval, stability, difficulty, state)."""
    times = case["review_at"]
    if isinstance(times, str):
        times = [None] * len(case["ratings"])
    else:
        times = [datetime.fromisoformat(text) for text in times]
    columns = ("interval_seconds", "stability", "difficulty", "state")
    ratings = [Rating(value) for value in case["ratings"]]
    return list(zip(ratings, times, *(case[name] for name in columns), strict=True))


def agrees(card, at, interval, stability, difficulty, state):
    assert (card.due - at).total_seconds() == interval
    assert card.stability == pytest.approx(stability, rel=TOLERANCE["stability_relative"])
    assert card.difficulty == pytest.approx(difficulty, abs=TOLERANCE["difficulty_absolute"])
    assert card.state.name == state


def learn(*answers, horizon=90):
    """Memory after the answers, each given when due; the first at START."""
    memory = Memory(due=START)
    for answer in answers:
        memory = review(memory, answer, memory.due, horizon, card_id=1)
    return memory


# The published and cross-checked histories


def test_all_histories_are_here():
    assert (len(CASES), len(WITHOUT_STEPS), len(RECOMMENDED)) == (38, 36, 7)


def test_library_has_the_weights_of_the_vectors():
    assert list(DEFAULT_PARAMETERS) == VECTORS["default_parameters"]
    assert {rating.name: rating.value for rating in Rating} == VECTORS["rating_values"]


@pytest.mark.parametrize("case", CASES, ids=by_name)
def test_library_reproduces_every_history(case):
    options = case["scheduler"]
    scheduler = Scheduler(
        desired_retention=options["desired_retention"],
        maximum_interval=options["maximum_interval"],
        learning_steps=[timedelta(seconds=s) for s in options["learning_steps_seconds"]],
        relearning_steps=[timedelta(seconds=s) for s in options["relearning_steps_seconds"]],
        enable_fuzzing=False,
    )
    card = Card(card_id=1, due=datetime.fromisoformat(case["first_review_at"]))
    for rating, at, *expected in steps(case):
        reviewed_at = at or card.due
        card, _ = scheduler.review_card(card, rating, reviewed_at)
        agrees(card, reviewed_at, *expected)


@pytest.mark.parametrize("case", WITHOUT_STEPS, ids=by_name)
def test_memory_reproduces_every_history_without_steps(case):
    options = case["scheduler"]
    scheduler = scheduler_for(options["desired_retention"], options["maximum_interval"])
    memory = Memory(due=datetime.fromisoformat(case["first_review_at"]))
    for rating, at, *expected in steps(case):
        reviewed_at = at or memory.due
        memory = advance(memory, rating, reviewed_at, scheduler, card_id=1)
        agrees(memory, reviewed_at, *expected)


@pytest.mark.parametrize("case", RECOMMENDED, ids=by_name)
def test_answers_reproduce_the_recommended_histories(case):
    memory = Memory(due=datetime.fromisoformat(case["first_review_at"]))
    for rating, _, *expected in steps(case):
        reviewed_at = memory.due
        memory = review(memory, ANSWERS[rating], reviewed_at, horizon_days=90, card_id=1)
        agrees(memory, reviewed_at, *expected)


@pytest.mark.parametrize(
    ("answer", "days"),
    [
        (Answer.AS_PLANNED, [2, 11, 14, 14]),
        (Answer.NATURALLY, [8, 14, 14, 14]),
        (Answer.HARDER, [1, 3, 7, 12, 14]),
        (Answer.NOT_THIS_TIME, [1, 1, 1, 1]),
    ],
)
def test_same_answer_again_and_again(answer, days):
    found = [learn(*[answer] * n).interval_days for n in range(1, len(days) + 1)]
    assert found == days


def test_interval_is_limited_by_the_horizon():
    good = [Answer.AS_PLANNED] * 6
    intervals = {days: learn(*good, horizon=days).interval_days for days in (28, 56, 90, 180)}
    assert intervals == {28: 7, 56: 11, 90: 14, 180: 19}


# Elapsed time


@pytest.mark.parametrize("case", VECTORS["edge_cases"][:2], ids=str)
def test_exact_reviews_floor_elapsed_time_to_whole_days(case):
    scheduler = scheduler_for(0.9, 36500)
    memory = advance(Memory(due=START), Rating.Good, START, scheduler, card_id=1)
    second = START + case["second_good_after_hours"] * HOUR
    memory = advance(memory, Rating.Good, second, scheduler, card_id=1)
    assert memory.stability == pytest.approx(case["stability"], rel=TOLERANCE["stability_relative"])
    assert memory.due - second == case["interval_days"] * DAY


@pytest.mark.parametrize("hours_early", [0, 1, 12])
def test_answer_shortly_before_due_counts_as_at_due(hours_early):
    first = learn(Answer.AS_PLANNED)
    second = review(first, Answer.AS_PLANNED, first.due - hours_early * HOUR, 90, card_id=1)
    assert second.last_review == first.due
    assert second.due == first.due + 11 * DAY


def test_answer_more_than_twelve_hours_early_counts_when_it_came():
    first = learn(Answer.AS_PLANNED)
    early = first.due - 12 * HOUR - timedelta(seconds=1)
    second = review(first, Answer.AS_PLANNED, early, 90, card_id=1)
    assert second.last_review == early
    assert second.interval_days == 7


def test_late_answer_counts_when_it_came():
    first = learn(Answer.AS_PLANNED)
    late = first.due + 30 * HOUR
    assert review(first, Answer.AS_PLANNED, late, 90, card_id=1).last_review == late


def test_answer_never_counts_before_the_last_review():
    first = learn(Answer.AS_PLANNED)
    assert counted_at(first, START - DAY) == START


# Time zones


def test_local_time_is_taken_as_the_same_instant():
    in_berlin = START.astimezone(ZoneInfo("Europe/Berlin"))
    assert review(Memory(due=START), Answer.HARDER, in_berlin, 90, card_id=1) == learn(Answer.HARDER)


def test_zone_named_utc_is_taken_too():
    named = START.astimezone(ZoneInfo("UTC"))
    memory = review(Memory(due=START), Answer.HARDER, named, 90, card_id=1)
    assert memory.due.tzinfo is UTC


def test_library_still_refuses_a_zone_named_utc():
    named = START.astimezone(ZoneInfo("UTC"))
    with pytest.raises(ValueError, match="set to UTC"):
        scheduler_for(0.9, 14).review_card(Card(card_id=1), Rating.Good, named)


def test_naive_time_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        review(Memory(due=START), Answer.HARDER, START.replace(tzinfo=None), 90, card_id=1)


# Meaning of answers


def test_no_chance_is_no_review():
    memory = learn(Answer.AS_PLANNED)
    assert review(memory, Answer.NO_CHANCE, memory.due, 90, card_id=1) is memory


@pytest.mark.parametrize(
    ("answer", "rating"),
    [
        (Answer.AS_PLANNED, Rating.Good),
        (Answer.HARDER, Rating.Hard),
        (Answer.NATURALLY, Rating.Easy),
        (Answer.NOT_THIS_TIME, Rating.Again),
    ],
)
def test_every_other_answer_is_a_rating(answer, rating):
    assert RATINGS[answer] is rating
    assert set(Answer) - set(RATINGS) == {Answer.NO_CHANCE}


def test_scheduler_has_no_steps_and_no_fuzz():
    scheduler = scheduler_for(0.9, max_gap_days(90))
    assert scheduler.to_dict() == {
        "parameters": VECTORS["default_parameters"],
        "desired_retention": 0.9,
        "learning_steps": [],
        "relearning_steps": [],
        "maximum_interval": 14,
        "enable_fuzzing": False,
    }


# Retrievability


@pytest.mark.parametrize("case", VECTORS["retrievability"]["expected"], ids=str)
def test_retrievability_falls_with_whole_days(case):
    memory = learn(Answer.AS_PLANNED)
    at = START + case["elapsed_days"] * DAY
    assert round(retrievability(memory, at), 6) == case["retrievability"]
    assert retrievability(memory, at + 23 * HOUR) == retrievability(memory, at)


def test_retrievability_before_the_first_review_is_the_lowest():
    assert retrievability(Memory(due=START), START) == 0


# Storage


def test_memory_as_json():
    assert learn(Answer.AS_PLANNED).to_json() == {
        "stability": 2.3065,
        "difficulty": pytest.approx(2.118104, abs=1e-6),
        "state": 2,
        "last_review": "2026-01-05T09:00:00+00:00",
        "due": "2026-01-07T09:00:00+00:00",
    }


def test_new_memory_as_json():
    assert Memory(due=START).to_json() == {
        "stability": None,
        "difficulty": None,
        "state": 1,
        "last_review": None,
        "due": "2026-01-05T09:00:00+00:00",
    }
    assert Memory.from_json(Memory(due=START).to_json()) == Memory(due=START)


def test_memory_comes_back_from_json_text():
    memory = learn(Answer.AS_PLANNED, Answer.NOT_THIS_TIME, Answer.HARDER)
    assert Memory.from_json(json.loads(json.dumps(memory.to_json()))) == memory


@pytest.mark.parametrize("wrong", [{"state": 9}, {"due": "soon"}, {"due": "2026-01-05T09:00:00"}])
def test_memory_that_was_never_stored_is_refused(wrong):
    with pytest.raises(ValueError, match=r"State|Invalid isoformat|time zone"):
        Memory.from_json(Memory(due=START).to_json() | wrong)


def test_interval_of_a_new_memory_is_a_day():
    assert Memory(due=START).state is State.Learning
    assert Memory(due=START).interval_days == 1
