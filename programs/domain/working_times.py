"""What a member's working time consists of, and telling the apps above of those for whom it has changed."""

from collections.abc import Iterable

from programs import registry
from programs.models import Member

COLUMNS = ("timezone", "holiday_region", "work_days", "work_start", "work_end", "prompt_time")

type WorkingTime = tuple[object, ...]


def of(member: Member) -> WorkingTime:
    """Values of COLUMNS, to be compared with those after a change."""
    return tuple(getattr(member, column) for column in COLUMNS)


def tell(before: Iterable[tuple[Member, WorkingTime]]) -> None:
    """Members that were saved, each with their working time before that."""
    if changed := [member for member, was in before if of(member) != was]:
        registry.on_working_time_change(changed)
