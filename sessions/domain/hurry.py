"""The demo's "do not wait": what would go out in the next days goes out now, whatever the hour.

Nobody who tries CoachHub on a Saturday evening should have to come back on Monday to see a question arrive.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from coachhub.errors import NotAllowed
from programs.models import Member, Organization
from sessions.domain import delivery, outbox
from sessions.domain.calendar import NoWorkingDay
from sessions.domain.clock import database_now
from sessions.domain.spacing import DEFAULT_RULES
from sessions.domain.working_time import calendar_of
from sessions.models import Delivery, Message, Prompt

AHEAD = timedelta(days=4)
LISTED = 10
AT_MOST = 100


@dataclass(frozen=True)
class Waiting:
    """Something that is not sent yet: to whom, what, and when it would go."""

    recipient: Member
    what: str | Promise
    at: datetime


def waiting(organization: Organization) -> list[Waiting]:
    """What goes out next, soonest first. Two queries."""
    deliveries = Delivery.objects.filter(state=Delivery.State.DUE, message__organization=organization)
    prompts = _planned(organization, database_now() + AHEAD)
    found = [
        Waiting(each.message.recipient, each.message.get_kind_display(), each.next_try_at)
        for each in deliveries.select_related("message__recipient")[:LISTED]
    ]
    found += [
        Waiting(each.follow_up.learner, Message.Kind.PROMPTS.label, each.due_at)
        for each in prompts.select_related("follow_up__learner")[:LISTED]
    ]
    return sorted(found, key=lambda each: each.at)[:LISTED]


def send_now(*, by: Member) -> int:
    """Send what waits in the member's organization; returns how much was sent. Raises NotAllowed outside the demo."""
    if not by.organization.is_demo:
        raise NotAllowed(_("This is for the demo only."))
    _write_messages(by.organization)
    return delivery.send_due(AT_MOST, organization=by.organization, any_hour=True)[Delivery.State.SENT]


@transaction.atomic
def _write_messages(organization: Organization) -> None:
    """One message for each learner with planned questions, on the learner's next day that has none."""
    now = database_now()
    planned = _planned(organization, now + AHEAD)
    learners = Member.objects.filter(pk__in=planned.order_by().values("follow_up__learner"))
    learners = learners.select_related("organization").order_by("pk")
    for learner in learners.select_for_update(of=("self",), no_key=True):
        prompts = list(planned.filter(follow_up__learner=learner))
        if day := _free_day(learner, now):
            (message,) = outbox.put_in([outbox.prompts_message(learner, on=day, at=now)])
            chosen = prompts[: DEFAULT_RULES.questions_per_message]
            Prompt.objects.filter(pk__in=[prompt.pk for prompt in chosen]).update(message=message)


def _free_day(learner: Member, now: datetime) -> date | None:
    calendar = calendar_of(learner)
    written = Message.objects.filter(recipient=learner, kind=Message.Kind.PROMPTS)
    taken = set(written.values_list("local_date", flat=True))
    day = calendar.working_date(now)
    try:
        while not calendar.is_working_day(day) or day in taken or calendar.hours(day)[1] <= now:
            day = calendar.next_working_day(day)
    except NoWorkingDay:
        return None
    return day


def _planned(organization: Organization, until: datetime) -> QuerySet[Prompt]:
    """Questions nobody has been asked yet, of people who want to be."""
    asked = {
        "follow_up__organization": organization,
        "follow_up__ended_at": None,
        "follow_up__learner__deactivated_at": None,
        "follow_up__learner__prompts_stopped_at": None,
        "follow_up__learner__prompts_paused_until": None,
    }
    rows = Prompt.objects.filter(status=Prompt.Status.PLANNED, message=None, due_at__lte=until)
    return rows.filter(**asked).order_by("due_at", "pk")
