"""Publishing a block: membership, partition, values, gate; then groups and figures, written once and frozen."""

import logging
from datetime import date

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coachhub.errors import Invalid, WrongState
from metrics import privacy
from metrics.domain import freezing
from metrics.domain.blocks import lay_out, today_in
from metrics.domain.coarse import band
from metrics.domain.grouping import grouping_of
from metrics.domain.names import Names, names_in
from metrics.domain.past import Past, past_of
from metrics.domain.rosters import rosters_of, viewers_of
from metrics.domain.spans import Span
from metrics.domain.standing import Roster
from metrics.domain.values import Values, values_of
from metrics.models import Block, Measure, Release
from programs.access import Permission, allows, check
from programs.models import Member, Organization

log = logging.getLogger("coachhub.metrics")


class NotPublishedHere(WrongState):
    sentence = _(
        "Figures about people are not published yet. They wait for an audit that shows that nobody can be picked"
        " out; until this version has it, only the demo publishes figures."
    )


@transaction.atomic
def publish(
    organization: Organization, *, until: date | None = None, by: Member | None = None, in_time: bool = False
) -> list[Release]:
    """Release every block that ended before the day `until`, today unless said otherwise; returns the new releases.

    A block that was released stays as it is, so a second call changes nothing. The running block is never
    published. `in_time` dates each on the Monday after its block, as if it had been released then: for a past that
    is made up. Raises NotAllowed, Invalid on `until`, NotPublishedHere.
    """
    if by is not None:
        check(by, Permission.MANAGE_PEOPLE)
    check_can_publish(organization)
    today = today_in(organization)
    until = until or today
    if until > today:
        raise Invalid(_("Figures are published for the past only."), field="until")
    blocks = lay_out(organization, today)
    released = set(Release.objects.filter(block__in=blocks).values_list("block", flat=True))
    due = [
        (before, block)
        for before, block in zip([None, *blocks], blocks, strict=False)
        if block.ends_on < until and block.pk not in released
    ]
    if not due:
        return []
    refresh_statistics()
    names = names_in(organization)
    return [_release(organization, block, past_of(before), names, in_time=in_time) for before, block in due]


def refresh_statistics() -> None:
    """Tell the planner how large the tables are: right after an import it would join scores row by row, for minutes."""
    with connection.cursor() as cursor:
        cursor.execute(
            "ANALYZE coaching_microsession, coaching_rating, coaching_score, coaching_micromove, coaching_reflection,"
            " coaching_prompt, coaching_followup, coaching_improvementplan, programs_enrolment"
        )


def publish_everywhere() -> list[Release]:
    """The blocks that ended, of every organization that may publish; one that fails does not stop the others."""
    made: list[Release] = []
    for organization in Organization.objects.order_by("pk"):
        if allows(check_can_publish, organization):
            try:
                made += publish(organization)
            except Exception:
                log.exception("not released", extra={"organization": organization.pk})
    return made


def check_can_publish(organization: Organization) -> None:
    """Rule version 0 has no audit yet, so it is for demonstrations only. Raises NotPublishedHere."""
    if privacy.RULE_VERSION == 0 and not organization.is_demo:
        raise NotPublishedHere


def _release(organization: Organization, block: Block, past: Past, names: Names, *, in_time: bool) -> Release:
    span = Span.of(block, organization.timezone)
    rosters = rosters_of(organization, span)
    values = values_of(organization, span, rosters)
    k, least = organization.smallest_group, organization.least_people
    pillars = [_work_out(pillar, roster, past, values, k, least) for pillar, roster in sorted(rosters.items())]
    now = span.end if in_time else timezone.now()
    release = freezing.freeze(block, pillars, names, viewers_of(organization), now=now)
    log.info("released", extra={"organization": organization.pk, "block": block.pk, "release": release.pk})
    return release


def _work_out(
    pillar: int, roster: Roster, past: Past, values: dict[str, Values], k: int, least: int
) -> freezing.PillarTable:
    """What is published of one pillar."""
    group = grouping_of(pillar, roster, past, k)
    tables = {
        measure: privacy.table(
            measure, group.parts, values[measure].get(pillar, {}), counted=group.standing.counted,
            knowers=roster.knowers, k=k,
        )
        for measure in Measure.values
    }  # fmt: skip
    bands = {name: band(len(who), least) for name, who in group.people.items()}
    return freezing.PillarTable(pillar, group.standing, roster, group.parts, tables, bands)
