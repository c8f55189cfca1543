"""The parts of the library that planning takes: the newest rubric, the cases of a pillar, the next one of them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Max, Prefetch
from django.utils.translation import gettext_lazy as _

from coachhub.errors import Invalid
from programs.models import Blueprint, Criterion, Enrolment, Member, Rubric
from sessions.models import MicroSession, Status


@dataclass(slots=True)
class Used:
    """Cases an enrolment has had or has planned: when last, by key."""

    cases: dict[str, datetime] = field(default_factory=dict)

    def now(self, key: str, at: datetime) -> None:
        self.cases[key] = at


def rubrics(pillars: Iterable[int], *, by: Member) -> dict[int, Rubric]:
    """The newest published rubric by pillar, with its criteria and behaviours. Two queries."""
    criteria = Prefetch("criteria", Criterion.objects.select_related("behaviour").order_by("position"))
    published = Rubric.objects.visible_to(by).filter(pillar__in=list(pillars)).exclude(published_at=None)
    newest = published.order_by("pillar_id", "-version").distinct("pillar_id")
    return {rubric.pillar_id: rubric for rubric in newest.prefetch_related(criteria)}


def rubric_of(found: Mapping[int, Rubric], enrolment: Enrolment) -> Rubric:
    """Raises Invalid when the pillar has no published rubric with a criterion."""
    rubric = found.get(enrolment.pillar_id)
    if rubric is None or not rubric.criteria.all():
        raise Invalid(_("This pillar has no published rubric yet, so no session can be planned."), field="focus")
    return rubric


def blueprints(pillars: Iterable[int], *, by: Member) -> dict[int, list[Blueprint]]:
    """The newest cases by pillar, easiest first; a local copy stands for the standard one. One query."""
    found: dict[int, dict[str, Blueprint]] = defaultdict(dict)
    newest = Blueprint.objects.visible_to(by).filter(pillar__in=list(pillars)).newest()
    for blueprint in newest:
        cases = found[blueprint.pillar_id]
        if blueprint.key not in cases or blueprint.organization_id:
            cases[blueprint.key] = blueprint
    return {pillar: sorted(cases.values(), key=_easiest) for pillar, cases in found.items()}


def used(enrolments: Sequence[Enrolment]) -> dict[int, Used]:
    """What each enrolment has had or has planned. One query."""
    found = {enrolment.pk: Used() for enrolment in enrolments}
    rows = (
        MicroSession.objects.filter(enrolment__in=list(found), blueprint__isnull=False)
        .exclude(status__in=[Status.CANCELLED, Status.MISSED])
        .values_list("enrolment", "blueprint__key")
        .annotate(last=Max("scheduled_for"))
        .order_by()
    )
    for enrolment_id, key, last in rows:
        found[enrolment_id].now(key, last)
    return found


def next_case(cases: Sequence[Blueprint], *, used: Used, difficulty: int, focus: Criterion | None) -> Blueprint | None:
    """Of the cases that practise the focus, or of all without one: the easiest unused from that difficulty up, else the
    hardest unused below it, else the one used longest ago.

    None where no case practises the focus: what a case lends is about its own behaviour.
    """
    ours = [case for case in cases if focus is None or case.focus_id == focus.behaviour_id]
    fresh = [case for case in ours if case.key not in used.cases]
    if fresh:
        return min(fresh, key=lambda case: (case.difficulty < difficulty, abs(case.difficulty - difficulty), case.key))
    return min(ours, key=lambda case: (used.cases[case.key], case.key), default=None)


def _easiest(case: Blueprint) -> tuple[int, str]:
    return case.difficulty, case.key
