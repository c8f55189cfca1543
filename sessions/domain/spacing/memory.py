"""The memory model behind a follow-up: FSRS-6, used as a pacing rule and nothing more.

Its weights come from flashcards, so its figures are never shown as a prediction about a
behaviour (SCIENCE.md section 1).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Self, TypedDict

from fsrs import Card, Rating, Scheduler, State

from sessions.domain.calendar import in_utc
from sessions.domain.spacing.gap import max_gap_days
from sessions.domain.spacing.rules import DEFAULT_RULES, Answer, SpacingRules

RATINGS: Mapping[Answer, Rating] = {
    Answer.NOT_THIS_TIME: Rating.Again,
    Answer.HARDER: Rating.Hard,
    Answer.AS_PLANNED: Rating.Good,
    Answer.NATURALLY: Rating.Easy,
}
"""`NO_CHANCE` is absent: without a chance there is nothing to review."""


class MemoryDict(TypedDict):
    """`Memory` as plain JSON: floats, a state number, ISO 8601 instants in UTC."""

    stability: float | None
    difficulty: float | None
    state: int
    last_review: str | None
    due: str


@dataclass(frozen=True, slots=True)
class Memory:
    """State of one follow-up's card. Before the first review the three middle values are unset.

    Stability is in days, difficulty from 1 to 10, instants in UTC.
    """

    due: datetime
    stability: float | None = None
    difficulty: float | None = None
    state: State = State.Learning
    last_review: datetime | None = None

    @property
    def interval_days(self) -> int:
        """Whole days between the last review and `due`; 1 before the first review."""
        if self.last_review is None:
            return 1
        return max(1, (self.due - self.last_review).days)

    def to_json(self) -> MemoryDict:
        return {
            "stability": self.stability,
            "difficulty": self.difficulty,
            "state": self.state.value,
            "last_review": self.last_review.isoformat() if self.last_review else None,
            "due": self.due.isoformat(),
        }

    @classmethod
    def from_json(cls, stored: MemoryDict) -> Self:
        """The inverse of `to_json`. Raises ValueError for a state or instant it never gave."""
        reviewed = stored["last_review"]
        return cls(
            due=in_utc(datetime.fromisoformat(stored["due"])),
            stability=stored["stability"],
            difficulty=stored["difficulty"],
            state=State(stored["state"]),
            last_review=in_utc(datetime.fromisoformat(reviewed)) if reviewed else None,
        )


def review(
    memory: Memory,
    answer: Answer,
    at: datetime,
    horizon_days: int,
    card_id: int,
    rules: SpacingRules = DEFAULT_RULES,
) -> Memory:
    """The memory after an answer; unchanged when no chance came.

    `horizon_days` is how long the behaviour should last and limits the interval; `card_id` is the
    follow-up's primary key. Raises ValueError for a naive `at`.
    """
    if answer not in RATINGS:
        return memory
    scheduler = scheduler_for(rules.desired_retention, max_gap_days(horizon_days))
    return advance(memory, RATINGS[answer], counted_at(memory, at, rules), scheduler, card_id)


def counted_at(memory: Memory, at: datetime, rules: SpacingRules = DEFAULT_RULES) -> datetime:
    """The instant an answer counts for, in UTC.

    FSRS floors elapsed time to whole days, so an answer an hour before `due` would lose a day:
    shortly before `due` counts as at `due`. Never before the last review.
    """
    at = in_utc(at)
    if memory.due - rules.early_answer <= at < memory.due:
        at = memory.due
    return max(at, memory.last_review or at)


def advance(memory: Memory, rating: Rating, at: datetime, scheduler: Scheduler, card_id: int) -> Memory:
    """One FSRS review at exactly `at` (UTC)."""
    card = Card(
        card_id=card_id,
        state=memory.state,
        stability=memory.stability,
        difficulty=memory.difficulty,
        due=memory.due,
        last_review=memory.last_review,
    )
    card, _ = scheduler.review_card(card, rating, at)
    return Memory(card.due, card.stability, card.difficulty, card.state, card.last_review)


def retrievability(memory: Memory, at: datetime) -> float:
    """FSRS retrievability, 0 to 1, used only to rank prompts; 0 before the first review."""
    card = Card(card_id=0, stability=memory.stability, due=memory.due, last_review=memory.last_review)
    scheduler = scheduler_for(DEFAULT_RULES.desired_retention, 1)
    return scheduler.get_card_retrievability(card, in_utc(at))


@lru_cache(maxsize=64)
def scheduler_for(desired_retention: float, maximum_interval: int) -> Scheduler:
    """FSRS without learning steps and without fuzz (global, unseeded randomness); days as unit."""
    return Scheduler(
        desired_retention=desired_retention,
        learning_steps=(),
        relearning_steps=(),
        maximum_interval=maximum_interval,
        enable_fuzzing=False,
    )
