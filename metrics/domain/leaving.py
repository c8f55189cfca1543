"""When managers leave, or are managers no more: their open decisions go on with somebody who can check them."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Case, F, QuerySet, Value, When

from metrics.domain.decisions import owners_for
from metrics.domain.knowers import who_know_nobody
from metrics.models import Decision
from metrics.models.decisions import DecisionQuerySet
from programs.access import Role
from programs.models import Cohort, Member


def pass_on(leaving: Sequence[Member], by: Member | None = None) -> None:
    """To whoever made the decision, else to another manager who may open its figure, else to one of its cohorts.

    They are deactivated, or no managers, already. Where nobody is left it waits for the next manager who is named, and
    administrators are told. One query, and up to four for each decision.
    """
    _pass(Decision.objects.left_alone().filter(owner__in=leaving))


def lose_roles(member: Member, lost: frozenset[str], by: Member) -> None:
    """Who is no longer a manager owns no open decision: the pages to check and close it are shut to them."""
    if Role.MANAGER in lost:
        pass_on([member], by)


def take_up(cohort: Cohort) -> None:
    """Its managers have been named: what waited for one goes on."""
    _pass(Decision.objects.left_alone().filter(cohorts=cohort))


@transaction.atomic
def take_up_everywhere() -> None:
    """What waits although there is somebody by now."""
    _pass(Decision.objects.left_alone())


def _pass(left: DecisionQuerySet) -> None:
    rows = left.select_related("group", "made_by").select_for_update(of=("self",), no_key=True)
    for decision in rows.order_by("pk"):
        if heir := _heir(decision):
            Decision.objects.filter(pk=decision.pk).update(owner=heir, version=F("version") + 1)


def _heir(decision: Decision) -> Member | None:
    first = Case(When(pk=decision.made_by_id, then=Value(0)), default=Value(1))
    may_open = owners_for(decision.group, by=decision.made_by).order_by(first, "pk").first()
    return may_open or _newcomers(decision).order_by("pk").first()


def _newcomers(decision: Decision) -> QuerySet[Member]:
    """Managers of its cohorts who know nobody's values in its pillar, as coach or as learner.

    The decision tells its figure in words, and whether the group was large enough was judged without them: with who
    knows nobody it would have come out the same.
    """
    managing = Member.objects.with_role(Role.MANAGER).filter(managed_cohorts__decisions=decision)
    return who_know_nobody(managing, decision.cohorts.values("program__pillar"))
