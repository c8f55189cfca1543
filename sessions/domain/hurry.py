"""The demo's "do not wait": what would go out in the next days goes out now, whatever the hour.

Nobody who tries CoachHub on a Saturday evening should have to come back on Monday to see a question arrive.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from coachhub.errors import NotAllowed
from programs.models import Member, Organization
from sessions.domain import announced, delivery, outbox
from sessions.domain.announced import KNOWN, Known, News
from sessions.domain.calendar import NoWorkingDay
from sessions.domain.clock import database_now
from sessions.domain.spacing import DEFAULT_RULES
from sessions.domain.working_time import calendar_of
from sessions.models import Delivery, Message, Prompt, Rating, RatingRole, Reflection

AHEAD = timedelta(days=4)
AT_MOST = 100
WHAT_BECAME = {
    News.PLANNED: _("Session planned"),
    News.MOVED: _("Session moved"),
    News.CHANGED: _("Session changed"),
    News.RESTORED: _("Session takes place after all"),
    News.CANCELLED: _("Session cancelled"),
}


@dataclass(frozen=True)
class Waiting:
    """Something that is not sent yet: to whom, what, and when it would go."""

    recipient: Member
    what: str | Promise
    at: datetime


def waiting(organization: Organization) -> list[Waiting]:
    """What goes out next, soonest first. Three queries."""
    prompts = _planned(organization, database_now() + AHEAD).select_related("follow_up__learner")
    found = [
        *(Waiting(message.recipient, what, message.at) for message, what in _written(organization)),
        *(Waiting(each.follow_up.learner, Message.Kind.PROMPTS.label, each.due_at) for each in prompts),
    ]
    return sorted(found, key=lambda each: each.at)


def send_now(*, by: Member) -> int:
    """Send what waits in the member's organization; returns how much was sent. Raises NotAllowed outside the demo."""
    if not by.organization.is_demo:
        raise NotAllowed(_("This is for the demo only."))
    _write_messages(by.organization)
    return delivery.send_due(AT_MOST, organization=by.organization, any_hour=True)[Delivery.State.SENT]


def _written(organization: Organization) -> list[tuple[Any, str | Promise]]:
    """Messages that wait and what each says, without what was overtaken by a newer change, is no news or is done."""
    due = Message.objects.filter(organization=organization, deliveries__state=Delivery.State.DUE)
    known = due.annotate(at=F("deliveries__next_try_at"), **KNOWN)
    overtaken = ~Q(sequence=F("micro__schedule_sequence"))
    rated = Exists(Rating.objects.filter(micro=OuterRef("micro"), role=RatingRole.SELF, submitted_at__isnull=False))
    reflected = Exists(Reflection.objects.filter(micro=OuterRef("micro"), saved_at__isnull=False))
    open_ones = known.exclude(overtaken, kind=Message.Kind.SCHEDULE).exclude(rated, reflected, kind=Message.Kind.RATE)
    return [(each, what) for each in open_ones.select_related("recipient", "micro") if (what := _what(each))]


def _what(message: Any) -> str | Promise | None:
    """What kind it is; of a session's time, what became of it, None when they know it as it is."""
    if message.kind != Message.Kind.SCHEDULE:
        return Message.Kind(message.kind).label
    news = announced.news_of(message.micro, Known.of(message))
    return WHAT_BECAME[news] if news else None


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
        "follow_up__learner__joined_at__isnull": False,
        "follow_up__learner__prompts_stopped_at": None,
        "follow_up__learner__prompts_paused_until": None,
    }
    rows = Prompt.objects.filter(status=Prompt.Status.PLANNED, message=None, due_at__lte=until)
    return rows.filter(**asked).order_by("due_at", "pk")
