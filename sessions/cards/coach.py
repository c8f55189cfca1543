"""The coach's queue: running, about to start, to finish, reflections to read, who waits longest."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from programs.access import Role
from programs.cards import Action, Card, Urgency
from programs.models import Member
from sessions.cards.rating import waits_card
from sessions.domain import closing, plans
from sessions.domain.chances import chances_of
from sessions.domain.coach_day import CoachDay, waiting_for_coach
from sessions.domain.day import days_since
from sessions.domain.glimpse import Glimpse
from sessions.models import Reflection, Status

WAITING_DAYS = 10


def coach_cards(member: Member, day: CoachDay) -> list[Card]:
    """A constant number of queries, however many learners and sessions."""
    waiting = waiting_for_coach(day.open)
    by_status = {status: [micro for micro in day.open if micro.status == status] for status in Status.values}
    found = waits_card(waiting) + [running_card(micro) for micro in by_status[Status.RUNNING]]
    if starting := by_status[Status.PLANNED]:
        found.append(start_card(member, day, starting))
    if unfinished := [micro for micro in by_status[Status.CLOSING] if micro not in waiting]:
        found.append(finish_card(unfinished))
    return [*found, *reflection_cards(member), *waiting_cards(day)]


def running_card(micro: Glimpse) -> Card:
    return Card(
        kind="running",
        urgency=Urgency.RUNNING,
        role=Role.COACH.label,
        title=micro.other,
        lines=(_("Running · %(focus)s") % {"focus": micro.focus},),
        when=micro.started_at,
        since=micro.started_at,
        person=micro.other,
        actions=(Action(_("Go on"), reverse("coach:micro-run", args=[micro.pk])),),
    )


def start_card(member: Member, day: CoachDay, starting: list[Glimpse]) -> Card:
    """The next one to start; those whose time has passed come first, since they were started late or missed."""
    micro = starting[0]
    plan = plans.known_of(micro.enrolment, plans.known_to_coach(member, is_own=day.is_own(micro)))
    lines = [_("%(focus)s · %(minutes)s min") % {"focus": micro.focus, "minutes": micro.minutes_planned}]
    if plan and plan.is_of(member) and (counted := chances_of([plan.pk]).get(plan.pk)):
        lines.append(_("Last plan: %(applied)s of %(came)s chances") % vars(counted))
    started = Action(_("Start session"), reverse("coach:micro-start", args=[micro.pk]), post=True)
    other = Action(_("Move or cancel"), reverse("coach:micro-show", args=[micro.pk]))
    return Card(
        kind="start",
        urgency=Urgency.SOON,
        role=Role.COACH.label,
        title=micro.other,
        lines=tuple(lines),
        quote=plan.sentence if plan else micro.success_criterion,
        when=micro.scheduled_for,
        since=micro.scheduled_for,
        person=micro.other,
        count=len(starting),
        actions=(started, other),
    )


def finish_card(unfinished: list[Glimpse]) -> Card:
    """The oldest one, with what it still needs, and the way to the next ones; those that wait for the coach's rating
    have a card of their own."""
    micro, *others = unfinished
    lines = [micro.focus, _("Missing: %(what)s") % {"what": closing.in_words(closing.missing(micro))}]
    actions = [Action(_("Finish, 1 min"), _closing_url(micro))]
    actions += [Action(_("Finish %(learner)s") % {"learner": each.other}, _closing_url(each)) for each in others[:2]]
    return Card(
        kind="finish",
        urgency=Urgency.FINISH,
        role=Role.COACH.label,
        title=_("Finish: %(learner)s") % {"learner": micro.other},
        lines=tuple(lines),
        when=micro.started_at,
        since=micro.ended_at,
        person=micro.other,
        count=len(unfinished),
        actions=tuple(actions),
    )


def _closing_url(micro: Glimpse) -> str:
    return reverse("coach:micro-close", args=[micro.pk])


def reflection_cards(member: Member) -> list[Card]:
    unread = list(Reflection.objects.unread_by(member).values_list("saved_at", "micro__learner__name"))
    if not unread:
        return []
    (saved_at, learner), count = unread[0], len(unread)
    title = ngettext("%(n)s reflection to read", "%(n)s reflections to read", count) % {"n": count}
    return [
        Card(
            kind="reflections",
            urgency=Urgency.TODAY,
            role=Role.COACH.label,
            title=title,
            lines=(_("First: %(learner)s") % {"learner": learner},),
            since=saved_at,
            count=count,
            actions=(Action(_("Read %(n)s") % {"n": count}, reverse("coach:reflection-list")),),
        )
    ]


def waiting_cards(day: CoachDay) -> list[Card]:
    """Who waits longest, of those with nothing planned or running; ten days is the fair-share line."""
    waiting = [each for each in day.waiting if days_since(each.since) >= WAITING_DAYS]
    if not waiting:
        return []
    first = waiting[0]
    words = {"days": days_since(first.since), "pillar": first.pillar}
    return [
        Card(
            kind="waiting",
            urgency=Urgency.WAITING,
            role=Role.COACH.label,
            title=first.learner,
            lines=(_("%(days)s days since a session · %(pillar)s") % words,),
            since=first.since,
            person=first.learner,
            count=len(waiting),
            actions=(Action(_("Plan next, prefilled"), reverse("coach:micro-plan", args=[first.pk])),),
        )
    ]
