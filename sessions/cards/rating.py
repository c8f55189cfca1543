"""What ratings put on a learner's Today: what to rate, and to reflect on."""

from collections.abc import Callable, Sequence

from django.urls import reverse
from django.utils.translation import gettext as _

from programs.access import Role
from programs.cards import Action, Card, Urgency
from sessions.domain.glimpse import Glimpse
from sessions.domain.learner_day import LearnerDay, Rated
from sessions.models import HELD, Rating


def rating_cards(day: LearnerDay) -> list[Card]:
    """What a learner has to rate and to reflect on, and a rating that came in from elsewhere; one card of a kind."""
    asked = [_rate_card(day.asked[-1], 1, urgency=Urgency.RUNNING)] if day.asked else []
    mine = [*asked, *_oldest(day.to_rate, _rate_card), *_oldest(day.to_reflect, _reflect_card)]
    return mine + [_foreign_card(rating) for rating in day.foreign[:1]]


def _oldest(micros: Sequence[Glimpse], card: Callable[[Glimpse, int], Card]) -> list[Card]:
    """One card for all of a kind: the first, with their number."""
    return [card(micros[0], len(micros))] if micros else []


def _rate_card(micro: Glimpse, count: int, *, urgency: Urgency = Urgency.FINISH) -> Card:
    lines = [_("%(focus)s. %(coach)s sees nothing until both are in.") % {"focus": micro.focus, "coach": micro.other}]
    actions = [Action(_("Rate and reflect, 90 s"), reverse("learn:rating-edit", args=[micro.pk]))]
    if micro.status in HELD and micro.met_confirmed_at is None:
        lines.append(_("No time? Say that you met, so that it counts."))
        actions.append(Action(_("Yes, we met"), reverse("learn:micro-confirm-met", args=[micro.pk]), post=True))
    return Card(
        kind="rate",
        urgency=urgency,
        role=Role.LEARNER.label,
        title=_("Your session with %(coach)s") % {"coach": micro.other},
        lines=tuple(lines),
        when=micro.started_at,
        since=micro.since,
        person=micro.other,
        count=count,
        actions=tuple(actions),
    )


def _reflect_card(micro: Glimpse, count: int) -> Card:
    return Card(
        kind="reflect",
        urgency=Urgency.TODAY,
        role=Role.LEARNER.label,
        title=_("What do you take from it?"),
        lines=(_("Session with %(coach)s · %(focus)s") % {"coach": micro.other, "focus": micro.focus},),
        when=micro.started_at,
        since=micro.since,
        person=micro.other,
        count=count,
        actions=(Action(_("Write it, 60 s"), reverse("learn:rating-edit", args=[micro.pk])),),
    )


def _foreign_card(rating: Rated) -> Card:
    """A rating that came by code or from the coach's phone: its owner is told, and can put it right."""
    titles = {
        Rating.Via.HAND_OVER: _("You rated on the phone of %(coach)s"),
        Rating.Via.CODE: _("You rated with a code, with %(coach)s"),
    }
    return Card(
        kind="rated-for-me",
        urgency=Urgency.KNOW,
        role=Role.LEARNER.label,
        title=titles[Rating.Via(rating.via)] % {"coach": rating.coach},
        when=rating.at,
        since=rating.at,
        person=rating.coach,
        actions=(Action(_("Not right? Change it"), reverse("learn:rating-edit", args=[rating.micro])),),
        to_do=False,
    )
