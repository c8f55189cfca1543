"""The one order in which a session's behaviours are rated and read: its focus, then as in the rubric.

Nothing that either side said enters it, so the order tells nothing before the reveal.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from programs.models import Behaviour, Criterion
from sessions.models import MicroSession


class Placed(Protocol):
    @property
    def behaviour_id(self) -> int: ...
    @property
    def position(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Anchored:
    """One criterion with its levels in words: level 1-4 → anchor."""

    pk: int
    behaviour_id: int
    position: int
    name: str
    meets_level: int
    anchors: dict[int, str]


def focus_first[C: Placed](focus: int, criteria: Iterable[C]) -> list[C]:
    """These criteria of one rubric in that order. No queries."""
    return sorted(criteria, key=lambda each: (each.behaviour_id != focus, each.position))


def criteria_of(micro: MicroSession) -> list[Criterion]:
    """All of the session's rubric. One query."""
    return focus_first(micro.focus_id, Criterion.objects.filter(rubric=micro.rubric_id))


def behaviour_of(micro: MicroSession, pk: int) -> Behaviour | None:
    """The behaviour with that key, if the session's rubric has it. One query."""
    return Behaviour.objects.filter(criteria__rubric=micro.rubric_id, pk=pk).first()


def anchored_of(rubrics: Iterable[int]) -> dict[int, list[Anchored]]:
    """By rubric, in no order. One query."""
    rows = Criterion.objects.filter(rubric__in=set(rubrics)).order_by()
    criteria: dict[int, Anchored] = {}
    found: dict[int, list[Anchored]] = defaultdict(list)
    for rubric, pk, behaviour, position, name, meets, level, anchor in rows.values_list(
        "rubric", "pk", "behaviour", "position", "name", "meets_level", "levels__value", "levels__anchor"
    ):
        if pk not in criteria:
            criteria[pk] = Anchored(pk, behaviour, position, name, meets, {})
            found[rubric].append(criteria[pk])
        criteria[pk].anchors[level] = anchor
    return found
