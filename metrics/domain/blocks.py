"""Blocks of an organization, laid out one after another; the running one is the last."""

from datetime import date, datetime, timedelta
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
    Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)
    ours = Block.objects.filter(organization=organization)
    last = ours.order_by("starts_on").last()
    if last and Release.objects.filter(block__organization=organization).exists():
        first: date | None = last.ends_on + timedelta(days=1)
        standing = set(ours.values_list("starts_on", "ends_on"))
    else:
        first, standing = first_day(organization, until), set()
    spans = set(spans_from(first, until, lambda day: active_learners(organization, day))) if first else set()
    for block in ours:
        if (block.starts_on, block.ends_on) not in spans | standing:
            block.delete()
    known = set(ours.values_list("starts_on", "ends_on"))
    Block.objects.bulk_create(
        Block(organization=organization, starts_on=starts_on, ends_on=ends_on)
        for starts_on, ends_on in sorted(spans - known)
    )
    return list(ours.order_by("starts_on"))


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
