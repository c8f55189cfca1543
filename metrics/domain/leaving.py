"""When managers leave, or are managers no more: their open decisions go on with somebody who can check them."""

from collections.abc import Sequence

from django.db.models import Case, F, Value, When

from metrics.domain.decisions import owners_for
from metrics.models import Decision
from programs.access import Role
from programs.models import Member


def pass_on(leaving: Sequence[Member], by: Member | None = None) -> None:
    """To whoever made the decision, else to another manager who may open its figure; where nobody is left it stays.

    They are deactivated, or no managers, already. One query, and two for each decision that goes on.
    """
    held = Decision.objects.open().filter(owner__in=leaving).select_related("group", "made_by")
    for decision in held.select_for_update(of=("self",), no_key=True).order_by("pk"):
        first = Case(When(pk=decision.made_by_id, then=Value(0)), default=Value(1))
        heir = owners_for(decision.group, by=decision.made_by).order_by(first, "pk").first()
        if heir:
            Decision.objects.filter(pk=decision.pk).update(owner=heir, version=F("version") + 1)


def lose_roles(member: Member, lost: frozenset[str], by: Member) -> None:
    """Who is no longer a manager owns no open decision: the pages to check and close it are shut to them."""
    if Role.MANAGER in lost:
        pass_on([member], by)
