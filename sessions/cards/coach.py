"""The coach's queue: running, about to start, to finish, reflections to read, who waits longest."""

from datetime import datetime

from django.db.models import Count, Exists, OuterRef, Q, Subquery, Window
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from programs.access import Role
from programs.cards import Action, Card, Urgency
from programs.models import Enrolment, Member
from sessions.cards.rating import is_in, waits_card
from sessions.domain import closing
from sessions.domain.chances import chances_of
from sessions.domain.day import SOON, days_since, waiting_since
from sessions.domain.glimpse import glimpse
from sessions.models import HELD, ImprovementPlan, MicroSession, RatingRole, Reflection, Status

WAITING_DAYS = 10


def coach_cards(member: Member) -> list[Card]:
    """A constant number of queries, however many learners and sessions."""
    now = timezone.now()
    open_now = open_sessions(member, now)
    waiting = [micro for micro in open_now if waits_for_coach(micro)]
    by_status = {status: [micro for micro in open_now if micro.status == status] for status in Status.values}
    found = waits_card(waiting) + [running_card(micro) for micro in by_status[Status.RUNNING]]
    if starting := by_status[Status.PLANNED]:
        found.append(start_card(starting, now))
    if unfinished := [micro for micro in by_status[Status.CLOSING] if micro not in waiting]:
        found.append(finish_card(unfinished))
    return [*found, *reflection_cards(member), *waiting_cards(member, now)]


def open_sessions(member: Member, now: datetime) -> list[MicroSession]:
    """Running, about to start, to finish, or closed and still sealed; who has handed in is beside each. One query."""
    here = Q(status__in=[Status.RUNNING, Status.CLOSING]) | Q(status=Status.PLANNED, scheduled_for__lte=now + SOON)
    mine = MicroSession.objects.coached_by(member).filter(here | Q(status=Status.CLOSED, revealed_at=None))
    rated = {"self_in": is_in(RatingRole.SELF), "coach_in": is_in(RatingRole.COACH)}
    return list(glimpse(mine).annotate(**rated).order_by("scheduled_for"))


def waits_for_coach(micro: MicroSession) -> bool:
    """Held, sealed, rated by the learner and not by the coach."""
    facts = vars(micro)
    return micro.status in HELD and not micro.is_revealed and facts["self_in"] and not facts["coach_in"]


def running_card(micro: MicroSession) -> Card:
    return Card(
        kind="running",
        urgency=Urgency.RUNNING,
        role=Role.COACH.label,
        title=str(micro.learner),
        lines=(_("Running · %(focus)s") % {"focus": micro.focus},),
        when=micro.started_at,
        since=micro.started_at,
        person=micro.learner,
        actions=(Action(_("Go on"), reverse("coach:micro-run", args=[micro.pk])),),
    )


def start_card(starting: list[MicroSession], now: datetime) -> Card:
    """The next one to start; those whose time has passed come first, since they were started late or missed."""
    micro = starting[0]
    lines = [_("%(focus)s · %(minutes)s min") % {"focus": micro.focus, "minutes": micro.minutes_planned}]
    plan = (
        ImprovementPlan.objects.filter(micro__enrolment=micro.enrolment_id)
        .complete()
        .order_by("-micro__ended_at")
        .first()
    )
    if plan and (counted := chances_of([plan.pk]).get(plan.pk)):
        lines.append(_("Last plan: %(applied)s of %(came)s chances") % vars(counted))
    started = Action(_("Start session"), reverse("coach:micro-start", args=[micro.pk]), post=True)
    other = Action(_("Move or cancel"), reverse("coach:micro-show", args=[micro.pk]))
    return Card(
        kind="start",
        urgency=Urgency.SOON,
        role=Role.COACH.label,
        title=str(micro.learner),
        lines=tuple(lines),
        quote=_("When %(cue)s, I will %(will)s.") % {"cue": plan.cue, "will": plan.will}
        if plan
        else micro.success_criterion,
        when=micro.scheduled_for,
        since=micro.scheduled_for,
        person=micro.learner,
        count=len(starting),
        actions=(started, other),
    )


def finish_card(unfinished: list[MicroSession]) -> Card:
    """The oldest one, with what it still needs, and the way to the next ones; those that wait for the coach's rating
    have a card of their own."""
    micro, *others = unfinished
    lines = [str(micro.focus), _("Missing: %(what)s") % {"what": closing.in_words(closing.missing(micro))}]
    actions = [Action(_("Finish, 1 min"), _closing_url(micro))]
    actions += [Action(_("Finish %(learner)s") % {"learner": each.learner}, _closing_url(each)) for each in others[:2]]
    return Card(
        kind="finish",
        urgency=Urgency.FINISH,
        role=Role.COACH.label,
        title=_("Finish: %(learner)s") % {"learner": micro.learner},
        lines=tuple(lines),
        when=micro.started_at,
        since=micro.ended_at,
        person=micro.learner,
        count=len(unfinished),
        actions=tuple(actions),
    )


def _closing_url(micro: MicroSession) -> str:
    return reverse("coach:micro-close", args=[micro.pk])


def reflection_cards(member: Member) -> list[Card]:
    unread = Reflection.objects.unread_by(member).annotate(number=Window(Count("pk")))
    first = unread.select_related("micro__learner").only("saved_at", "micro__learner__name").first()
    if first is None:
        return []
    count = vars(first)["number"]
    title = ngettext("%(n)s reflection to read", "%(n)s reflections to read", count) % {"n": count}
    return [
        Card(
            kind="reflections",
            urgency=Urgency.TODAY,
            role=Role.COACH.label,
            title=title,
            lines=(_("First: %(learner)s") % {"learner": first.micro.learner},),
            since=first.saved_at,
            count=count,
            actions=(Action(_("Read %(n)s") % {"n": count}, reverse("coach:reflection-list")),),
        )
    ]


def waiting_cards(member: Member, now: datetime) -> list[Card]:
    """Who waits longest, of those with nothing planned or running; ten days is the fair-share line."""
    ahead = MicroSession.objects.filter(
        Q(status=Status.RUNNING) | Q(status=Status.PLANNED, scheduled_for__gte=now), enrolment=OuterRef("pk")
    )
    ended = MicroSession.objects.filter(enrolment=OuterRef("pk"), ended_at__isnull=False).order_by("-ended_at")
    held = Subquery(ended.values("ended_at")[:1])
    idle = Enrolment.objects.coached_by(member).active().exclude(Exists(ahead)).select_related("learner", "pillar")
    shown = idle.only("starts_on", "learner__name", "pillar__short").annotate(held=held)
    since = {each: waiting_since(each, vars(each)["held"]) for each in shown}
    rows = sorted((each for each in since if days_since(since[each]) >= WAITING_DAYS), key=since.__getitem__)
    if not rows:
        return []
    first = rows[0]
    words = {"days": days_since(since[first]), "pillar": first.pillar.short}
    return [
        Card(
            kind="waiting",
            urgency=Urgency.WAITING,
            role=Role.COACH.label,
            title=str(first.learner),
            lines=(_("%(days)s days since a session · %(pillar)s") % words,),
            since=since[first],
            person=first.learner,
            count=len(rows),
            actions=(Action(_("Plan next, prefilled"), reverse("coach:micro-plan", args=[first.pk])),),
        )
    ]
