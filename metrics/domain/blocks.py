"""Blocks of an organization, laid out one after another; the running one is the last."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Min
from django.utils import timezone

from metrics.domain.rosters import active_learners
from metrics.domain.spans import monday_from, spans_from
from metrics.models import Block, Release
from programs.models import Enrolment, Organization
from sessions.models import HELD, MicroSession


def today_in(organization: Organization, now: datetime | None = None) -> date:
    """The date there."""
    return (now or timezone.now()).astimezone(ZoneInfo(organization.timezone)).date()


@transaction.atomic
def lay_out(organization: Organization, until: date) -> list[Block]:
    """All blocks up to the one that runs on the day `until`, oldest first; missing ones are written.

    Before the first release they are laid out anew each time, since imported history may begin earlier. After it
    they only go on where the last one ends.
    """
    organization = Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)
    ours = Block.objects.filter(organization=organization)
    spans = planned(organization, until)
    for block in ours:
        if (block.starts_on, block.ends_on) not in spans:
            block.delete()
    known = set(ours.values_list("starts_on", "ends_on"))
    Block.objects.bulk_create(
        Block(organization=organization, starts_on=starts_on, ends_on=ends_on)
        for starts_on, ends_on in spans
        if (starts_on, ends_on) not in known
    )
    return list(ours.order_by("starts_on"))


def planned(organization: Organization, until: date) -> list[tuple[date, date]]:
    """First and last days of those blocks, oldest first; nothing is written."""
    standing: list[tuple[date, date]] = []
    if has_released(organization):
        blocks = Block.objects.filter(organization=organization).order_by("starts_on")
        standing = list(blocks.values_list("starts_on", "ends_on"))
    first = standing[-1][1] + timedelta(days=1) if standing else first_day(organization, until)
    return [*standing, *going_on(organization, standing, first, until)] if first else []


def going_on(
    organization: Organization, standing: Sequence[tuple[date, date]], first: date, until: date
) -> Iterator[tuple[date, date]]:
    """The blocks from the day `first`, which follow those that stand, by the organization's calendar."""
    begins = organization.quarters_from
    done = sum(starts_on >= begins for starts_on, _ends_on in standing) if begins else 0
    return spans_from(first, until, partial(active_learners, organization), quarters_from=begins, done=done)


def has_released(organization: Organization) -> bool:
    """From the first release on, blocks stand as they were laid out."""
    return Release.objects.filter(block__organization=organization).exists()


def first_day(organization: Organization, today: date) -> date | None:
    """The Monday with which the first block begins: that of the first session's week, once people are enrolled.

    Without a session yet it is this week's; without an enrolment there is none.
    """
    enrolled = Enrolment.objects.filter(organization=organization).aggregate(first=Min("starts_on"))["first"]
    if enrolled is None:
        return None
    held = MicroSession.objects.filter(organization=organization, status__in=HELD)
    began = held.aggregate(first=Min("started_at"))["first"]
    day = today_in(organization, began) if began else today
    monday = day - timedelta(days=day.weekday())
    return max(monday, monday_from(enrolled))
