""" "6 of 9 chances": how often a plan was applied when a chance came. Never a score, never a streak."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Q

from sessions.models import Prompt

APPLIED = (Prompt.Answer.AS_PLANNED, Prompt.Answer.HARDER, Prompt.Answer.NATURALLY)
CAME = (*APPLIED, Prompt.Answer.NOT_THIS_TIME)


@dataclass(frozen=True)
class Chances:
    applied: int = 0
    came: int = 0

    def __bool__(self) -> bool:
        return self.came > 0


def chances_of(plan_ids: Iterable[int]) -> dict[int, Chances]:
    """By improvement plan; plans without an answered chance are left out. One query."""
    rows = (
        Prompt.objects.filter(follow_up__plan__in=list(plan_ids), answer__in=CAME)
        .values("follow_up__plan")
        .annotate(came=Count("pk"), applied=Count("pk", filter=Q(answer__in=APPLIED)))
    )
    return {row["follow_up__plan"]: Chances(row["applied"], row["came"]) for row in rows}
