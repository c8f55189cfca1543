"""The one order in which a session's behaviours are rated and read: its focus, then as in the rubric.

Nothing that either side said enters it, so the order tells nothing before the reveal.
"""

from collections.abc import Iterable

from programs.models import Criterion
from sessions.models import MicroSession


def focus_first(micro: MicroSession, criteria: Iterable[Criterion]) -> list[Criterion]:
    """These criteria of the session's rubric in that order. No queries."""
    return sorted(criteria, key=lambda each: (each.behaviour_id != micro.focus_id, each.position))


def criteria_of(micro: MicroSession) -> list[Criterion]:
    """All of the session's rubric, with their behaviours. One query."""
    found = Criterion.objects.filter(rubric=micro.rubric_id).select_related("behaviour")
    return focus_first(micro, found)
