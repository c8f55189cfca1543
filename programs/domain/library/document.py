"""One library file as read: plain data, the line of everything in it, and what is wrong so far."""

from collections.abc import Iterable
from dataclasses import dataclass, field

type Plain = str | list[Plain] | dict[str, Plain]
type Place = tuple[str | int, ...]
"""Keys and positions from the root of the file: ("blueprints", 0, "minutes")."""


@dataclass
class Document:
    """`data` is None when nothing could be read; `problems` are lines (from 1) and sentences."""

    file: str
    data: Plain | None = None
    lines: dict[Place, int] = field(default_factory=dict)
    problems: list[tuple[int, str]] = field(default_factory=list)

    def line_of(self, place: Place) -> int:
        """The line of a place, or of the nearest thing around it that stands in the file."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)

    def add(self, problems: Iterable[tuple[Place, str]]) -> None:
        """Note problems by place."""
        self.problems += [(self.line_of(place), sentence) for place, sentence in problems]

    def text_at(self, place: Place) -> str:
        """The text at a place that is reached by keys alone, or nothing."""
        value = self.data
        for key in place:
            value = value.get(str(key)) if isinstance(value, dict) else None
        return value.strip() if isinstance(value, str) else ""
