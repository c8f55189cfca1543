"""Who learns where on the first day of a block, and which possible viewer knows whose values."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from metrics.domain.spans import Span
from metrics.domain.standing import Roster
from programs.access import Role
from programs.models import Cohort, CohortManager, Enrolment, Member, Organization, Substitute
from programs.models.enrolments import cohort_on
from sessions.models import HELD, MicroSession

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
            _knowers(organization, pillar, span, frozenset().union(*(viewers.get(each, ()) for each in programs))),
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


def who_know_nobody(members: QuerySet[Member], pillars: QuerySet[Cohort, Any]) -> QuerySet[Member]:
    """Those of the members who never coached, stood in or learned in these pillars, given as a column of their keys."""
    as_coach, there = Q(coach=OuterRef("pk")), Q(enrolment__pillar__in=pillars)
    enrolled = Enrolment.objects.filter(as_coach | Q(learner=OuterRef("pk")), pillar__in=pillars)
    held = MicroSession.objects.filter(as_coach, there, status__in=HELD)
    stood_in = Substitute.objects.filter(as_coach, there)
    return members.exclude(Exists(enrolled) | Exists(held) | Exists(stood_in))


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


def _knowers(
    organization: Organization, pillar: int, span: Span, viewers: frozenset[int]
) -> Mapping[int, frozenset[int]]:
    """Learner → viewers who know the learner's values: who coached them in the block, and the viewer as a learner.

    Whoever may open any figure of the pillar is a possible viewer of all of it, since a figure can also be had by
    subtracting what one sees from what is around it.
    """
    if not viewers:
        return {}
    in_pillar = Q(organization=organization, coach__in=viewers)
    in_block = Q(starts_on__lte=span.ends_on) & (Q(ended_on=None) | Q(ended_on__gte=span.starts_on))
    coached = Enrolment.objects.filter(in_pillar, in_block, pillar=pillar).values_list("learner", "coach")
    held = MicroSession.objects.filter(
        in_pillar, status__in=HELD, started_at__gte=span.start, started_at__lt=span.end, enrolment__pillar=pillar
    ).values_list("learner", "coach")
    stood_in = Substitute.objects.filter(
        in_pillar, starts_on__lte=span.ends_on, ends_on__gte=span.starts_on, enrolment__pillar=pillar
    ).values_list("enrolment__learner", "coach")
    found: dict[int, set[int]] = defaultdict(set)
    for learner, coach in {*coached, *held.distinct(), *stood_in}:
        found[learner].add(coach)
    for viewer in viewers:
        found[viewer].add(viewer)
    return {learner: frozenset(each) for learner, each in found.items()}
