"""The numbers that pace follow-ups, and the words of an answer.

Every value here is a design choice ([D] in SCIENCE.md section 1), not a published result: whoever
changes one raises RULE_VERSION, and each decision stores the version that made it.
"""

from dataclasses import dataclass
from datetime import time, timedelta
from enum import StrEnum

RULE_VERSION = 1


class Answer(StrEnum):
    """What a learner may answer to a prompt. None of them is a score."""

    AS_PLANNED = "as_planned"
    HARDER = "harder"
    NATURALLY = "naturally"
    NO_CHANCE = "no_chance"
    NOT_THIS_TIME = "not_this_time"


type Outcome = Answer | None
"""How one ask ended: an answer, or None when there was none within 72 working hours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpacingRules:
    """Parameters of pacing. Raises ValueError when a cap would let nothing through."""

    version: int = RULE_VERSION

    desired_retention: float = 0.90
    horizon_days: int = 90
    early_answer: timedelta = timedelta(hours=12)

    first_prompt_after: timedelta = timedelta(hours=3)
    first_prompt_within: timedelta = timedelta(hours=24)
    usual_time: time = time(11, 30)
    last_call: timedelta = timedelta(minutes=30)
    """Nothing is sent in the last minutes of the working hours."""

    answer_within_working_days: int = 3
    no_chance_max_days: int = 3
    new_cue_after: int = 2
    booster_after: int = 2
    booster_after_mastery: int = 1
    half_rate_after: int = 3
    stop_after: int = 5

    messages_per_week: int = 4
    questions_per_message: int = 3

    def __post_init__(self) -> None:
        if self.messages_per_week < 1 or self.questions_per_message < 1:
            raise ValueError("At least one message a week and one question a message are needed.")


DEFAULT_RULES = SpacingRules()
