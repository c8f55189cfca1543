"""Cards for Today: each app offers `cards(member)`; coachhub/pages puts them in order."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum

from django.db.models import Count
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from programs.access import Permission, Role, has_permission
from programs.models import Agreement, Enrolment, Member

Text = str | Promise


class Urgency(IntEnum):
    """The order of Today: running; starts soon; to finish, oldest first; due today; waiting longest; good to know."""

    RUNNING = 0
    SOON = 1
    FINISH = 2
    TODAY = 3
    WAITING = 4
    KNOW = 5


@dataclass(frozen=True)
class Action:
    label: Text
    url: str
    post: bool = False


@dataclass(frozen=True)
class Card:
    """One kind of thing to do, with a count; the template shows title, lines and actions and knows no app.

    The title is about the first of `count` things, unless it tells their number itself.
    """

    kind: str
    urgency: Urgency
    title: Text
    role: Text = ""
    lines: tuple[Text, ...] = ()
    quote: Text = ""
    after: tuple[Text, ...] = ()  # lines below the quote: others like it
    when: datetime | None = None
    since: datetime | None = None  # orders cards of one urgency, oldest first
    person: str = ""  # whose initials stand before it
    count: int = 1
    tells_count: bool = False
    actions: tuple[Action, ...] = field(default=())
    choices: tuple[Action, ...] = ()  # of equal weight, one under the other: the answers to a question
    to_do: bool = True

    @property
    def others(self) -> int:
        """How many more things like the first."""
        return 0 if self.tells_count else self.count - 1

    @property
    def is_today(self) -> bool:
        """By the calendar of the active time zone."""
        return self.when is not None and timezone.localdate(self.when) == timezone.localdate()

    @property
    def clock(self) -> str:
        """ "14:10", on another day "Thu 19 Nov 14:10"."""
        local = timezone.localtime(self.when)
        return local.strftime("%H:%M") if self.is_today else date_format(local, "D j M H:i")


def cards(member: Member) -> list[Card]:
    """What people and programs put on Today: for administrators who waits, for learners what is new to agree on."""
    found: list[Card] = []
    if has_permission(member, Permission.MANAGE_PEOPLE):
        found += _without_coach(member) + _cohorts_over(member) + _not_invited(member)
    if has_permission(member, Permission.LEARN):
        found += _welcome(member) + _new_coach(member) + _nobody_yet(member)
    return found


def _without_coach(member: Member) -> list[Card]:
    waiting = Enrolment.objects.managed_by(member).active().filter(coach=None)
    number = waiting.count()
    if not number:
        return []
    title = ngettext("%(number)s learner without a coach", "%(number)s learners without a coach", number)
    return [
        Card(
            kind="without-coach",
            urgency=Urgency.TODAY,
            role=Role.ADMIN.label,
            title=title % {"number": number},
            count=number,
            tells_count=True,
            actions=(Action(_("Assign"), reverse("manage:enrolment-without-coach")),),
        )
    ]


def _cohorts_over(member: Member) -> list[Card]:
    """Cohorts whose last day has passed while people still learn there; the one that ended first. One query."""
    left = Enrolment.objects.managed_by(member).active().filter(cohort__ends_on__lt=timezone.localdate())
    cohorts = left.order_by("cohort__ends_on", "cohort").values_list("cohort", "cohort__name", "cohort__ends_on")
    rows = list(cohorts.annotate(learners=Count("pk")))
    if not rows:
        return []
    pk, name, ended_on, learners = rows[0]
    words = {"cohort": name, "day": date_format(ended_on, "D j M")}
    line = ngettext("%(number)s learner goes on there.", "%(number)s learners go on there.", learners)
    return [
        Card(
            kind="cohort-over",
            urgency=Urgency.WAITING,
            role=Role.ADMIN.label,
            title=_("Cohort %(cohort)s ended on %(day)s") % words,
            lines=(line % {"number": learners},),
            count=len(rows),
            actions=(Action(_("Look and decide"), reverse("manage:cohort-show", args=[pk])),),
        )
    ]


def _not_invited(member: Member) -> list[Card]:
    number = Member.objects.visible_to(member).active().never_invited().count()
    if not number:
        return []
    title = ngettext("%(number)s person not invited yet", "%(number)s people not invited yet", number)
    return [
        Card(
            kind="not-invited",
            urgency=Urgency.WAITING,
            role=Role.ADMIN.label,
            title=title % {"number": number},
            count=number,
            tells_count=True,
            actions=(Action(_("Look and send"), reverse("manage:member-list") + "?state=new"),),
        )
    ]


def _welcome(member: Member) -> list[Card]:
    if member.welcomed_at:
        return []
    return [
        Card(
            kind="welcome",
            urgency=Urgency.TODAY,
            role=Role.LEARNER.label,
            title=_("Before you start: who sees what"),
            lines=(_("Four sentences, half a minute."),),
            actions=(Action(_("Read"), reverse("learn:welcome")),),
        )
    ]


def _new_coach(member: Member) -> list[Card]:
    """Drafts with somebody new, where somebody else coached before; the oldest first, with the way to the others."""
    drafts = Agreement.objects.visible_to(member).filter(learner=member, status=Agreement.Status.DRAFT)
    changed = (
        drafts.filter(enrolment__agreements__status=Agreement.Status.ENDED).order_by("created_at", "pk").distinct()
    )
    rows = list(changed.values_list("pk", "coach__name", "created_at"))
    others = [str(_("Decide about %(name)s")) % {"name": coach} for _pk, coach, _at in rows[1:]]
    labels: list[Text] = [_("Read and decide"), *others]
    pages = [reverse("learn:agreement-show", args=[pk]) for pk, _coach, _at in rows]
    return [
        Card(
            kind="new-coach",
            urgency=Urgency.WAITING,
            role=Role.LEARNER.label,
            title=_("%(name)s coaches you now") % {"name": coach},
            lines=(_("What you agree on, and whether what came before goes along."),),
            since=created_at,
            person=coach,
            count=len(rows),
            actions=tuple(Action(label, page) for label, page in zip(labels, pages, strict=False)),
        )
        for _pk, coach, created_at in rows[:1]
    ]


def _nobody_yet(member: Member) -> list[Card]:
    """Where somebody learns and waits for a coach, so that an empty Today is no riddle. One query."""
    waiting = Enrolment.objects.active().filter(learner=member, coach=None).order_by("pillar__short", "pk")
    pillars = tuple(waiting.values_list("pillar__short", flat=True))
    if not pillars:
        return []
    return [
        Card(
            kind="no-coach",
            urgency=Urgency.KNOW,
            role=Role.LEARNER.label,
            title=_("You will hear here who coaches you."),
            lines=(" · ".join(pillars),),
            to_do=False,
        )
    ]
