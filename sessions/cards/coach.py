"""The coach's queue: running, about to start, to rate, to finish and to tell of, wishes, reflections, who waits."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from programs.access import Role
from programs.cards import Action, Card, Urgency
from programs.models import Member
from sessions.domain import closing, plans
from sessions.domain.chances import chances_of
from sessions.domain.coach_day import CoachDay, Unrated, waiting_for_coach
from sessions.domain.day import days_since
from sessions.domain.glimpse import Glimpse
from sessions.domain.learners import Order
from sessions.domain.times import day_and_time
from sessions.models import Reflection, Status

WAITING_DAYS = 10
SECONDS_A_BEHAVIOUR = 6  # to read four levels and tap one


def coach_cards(member: Member, day: CoachDay) -> list[Card]:
    """A constant number of queries, however many learners and sessions."""
    waiting = waiting_for_coach(day.open)
    held = [each for each in waiting if each.micro.status != Status.RUNNING]
    rated = {each.micro.pk for each in waiting}
    by_status = {status: [micro for micro in day.open if micro.status == status] for status in Status.values}
    found = [running_card(micro, has_rated=micro.pk in rated) for micro in by_status[Status.RUNNING]]
    if starting := by_status[Status.PLANNED]:
        found.append(start_card(member, day, starting))
    found += record_cards(held, [micro for micro in by_status[Status.CLOSING] if micro.pk not in rated])
    if day.passed:
        found.append(passed_card(day))
    # the first one's stands on its own card
    wished = [micro for micro in [*day.passed[1:], *starting[1:]] if micro.move_asked_at and day.still_plans(micro)]
    return [
        *found,
        *asked_cards([*day.asked, *wished]),
        *reflection_cards(member),
        *waiting_cards(day),
        *taken_over_cards(day),
        *stand_in_cards(day),
    ]


def running_card(micro: Glimpse, *, has_rated: bool) -> Card:
    """That the learner has rated is no secret: the run page says it in the same words, and no more."""
    lines = [_("Running · %(focus)s") % {"focus": micro.focus}]
    if has_rated:
        lines += [_("%(name)s has rated.") % {"name": micro.other} + " " + _("Your turn, then both open.")]
    return Card(
        kind="running",
        urgency=Urgency.RUNNING,
        role=Role.COACH.label,
        title=micro.other,
        lines=tuple(lines),
        when=micro.started_at,
        since=micro.started_at,
        person=micro.other,
        actions=(Action(_("Go on"), reverse("coach:micro-run", args=[micro.pk])),),
    )


def start_card(member: Member, day: CoachDay, starting: list[Glimpse]) -> Card:
    """The next one to start, which may be late."""
    micro = starting[0]
    plan = plans.known_of(micro.enrolment, plans.known_to_coach(member, is_own=day.is_own(micro)))
    lines = [_("%(focus)s · %(minutes)s min") % {"focus": micro.focus, "minutes": micro.minutes_planned}]
    if plan and plan.is_of(member) and (counted := chances_of([plan.pk]).get(plan.pk)):
        lines.append(_("Last plan: %(chances)s") % {"chances": counted.counted})
    if micro.move_asked_at:
        lines.append(in_words_of_wish(micro))
    started = Action(_("Start session"), reverse("coach:micro-start", args=[micro.pk]), post=True)
    other_page = "coach:micro-move" if day.still_plans(micro) else "coach:micro-show"
    other = Action(_("Move or cancel"), reverse(other_page, args=[micro.pk]))
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
        actions=(started, other, *to_each(starting, _("See %(learner)s"), "coach:micro-show")),
    )


def passed_card(day: CoachDay) -> Card:
    """The longest ago whose time passed without a word of what happened."""
    passed, micro = day.passed, day.passed[0]
    lines = [_("Did it take place?")]
    actions = [
        Action(_("It took place"), reverse("coach:micro-took-place", args=[micro.pk])),
        Action(_("Missed"), reverse("coach:micro-missed", args=[micro.pk]), post=True),
    ]
    if micro.move_asked_at:
        lines.append(in_words_of_wish(micro))
    if micro.move_asked_at and day.still_plans(micro):
        actions.append(Action(_("Move"), reverse("coach:micro-move", args=[micro.pk])))
    return Card(
        kind="passed",
        urgency=Urgency.FINISH,
        role=Role.COACH.label,
        title=micro.other,
        lines=tuple(lines),
        when=micro.scheduled_for,
        since=micro.scheduled_for,
        person=micro.other,
        count=len(passed),
        actions=(*actions, *to_each(passed, _("See %(learner)s"), "coach:micro-show")),
    )


def record_cards(waiting: list[Unrated], unfinished: list[Glimpse]) -> list[Card]:
    """Who waits for the coach's rating, and what is to be finished otherwise: a session is on one of the two. Each
    names the longest wait with all that it still needs."""
    first = [each.micro for each in waiting[:1] if each.micro.status == Status.CLOSING] + unfinished[:1]
    gaps = closing.missing_in(first) if first else {}
    missing = {pk: _("Missing: %(what)s") % {"what": closing.in_words(found)} for pk, found in gaps.items() if found}
    found = [rate_card(waiting, missing.get(waiting[0].micro.pk))] if waiting else []
    return found + ([finish_card(unfinished, missing.get(unfinished[0].pk))] if unfinished else [])


def rate_card(waiting: list[Unrated], missing: str | None) -> Card:
    """The learner has rated, the coach has not."""
    micro = waiting[0].micro
    rated = _("Has rated. %(missing)s") % {"missing": missing} if missing else _("Has rated. Your turn.")
    label = _("Rate, %(seconds)s seconds") % {"seconds": seconds_for(waiting[0].behaviours)}
    others = to_each([each.micro for each in waiting], _("Rate %(learner)s"), "coach:rating-edit")
    return Card(
        kind="waits-for-rating",
        urgency=Urgency.FINISH,
        role=Role.COACH.label,
        title=micro.other,
        lines=(micro.focus, rated),
        when=micro.started_at,
        since=micro.since,
        person=micro.other,
        count=len(waiting),
        actions=(Action(label, reverse("coach:rating-edit", args=[micro.pk])), *others),
    )


def seconds_for(behaviours: int) -> int:
    """What rating so many takes, to the next ten seconds."""
    return -(-behaviours * SECONDS_A_BEHAVIOUR // 10) * 10


def finish_card(unfinished: list[Glimpse], missing: str | None) -> Card:
    """The oldest one, with what it still needs, and the way to the next ones."""
    micro = unfinished[0]
    first = Action(_("Finish, 1 min"), reverse("coach:micro-close", args=[micro.pk]))
    return Card(
        kind="finish",
        urgency=Urgency.FINISH,
        role=Role.COACH.label,
        title=_("Finish: %(learner)s") % {"learner": micro.other},
        lines=(micro.focus, missing or _("Everything is there.")),
        when=micro.started_at,
        since=micro.ended_at,
        person=micro.other,
        count=len(unfinished),
        actions=(first, *to_each(unfinished, _("Finish %(learner)s"), "coach:micro-close")),
    )


def asked_cards(asked: list[Glimpse]) -> list[Card]:
    """Who would like another time, the oldest wish first. A time that has passed can no more be kept."""
    asked = sorted(asked, key=lambda micro: (micro.move_asked_at or micro.scheduled_for, micro.pk))
    if not asked:
        return []
    micro = asked[0]
    answers = [Action(_("Move"), reverse("coach:micro-move", args=[micro.pk]))]
    if micro.scheduled_for > timezone.now():
        answers.append(Action(_("Keep the time"), reverse("coach:micro-keep-time", args=[micro.pk]), post=True))
    return [
        Card(
            kind="asked-to-move",
            urgency=Urgency.TODAY,
            role=Role.COACH.label,
            title=micro.other,
            lines=(_("Would like another time than %(when)s.") % {"when": day_and_time(micro.scheduled_for)},),
            quote=micro.move_asked_note,
            since=micro.move_asked_at,
            person=micro.other,
            count=len(asked),
            actions=(*answers, *to_each(asked, _("See %(learner)s"), "coach:micro-show")),
        )
    ]


def in_words_of_wish(micro: Glimpse) -> str:
    """The same on a card that is about the session anyway."""
    if not micro.move_asked_note:
        return _("Would like another time.")
    return _("Would like another time: “%(note)s”") % {"note": micro.move_asked_note}


def to_each(micros: Iterable[Glimpse], label: str, page: str) -> list[Action]:
    """The way to the two after the first."""
    return [Action(label % {"learner": each.other}, reverse(page, args=[each.pk])) for each in list(micros)[1:3]]


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
            tells_count=True,
            actions=(Action(_("Read %(n)s") % {"n": count}, reverse("coach:reflection-list")),),
        )
    ]


def waiting_cards(day: CoachDay) -> list[Card]:
    """Who waits longest, of those with nothing planned or running; ten days is the fair-share line, and whom the coach
    has not met yet waits from the first day."""
    now = timezone.now()
    waiting = [
        each for each in day.waiting if days_since(each.since) >= WAITING_DAYS or (not each.met and each.since <= now)
    ]
    if not waiting:
        return []
    first = waiting[0]
    words = {"days": days_since(first.since), "pillar": first.pillar}
    line = _("%(days)s days since a session · %(pillar)s") if first.met else _("No session with you yet · %(pillar)s")
    actions = [Action(_("Plan next, prefilled"), reverse("coach:micro-plan", args=[first.pk]))]
    if len(waiting) > 1:
        actions.append(Action(_("See who waits"), f"{reverse('coach:enrolment-list')}?sort={Order.WAITING}"))
    return [
        Card(
            kind="waiting",
            urgency=Urgency.WAITING,
            role=Role.COACH.label,
            title=first.learner,
            lines=(line % words,),
            since=first.since,
            person=first.learner,
            count=len(waiting),
            actions=tuple(actions),
        )
    ]


def taken_over_cards(day: CoachDay) -> list[Card]:
    """Whom the coach got from another one: nobody else tells them."""
    new = day.taken_over
    if not new:
        return []
    first = new[0]
    since = date_format(timezone.localtime(first.taken_over), "D j M")
    lines = [_("Yours to coach since %(day)s · %(pillar)s") % {"day": since, "pillar": first.pillar}]
    if first.next_at:
        lines.append(_("Next session: %(when)s") % {"when": day_and_time(first.next_at)})
    actions = [
        Action(_("See %(learner)s") % {"learner": first.learner}, reverse("coach:enrolment-show", args=[first.pk]))
    ]
    if len(new) > 1:
        actions.append(Action(_("See who"), reverse("coach:enrolment-list")))
    return [
        Card(
            kind="taken-over",
            urgency=Urgency.KNOW,
            role=Role.COACH.label,
            title=first.learner,
            lines=tuple(lines),
            since=first.taken_over,
            person=first.learner,
            count=len(new),
            actions=tuple(actions),
            to_do=False,
        )
    ]


def stand_in_cards(day: CoachDay) -> list[Card]:
    """For whom the coach stands in today: others' learners are easily overlooked."""
    others = day.standing_in
    if not others:
        return []
    first = others[0]
    until = date_format(first.until, "D j M") if first.until else ""
    return [
        Card(
            kind="stands-in",
            urgency=Urgency.KNOW,
            role=Role.COACH.label,
            title=first.learner,
            lines=(_("You stand in until %(day)s · %(pillar)s") % {"day": until, "pillar": first.pillar},),
            person=first.learner,
            count=len(others),
            actions=(Action(_("See who"), reverse("coach:enrolment-list")),),
            to_do=False,
        )
    ]
