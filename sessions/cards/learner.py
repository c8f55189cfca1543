"""The learner's queue: what runs, replies, the next session, the plan that holds now."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from programs.access import Role
from programs.cards import Action, Card, Urgency
from programs.models import Member
from sessions.domain.learner_day import LearnerDay
from sessions.models import ImprovementPlan, Reply
from sessions.models.plans import in_words


def learner_cards(member: Member, day: LearnerDay) -> list[Card]:
    """A constant number of queries."""
    return [*running_cards(day), *reply_cards(member), *next_session_cards(day), *plan_cards(member)]


def running_cards(day: LearnerDay) -> list[Card]:
    """What has begun and is not to rate yet: nothing to do but to be in it."""
    return [
        Card(
            kind="running",
            urgency=Urgency.RUNNING,
            role=Role.LEARNER.label,
            title=_("Your session with %(coach)s") % {"coach": micro.other},
            lines=(_("Running · %(focus)s") % {"focus": micro.focus},),
            when=micro.started_at,
            since=micro.started_at,
            person=micro.other,
            count=len(day.begun),
            actions=(Action(_("See it"), reverse("learn:micro-show", args=[micro.pk])),),
            to_do=False,
        )
        for micro in day.begun[-1:]
    ]


def reply_cards(member: Member) -> list[Card]:
    """Answers to the own reflections that have not been seen, the oldest with their number. One query."""
    new = Reply.objects.written_to(member).filter(seen_at=None).order_by("created_at")
    rows = list(new.values_list("reflection__micro", "coach__name", "kind", "text", "created_at"))
    if not rows:
        return []
    micro, coach, kind, text, created_at = rows[0]
    return [
        Card(
            kind="replies",
            urgency=Urgency.TODAY,
            role=Role.LEARNER.label,
            title=_("%(coach)s answered") % {"coach": coach},
            quote=text or Reply.Kind(kind).label,
            since=created_at,
            person=coach,
            count=len(rows),
            actions=(Action(_("Read it"), f"{reverse('learn:micro-show', args=[micro])}#replies"),),
        )
    ]


def next_session_cards(day: LearnerDay) -> list[Card]:
    """The next planned session, today's or later. Once its time has come it can no longer be moved from here."""
    micro = day.coming
    if micro is None:
        return []
    today = timezone.localdate(micro.scheduled_for) == timezone.localdate()
    line = _("%(minutes)s min with %(coach)s · %(focus)s")
    lines = [line % {"minutes": micro.minutes_planned, "coach": micro.other, "focus": micro.focus}]
    ahead = micro.scheduled_for > timezone.now()
    label = _("See it or ask to move") if ahead else _("See it")
    actions = [Action(label, reverse("learn:micro-show", args=[micro.pk]))]
    if micro.move_asked_at and ahead:
        lines.append(_("You asked to move it."))
        keep = Action(_("Keep the time after all"), reverse("learn:micro-keep-time", args=[micro.pk]), post=True)
        actions = [Action(_("See it"), actions[0].url), keep]
    return [
        Card(
            kind="next",
            urgency=Urgency.TODAY if today else Urgency.KNOW,
            role=Role.LEARNER.label,
            title=_("Next session"),
            lines=tuple(lines),
            when=micro.scheduled_for,
            since=micro.scheduled_for,
            person=micro.other,
            actions=tuple(actions),
            to_do=False,
        )
    ]


def plan_cards(member: Member) -> list[Card]:
    """The newest plan of what the member learns now, so that an empty Today still says what to try: one of each
    enrolment, the newest in words. Once all have ended, the last one. One query."""
    plans = ImprovementPlan.objects.learned_by(member).complete()
    of_each = plans.order_by("micro__enrolment_id", "-micro__ended_at", "-pk").distinct("micro__enrolment_id")
    columns = ("micro__enrolment__ended_on", "micro__ended_at", "cue", "will", "micro__focus_criterion__name")
    rows = sorted(of_each.values_list(*columns), key=lambda row: row[1] or timezone.now(), reverse=True)
    now = [row for row in rows if row[0] is None]
    return [
        Card(
            kind="plan",
            urgency=Urgency.KNOW,
            role=Role.LEARNER.label,
            title=_("Your plan"),
            quote=in_words(cue, will),
            lines=(focus,),
            count=len(now) or 1,
            actions=(Action(_("My record"), reverse("learn:record")),),
            to_do=False,
        )
        for _ended_on, _ended_at, cue, will, focus in (now or rows)[:1]
    ]
