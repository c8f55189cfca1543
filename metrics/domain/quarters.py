"""Blocks by weeks or by quarters, as the administrator chooses, and what either shows (PRIVACY.md rule 5)."""

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction

from metrics.domain.blocks import going_on, has_released, lay_out, planned, today_in
from metrics.domain.grouping import Grouping, grouping_of
from metrics.domain.past import Past, past_of
from metrics.domain.rosters import ByPillar, rosters_of
from metrics.domain.spans import Span
from metrics.domain.standing import Roster
from metrics.models import Block
from programs.domain.known import Known, unasked
from programs.domain.policies import check_manages
from programs.models import Member, Organization

type Found = ByPillar[tuple[Roster, Grouping]]
"""What a block that is not published would be made of."""


@dataclass(frozen=True, slots=True)
class Price:
    """What the next block would show. `groups`: its pillars, programs and cohorts that are shown.

    Each cohort in which somebody learns has a row of its `own`, is shown `together` with others, or is `hidden`.
    """

    starts_on: date
    ends_on: date
    groups: int
    own: int
    together: int
    hidden: int

    @property
    def weeks(self) -> int:
        return ((self.ends_on - self.starts_on).days + 1) // 7


@transaction.atomic
def choose(
    organization: Organization, *, quarters: bool, by: Member, known: Known[Organization] = unasked
) -> Organization:
    """Quarters from the block after the running one, or weeks again. Raises NotAllowed, SavedMeanwhile.

    Once something was released, the running block ends as it was laid out, and weeks hold from the next one on.
    """
    check_manages(by, organization.pk)
    organization = Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)
    known(organization)
    if quarters != bool(organization.quarters_from):
        today = today_in(organization)
        if has_released(organization):
            lay_out(organization, today)
        organization.quarters_from = next_first_day(planned(organization, today), today) if quarters else None
        organization.save(update_fields=["quarters_from"])
    return organization


def next_first_day(spans: Sequence[tuple[date, date]], today: date) -> date:
    """The Monday on which the block after the running one, the last, begins; this week's where none runs yet."""
    return spans[-1][1] + timedelta(days=1) if spans else today - timedelta(days=today.weekday())


def prices_of(organization: Organization) -> dict[bool, Price]:
    """With and without quarters, what the block after the running one would show of the people enrolled now.

    The blocks before it that are not published yet are gone through as publishing will, since who counts in a block
    hangs on who stood in the last one. Reads who was enrolled, who coaches or coached whom and what was published, no
    value. So a group counts as shown although a measure of it may be a dash. Seven queries a block.
    """
    today = today_in(organization)
    spans = planned(organization, today)
    released = Block.objects.filter(organization=organization, release__isnull=False).order_by("starts_on").last()
    by_weeks, by_quarters = copy(organization), copy(organization)
    by_weeks.quarters_from = None
    by_quarters.quarters_from = organization.quarters_from or next_first_day(spans, today)
    past = _past_after(organization, spans, released)
    prices = {True: _price_of(by_quarters, spans, today, past)}
    if organization.quarters_from and released is None:  # all blocks would be laid out anew
        spans = planned(by_weeks, today)
        past = _past_after(organization, spans, released)
    return prices | {False: _price_of(by_weeks, spans, today, past)}


def _past_after(organization: Organization, spans: Sequence[tuple[date, date]], released: Block | None) -> Past:
    """What the last of the blocks leaves, if those after the released one come out as their rosters stand now."""
    past = past_of(released)
    for starts_on, ends_on in spans:
        if released is None or released.starts_on < starts_on:
            past = after(_groupings(organization, starts_on, ends_on, past))
    return past


def _price_of(asked: Organization, spans: Sequence[tuple[date, date]], today: date, past: Past) -> Price:
    """Of the block after these, by the calendar asked for."""
    first = next_first_day(spans, today)
    starts_on, ends_on = next(going_on(asked, spans, first, first))
    return _price(starts_on, ends_on, _groupings(asked, starts_on, ends_on, past))


def _groupings(organization: Organization, starts_on: date, ends_on: date, past: Past) -> Found:
    span = Span.of(Block(starts_on=starts_on, ends_on=ends_on), organization.timezone)
    rosters = rosters_of(organization, span)
    k = organization.smallest_group
    return {pillar: (roster, grouping_of(pillar, roster, past, k)) for pillar, roster in rosters.items()}


def after(found: Found) -> Past:
    """What a block leaves to the next one."""
    return Past(
        {pillar: group.standing for pillar, (_roster, group) in found.items()},
        {pillar: dict(group.people) for pillar, (_roster, group) in found.items()},
    )


def _price(starts_on: date, ends_on: date, found: Found) -> Price:
    own = together = hidden = 0
    for roster, group in found.values():
        smallest = {cohort: part for part in group.parts for cohort in part.cohorts}  # parents come first
        for cohort in set(roster.cohort_of.values()):
            if cohort not in smallest:
                hidden += 1
            elif len(smallest[cohort].cohorts) == 1:
                own += 1
            else:
                together += 1
    groups = sum(len(group.parts) for _roster, group in found.values())
    return Price(starts_on, ends_on, groups, own, together, hidden)
