"""What a manager's own coaching costs in figures, asked of the rule by which they are published (PRIVACY.md rule 4)."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from django.db.models import Exists, OuterRef, Q

from metrics.domain.blocks import going_on, planned, today_in
from metrics.domain.grouping import Grouping, grouping_of
from metrics.domain.knowers import coached_once
from metrics.domain.names import Names, listed, names_in
from metrics.domain.parts import PILLAR, Part
from metrics.domain.past import Past, past_of
from metrics.domain.quarters import Found, after, next_first_day
from metrics.domain.release import check_can_publish
from metrics.domain.rosters import ByPillar, rosters_of
from metrics.domain.spans import Span
from metrics.domain.standing import Ids, Roster
from metrics.models import Block
from programs.access import allows
from programs.domain.coverage import Hidden
from programs.models import Cohort, Enrolment, Member, Organization, Substitute

type Gone = dict[Ids, Part]
"""Parts by the cohorts that they hold."""


@dataclass(frozen=True, slots=True)
class Loss:
    """Of one pillar, in the block in which most goes; of several, in the first."""

    gone: Gone
    roster: Roster


def hidden_by(member: Member) -> dict[int, Hidden]:
    """By pillar, what nobody is shown because this member may open figures of it and knows too many of its people.

    The blocks that are not published yet are gone through as publishing will, and then the one after the running
    block with everybody who is enrolled now. Reads who is enrolled, who coaches or coached whom and what was
    published, no value: a figure for which too few have a value is hidden besides. One query at most for who does not
    both manage a cohort and coach in its pillar; else about twenty, however many people.
    """
    pillars = _at_stake(member)
    losses = _losses(member, pillars) if pillars else {}
    if not losses:
        return {}
    names = names_in(member.organization)
    return {pillar: _said(pillar, loss, member, names) for pillar, loss in losses.items()}


def _at_stake(member: Member) -> frozenset[int]:
    """The pillars in which the member manages a cohort, and coaches or has coached somebody."""
    there = Enrolment.objects.filter(pillar=OuterRef("program__pillar"), organization=member.organization_id)
    stood_in = Substitute.objects.filter(enrolment__pillar=OuterRef("program__pillar"), coach=member)
    once = coached_once(Q(coach=member, pillar=OuterRef("program__pillar")))
    coaches = Exists(there.filter(coach=member)) | Exists(there.filter(micro_sessions__coach=member)) | Exists(stood_in)
    managed = Cohort.objects.reported_to(member).filter(coaches | Exists(once))
    return frozenset(managed.values_list("program__pillar", flat=True))


def _losses(member: Member, pillars: frozenset[int]) -> ByPillar[Loss]:
    organization = member.organization
    released = Block.objects.filter(organization=organization, release__isnull=False).order_by("starts_on").last()
    past = spared_past = past_of(released)
    found: ByPillar[Loss] = {}
    for span in _ahead(organization, released):
        rosters = rosters_of(organization, span, pillars)
        spared = {pillar: replace(roster, knowers=_but(roster, member)) for pillar, roster in rosters.items()}
        now = _groupings(rosters, past, organization)
        without = _groupings(spared, spared_past, organization)
        for pillar, roster in rosters.items():
            shown = {part.cohorts for part in now[pillar][1].parts}
            gone = _less(without[pillar][1], shown) | _less_alone(pillar, roster, member, shown)
            if len(gone) > (len(found[pillar].gone) if pillar in found else 0):
                found[pillar] = Loss(gone, roster)
        past, spared_past = after(now), after(without)
    return found


def _ahead(organization: Organization, released: Block | None) -> Iterator[Span]:
    """The blocks to be published next, the running one, and the one after it; where nothing is published, those two."""
    today = today_in(organization)
    spans = planned(organization, today)
    first = next_first_day(spans, today)
    waiting = [span for span in spans if released is None or span[0] > released.starts_on]
    if not allows(check_can_publish, organization):
        waiting = waiting[-1:]
    for starts_on, ends_on in [*waiting, next(going_on(organization, spans, first, first))]:
        yield Span.of(Block(starts_on=starts_on, ends_on=ends_on), organization.timezone)


def _groupings(rosters: ByPillar[Roster], past: Past, organization: Organization) -> Found:
    k = organization.smallest_group
    return {pillar: (roster, grouping_of(pillar, roster, past, k)) for pillar, roster in rosters.items()}


def _less_alone(pillar: int, roster: Roster, member: Member, shown: set[Ids]) -> Gone:
    """What goes by what this member alone knows, grouped anew: also where another hides it too, or it went before."""
    k = member.organization.smallest_group
    nobody = grouping_of(pillar, replace(roster, knowers={}), Past(), k)
    alone = grouping_of(pillar, replace(roster, knowers=_only(roster, member)), Past(), k)
    return _less(nobody, shown | {part.cohorts for part in alone.parts})


def _less(grouping: Grouping, shown: set[Ids]) -> Gone:
    return {part.cohorts: part for part in grouping.parts if part.cohorts not in shown}


def _but(roster: Roster, member: Member) -> dict[int, frozenset[int]]:
    return {learner: knowers - {member.pk} for learner, knowers in roster.knowers.items()}


def _only(roster: Roster, member: Member) -> dict[int, frozenset[int]]:
    return {learner: knowers & {member.pk} for learner, knowers in roster.knowers.items()}


def _said(pillar: int, loss: Loss, member: Member, names: Names) -> Hidden:
    everything = any(part.node == PILLAR for part in loss.gone.values())
    held = frozenset().union(*loss.gone)
    learners = {learner for learner, cohort in loss.roster.cohort_of.items() if cohort in held} - {member.pk}
    coached = {learner for learner in learners if member.pk in loss.roster.knowers.get(learner, ())}
    groups = [names.of(part, pillar) for part in loss.gone.values()]
    return Hidden(
        names.pillars[pillar],
        listed([names.cohorts[cohort] for cohort in held] if everything else groups, ", "),
        everything=everything,
        learners=len(learners),
        coached=len(coached),
    )
