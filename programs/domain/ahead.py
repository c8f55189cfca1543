"""What is ahead of enrolments, in numbers alone: said before a press that ends it or gives it to somebody else."""

from collections.abc import Iterable
from dataclasses import dataclass

from programs import registry
from programs.models import Enrolment


@dataclass(frozen=True)
class Ahead:
    """Planned sessions whose time has not come, those of them that the coach of now is to hold, and open questions."""

    sessions: int = 0
    with_coach: int = 0
    questions: int = 0

    def __add__(self, other: "Ahead") -> "Ahead":
        return Ahead(
            self.sessions + other.sessions, self.with_coach + other.with_coach, self.questions + other.questions
        )


def of(enrolments: Iterable[Enrolment]) -> Ahead:
    """Of these together, without those that have ended. One query."""
    running = [enrolment.pk for enrolment in enrolments if enrolment.ended_on is None]
    return sum(registry.ahead_of(running).values(), Ahead())
