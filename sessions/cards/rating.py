"""What ratings put on Today: for the learner what to rate, to reflect on and to read; for the coach who waits."""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from programs.access import Permission, Role, has_permission
from programs.cards import Action, Card, Urgency
from programs.models import Member
from sessions.models import HELD, MicroSession, Phase, Rating, RatingRole, Reflection, Reply, Status
from sessions.models.micro import MicroSessionQuerySet

REFLECT_WITHIN = timedelta(days=3)
TELL_FOR = timedelta(days=3)


def rating_cards(member: Member) -> list[Card]:
    """A constant number of queries; at most one card of a kind."""
    found: list[Card] = []
    if has_permission(member, Permission.LEARN):
        found += [*running_cards(member), *rate_cards(member), *reflect_cards(member)]
        found += [*rated_for_me_cards(member), *reply_cards(member)]
    if has_permission(member, Permission.COACH):
        found += waits_for_rating_cards(member)
    return found


def running_cards(member: Member) -> list[Card]:
    """Own session, now: the coach asks for the rating."""
    asked = MicroSession.objects.learned_by(member).filter(status=Status.RUNNING, phase__in=[Phase.RATE, Phase.PLAN])
    micro = asked.exclude(_is_in(RatingRole.SELF)).for_list().first()
    return [_rate_card(micro, 1, urgency=Urgency.RUNNING)] if micro else []


def rate_cards(member: Member) -> list[Card]:
    """Held, not rated, still sealed: the oldest one."""
    held = MicroSession.objects.learned_by(member).filter(status__in=HELD, revealed_at=None)
    return _oldest(held.exclude(_is_in(RatingRole.SELF)), _rate_card)


def reflect_cards(member: Member) -> list[Card]:
    """Rated or open, and no reflection saved, for three days after the end."""
    saved = Exists(Reflection.objects.filter(micro=OuterRef("pk"), saved_at__isnull=False))
    recent = MicroSession.objects.learned_by(member).filter(ended_at__gte=timezone.now() - REFLECT_WITHIN)
    rated = recent.filter(_is_in(RatingRole.SELF) | Q(revealed_at__isnull=False))
    return _oldest(rated.exclude(saved), _reflect_card)


def rated_for_me_cards(member: Member) -> list[Card]:
    """A rating that came by code or from the coach's phone: its owner is told, and can put it right."""
    foreign = Rating.objects.visible_to(member).filter(rater=member, submitted_at__gte=timezone.now() - TELL_FOR)
    rating = foreign.exclude(via=Rating.Via.LOGIN).select_related("micro__coach").order_by("-submitted_at").first()
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
    first = new.select_related("reflection__micro", "coach").order_by("created_at").first()
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


def waits_for_rating_cards(member: Member) -> list[Card]:
    """Learners who have rated and whose coach has not."""
    return _oldest(MicroSession.objects.coached_by(member).filter(waits_for_coach()), _waits_card)


def waits_for_coach() -> Q:
    """Held, sealed, rated by the learner and not by the coach. Who has handed in is no secret, what they said is."""
    learner_only = _is_in(RatingRole.SELF) & ~_is_in(RatingRole.COACH)
    return Q(status__in=HELD, revealed_at=None) & learner_only


def _is_in(role: RatingRole) -> Q:
    return Q(Exists(Rating.objects.filter(micro=OuterRef("pk"), role=role, submitted_at__isnull=False)))


def _oldest(micros: MicroSessionQuerySet, card: Callable[[MicroSession, int], Card]) -> list[Card]:
    """One card for all of a kind: the oldest, with their number."""
    rows = list(micros.for_list().order_by("ended_at", "pk"))
    return [card(rows[0], len(rows))] if rows else []


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
