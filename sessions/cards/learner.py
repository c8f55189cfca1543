"""The learner's queue: what to rate, the open question, replies, the next session, the plan that holds now."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from programs.access import Role
from programs.cards import Action, Card, Urgency
from programs.models import Member
from sessions.domain.glimpse import glimpse
from sessions.models import ImprovementPlan, MicroSession, Status


def learner_cards(member: Member) -> list[Card]:
    """A constant number of queries."""
    return [*next_session_cards(member), *plan_cards(member)]


def next_session_cards(member: Member) -> list[Card]:
    """The next planned session, today's or later."""
    ahead = MicroSession.objects.learned_by(member).filter(status=Status.PLANNED, scheduled_for__gte=timezone.now())
    micro = glimpse(ahead).order_by("scheduled_for").first()
    if micro is None:
        return []
    today = timezone.localdate(micro.scheduled_for) == timezone.localdate()
    line = _("%(minutes)s min with %(coach)s · %(focus)s")
    return [
        Card(
            kind="next",
            urgency=Urgency.TODAY if today else Urgency.KNOW,
            role=Role.LEARNER.label,
            title=_("Next session"),
            lines=(line % {"minutes": micro.minutes_planned, "coach": micro.coach, "focus": micro.focus},),
            when=micro.scheduled_for,
            since=micro.scheduled_for,
            person=micro.coach,
            actions=(Action(_("Look or ask to move"), reverse("learn:micro-show", args=[micro.pk])),),
            to_do=False,
        )
    ]


def plan_cards(member: Member) -> list[Card]:
    """The newest plan, so that an empty Today still says what to try."""
    plan = (
        ImprovementPlan.objects.visible_to(member)
        .filter(micro__learner=member)
        .complete()
        .select_related("micro__focus")
        .only("cue", "will", "micro__focus__name")
        .order_by("-micro__ended_at", "-pk")
        .first()
    )
    if plan is None:
        return []
    return [
        Card(
            kind="plan",
            urgency=Urgency.KNOW,
            role=Role.LEARNER.label,
            title=_("Your plan"),
            quote=plan.sentence,
            lines=(str(plan.micro.focus),),
            actions=(Action(_("My record"), reverse("learn:record")),),
            to_do=False,
        )
    ]
