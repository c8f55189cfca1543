"""Who learns where on the first day of a block, and who may open figures of it."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date

from django.db.models import Q

from metrics.domain.knowers import knowers_of
from metrics.domain.spans import Span
from metrics.domain.standing import Roster
from programs.access import Role
from programs.models import Cohort, CohortManager, Enrolment, Organization
from programs.models.enrolments import cohort_on

type ByPillar[T] = dict[int, T]


def rosters_of(organization: Organization, span: Span, pillars: Collection[int] | None = None) -> ByPillar[Roster]:
    """One roster per pillar that is taught, or per one of these. Three queries and three a pillar."""
    program_of: ByPillar[dict[int, int]] = defaultdict(dict)
    ended: ByPillar[set[int]] = defaultdict(set)
    cohorts = Cohort.objects.filter(organization=organization)
    for cohort, program, pillar, ends_on in cohorts.values_list("pk", "program", "program__pillar", "ends_on"):
        program_of[pillar][cohort] = program
        if ends_on and ends_on < span.starts_on:
            ended[pillar].add(cohort)
    cohort_of = _cohort_of(organization, span.starts_on)
    viewers = viewers_of(organization)
    return {
        pillar: Roster(
            span.starts_on,
            cohort_of.get(pillar, {}),
            programs,
            frozenset(ended[pillar]),
            knowers_of(organization, pillar, span, frozenset().union(*(viewers.get(each, ()) for each in programs))),
        )
        for pillar, programs in program_of.items()
        if pillars is None or pillar in pillars
    }


def active_learners(organization: Organization, day: date) -> int:
    """Distinct learners whose enrolment runs on that day."""
    return Enrolment.objects.filter(_running_on(day), organization=organization).values("learner").distinct().count()


def viewers_of(organization: Organization) -> Mapping[int, frozenset[int]]:
    """Cohort → the active managers who may open its figures."""
    managers = CohortManager.objects.filter(
        organization=organization, manager__deactivated_at=None, manager__roles__contains=[Role.MANAGER]
    )
    found: dict[int, set[int]] = defaultdict(set)
    for cohort, manager in managers.values_list("cohort", "manager"):
        found[cohort].add(manager)
    return {cohort: frozenset(each) for cohort, each in found.items()}


def _running_on(day: date) -> Q:
    return Q(starts_on__lte=day) & (Q(ended_on=None) | Q(ended_on__gte=day))


def _cohort_of(organization: Organization, day: date) -> ByPillar[dict[int, int]]:
    """Pillar → learner → cohort; of two enrolments on one day, the one that began later."""
    found: ByPillar[dict[int, int]] = defaultdict(dict)
    running = Enrolment.objects.filter(_running_on(day), organization=organization).order_by("starts_on", "pk")
    then = running.annotate(cohort_then=cohort_on(day)).values_list("pillar", "learner", "cohort_then")
    for pillar, learner, cohort in then:
        found[pillar][learner] = cohort
    return found
