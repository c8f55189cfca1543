"""What ratings put on Today: for the learner what to rate, to reflect on and to read; for the coach who waits."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from programs.access import Permission, Role, has_permission
from programs.cards import Action, Card, Urgency
from programs.models import Member
from sessions.domain.glimpse import glimpse
from sessions.models import HELD, MicroSession, Phase, Rating, RatingRole, Reflection, Reply, Status

REFLECT_WITHIN = timedelta(days=3)
TELL_FOR = timedelta(days=3)


def rating_cards(member: Member) -> list[Card]:
    """What a learner has to do. A constant number of queries; at most one card of a kind."""
    if not has_permission(member, Permission.LEARN):
        return []
    return [*own_cards(member), *rated_for_me_cards(member), *reply_cards(member)]


def own_cards(member: Member) -> list[Card]:
    """The session whose coach asks for the rating now; the oldest one to rate, while sealed; the oldest one to reflect
    on, for three days after its end. One query."""
    recently = timezone.now() - REFLECT_WITHIN
    running = Q(status=Status.RUNNING, phase__in=[Phase.RATE, Phase.PLAN])
    held = Q(status__in=HELD) & (Q(revealed_at=None) | Q(ended_at__gte=recently))
    saved = Exists(Reflection.objects.filter(micro=OuterRef("pk"), saved_at__isnull=False))
    own = glimpse(MicroSession.objects.learned_by(member).filter(running | held))
    asked, to_rate, to_reflect = [], [], []
    for micro in own.annotate(is_rated=is_in(RatingRole.SELF), is_saved=saved).order_by("ended_at", "pk"):
        facts = vars(micro)
        if micro.status == Status.RUNNING:
            asked += [] if facts["is_rated"] else [micro]
            continue
        if not (facts["is_rated"] or micro.is_revealed):
            to_rate.append(micro)
        elif not facts["is_saved"] and micro.ended_at and micro.ended_at >= recently:
            to_reflect.append(micro)
    found = [_rate_card(asked[-1], 1, urgency=Urgency.RUNNING)] if asked else []
    return [*found, *_oldest(to_rate, _rate_card), *_oldest(to_reflect, _reflect_card)]


def rated_for_me_cards(member: Member) -> list[Card]:
    """A rating that came by code or from the coach's phone: its owner is told, and can put it right."""
    foreign = Rating.objects.visible_to(member).filter(rater=member, submitted_at__gte=timezone.now() - TELL_FOR)
    shown = foreign.select_related("micro__coach").only("via", "submitted_at", "micro__coach__name")
    rating = shown.exclude(via=Rating.Via.LOGIN).order_by("-submitted_at").first()
    if rating is None:
        return []
    titles = {
        Rating.Via.HAND_OVER: _("You rated on the phone of %(coach)s"),
        Rating.Via.CODE: _("You rated with a code, with %(coach)s"),
    }
    return [
        Card(
            kind="rated-for-me",
            urgency=Urgency.KNOW,
            role=Role.LEARNER.label,
            title=titles[Rating.Via(rating.via)] % {"coach": rating.micro.coach},
            when=rating.submitted_at,
            since=rating.submitted_at,
            person=rating.micro.coach,
            actions=(Action(_("Not right? Change it"), reverse("learn:rating-edit", args=[rating.micro_id])),),
            to_do=False,
        )
    ]


def reply_cards(member: Member) -> list[Card]:
    """Answers to the own reflections that have not been seen."""
    new = Reply.objects.filter(reflection__micro__learner=member, seen_at=None)
    shown = new.select_related("reflection", "coach").only(
        "text", "kind", "created_at", "reflection__micro", "coach__name"
    )
    first = shown.order_by("created_at").first()
    if first is None:
        return []
    page = reverse("learn:micro-show", args=[first.reflection.micro_id])
    return [
        Card(
            kind="replies",
            urgency=Urgency.TODAY,
            role=Role.LEARNER.label,
            title=_("%(coach)s answered") % {"coach": first.coach},
            quote=first.text or str(first.get_kind_display()),
            since=first.created_at,
            person=first.coach,
            count=new.count(),
            actions=(Action(_("Read it"), page),),
        )
    ]


def waits_card(waiting: Sequence[MicroSession]) -> list[Card]:
    """Learners who have rated and whose coach has not: the longest wait, with their number."""
    return _oldest(sorted(waiting, key=lambda micro: (micro.ended_at or micro.scheduled_for, micro.pk)), _waits_card)


def is_in(role: RatingRole) -> Exists:
    """Whether that side has handed in, for an annotation of sessions. That is no secret; what they said is."""
    return Exists(Rating.objects.filter(micro=OuterRef("pk"), role=role, submitted_at__isnull=False))


def _oldest(micros: Sequence[MicroSession], card: Callable[[MicroSession, int], Card]) -> list[Card]:
    """One card for all of a kind: the first, with their number."""
    return [card(micros[0], len(micros))] if micros else []


def _rate_card(micro: MicroSession, count: int, *, urgency: Urgency = Urgency.FINISH) -> Card:
    sealed = _("%(focus)s. %(coach)s sees nothing until both are in.") % {"focus": micro.focus, "coach": micro.coach}
    actions = [Action(_("Rate and reflect, 90 s"), reverse("learn:rating-edit", args=[micro.pk]))]
    if micro.status in HELD and micro.met_confirmed_at is None:
        actions.append(Action(_("Yes, we met"), reverse("learn:micro-confirm-met", args=[micro.pk]), post=True))
    return Card(
        kind="rate",
        urgency=urgency,
        role=Role.LEARNER.label,
        title=_("Your session with %(coach)s") % {"coach": micro.coach},
        lines=(sealed,),
        when=micro.started_at,
        since=_since(micro),
        person=micro.coach,
        count=count,
        actions=tuple(actions),
    )


def _reflect_card(micro: MicroSession, count: int) -> Card:
    return Card(
        kind="reflect",
        urgency=Urgency.TODAY,
        role=Role.LEARNER.label,
        title=_("What do you take from it?"),
        lines=(_("Session with %(coach)s · %(focus)s") % {"coach": micro.coach, "focus": micro.focus},),
        when=micro.started_at,
        since=_since(micro),
        person=micro.coach,
        count=count,
        actions=(Action(_("Write it, 60 s"), reverse("learn:rating-edit", args=[micro.pk])),),
    )


def _waits_card(micro: MicroSession, count: int) -> Card:
    return Card(
        kind="waits-for-rating",
        urgency=Urgency.FINISH,
        role=Role.COACH.label,
        title=str(micro.learner),
        lines=(_("Has rated. Waits for your view of “%(focus)s”.") % {"focus": micro.focus},),
        when=micro.started_at,
        since=_since(micro),
        person=micro.learner,
        count=count,
        actions=(Action(_("Rate, 20 seconds"), reverse("coach:rating-edit", args=[micro.pk])),),
    )


def _since(micro: MicroSession) -> datetime | None:
    return micro.ended_at or micro.started_at
