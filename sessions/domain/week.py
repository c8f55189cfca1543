"""A week proposed from the usual slots of all of a coach's learners, and accepted in one go."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import uuid4

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from coachhub.errors import WrongState
from programs.models import Enrolment, Member
from sessions.domain import free_time, locks, planning, proposals, slots, who_plans
from sessions.domain.busy import Busy
from sessions.domain.clock import database_now
from sessions.domain.proposals import Proposal
from sessions.domain.schedule import UNDO
from sessions.models import MicroMove, MicroSession, Status

DAYS = 7
WEEKS_AHEAD = 26
SOON = timedelta(hours=2)
type Key = tuple[int, datetime]  # enrolment and instant: what a form sends back


class NotAhead(WrongState):
    sentence = gettext_lazy("Weeks are planned from this one to 26 weeks ahead.")


@dataclass(frozen=True, slots=True)
class Item:
    """A session the week proposes. `clash` says what is in its way, "" when nothing is.

    Of proposals that clash with each other all are marked and the first is taken.
    """

    proposal: Proposal
    clash: str = ""
    taken: bool = True

    @property
    def key(self) -> Key:
        return self.proposal.enrolment.pk, self.proposal.at


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A usual slot that is not proposed, and why."""

    enrolment: Enrolment
    at: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Week:
    """From `monday` on: proposals in order of time, what is planned already, what is left out."""

    monday: date
    items: list[Item]
    planned: list[MicroSession]
    left_out: list[LeftOut]
    without_slot: list[Enrolment]


@dataclass(frozen=True, slots=True)
class _Slot:
    enrolment: Enrolment
    at: datetime

    @property
    def key(self) -> Key:
        return self.enrolment.pk, self.at

    @property
    def day(self) -> date:
        """Where the learner is."""
        return free_time.day_of(self.enrolment, self.at)


def this_monday() -> date:
    """Of the active time zone."""
    today = timezone.localdate()
    return today - timedelta(days=today.weekday())


def monday_of(day: date) -> date:
    """The Monday of the week that the day is in. Raises NotAhead."""
    monday = day - timedelta(days=day.weekday())
    if not this_monday() <= monday <= this_monday() + timedelta(weeks=WEEKS_AHEAD):
        raise NotAhead
    return monday


def propose_week(coach: Member, monday: date, *, now: datetime | None = None) -> Week:
    """Usual slots of the week's seven days, in each slot's own zone. A constant number of queries.

    A slot whose day has a session already is not shown again. Left out, with the reason, are slots that were cancelled
    or moved away, in whose place another session of that week stands, and days that one of the two does not work.
    Clashes with what is planned and with each other are marked.
    """
    now = now or timezone.now()
    enrolments = who_plans.plannable(coach, first=monday, last=monday + timedelta(days=DAYS - 1))
    every = _slots(enrolments, coach, monday)
    taken = _Taken.of(enrolments, every, monday)
    free = [slot for slot in every if slot.at > now and not taken.has_session(slot)]
    reasons = [(slot, _why_not(slot, coach, taken)) for slot in free]
    open_slots = [slot for slot, why in reasons if not why]
    left_out = [LeftOut(slot.enrolment, slot.at, why) for slot, why in reasons if why]
    return Week(
        monday=monday,
        items=_items(open_slots, coach, now),
        planned=planned_in(coach, monday),
        left_out=left_out,
        without_slot=[each for each in enrolments if not each.usual_slots.all() and each.coach_id == coach.pk],
    )


@transaction.atomic
def accept(coach: Member, monday: date, wanted: Iterable[Key]) -> list[MicroSession]:
    """Plan the chosen proposals of a week, all or none, each with its message, sent once UNDO has passed (week_undo);
    who meets within two hours is told at once.

    What is no longer proposed (planned in another tab, passed) is left out, so that a second "Accept all" plans
    nothing twice. Raises what `planning.plan` raises.
    """
    locks.queue_up(coach)
    chosen = set(wanted)
    items = [item for item in propose_week(coach, monday).items if item.key in chosen]
    locks.keep(*(item.proposal.enrolment for item in items))  # in one order: others lock several too
    return [_plan(item.proposal, coach) for item in items]


def planned_in(coach: Member, monday: date) -> list[MicroSession]:
    """The coach's sessions of the week, by the calendar of the active time zone. One query."""
    first, last = bounds(monday)
    rows = MicroSession.objects.coached_by(coach).filter(scheduled_for__gte=first, scheduled_for__lt=last)
    return list(rows.exclude(status__in=[Status.CANCELLED, Status.MISSED]).for_list().order_by("scheduled_for"))


def bounds(monday: date, *, wider: timedelta = timedelta(0)) -> tuple[datetime, datetime]:
    """First instants of the week and of the next one, in the active time zone."""
    zone = timezone.get_current_timezone()
    start = datetime(monday.year, monday.month, monday.day, tzinfo=zone)
    return start - wider, start + timedelta(days=DAYS) + wider


def _plan(proposal: Proposal, coach: Member) -> MicroSession:
    soon = proposal.at <= timezone.now() + SOON
    return planning.plan(
        proposal.enrolment,
        by=coach,
        scheduled_for=proposal.at,
        details=proposals.content_of(proposal),
        form_key=uuid4(),
        taken_up=[topic.pk for topic in proposal.topics],
        tell_at=None if soon else database_now() + UNDO,
    )


def _slots(enrolments: Iterable[Enrolment], coach: Member, monday: date) -> list[_Slot]:
    """Each instant once, though two wall times may fall on it: in a skipped hour, or in two zones."""
    found = {
        (enrolment.pk, at): _Slot(enrolment, at)
        for enrolment in enrolments
        for at in slots.instants(enrolment.usual_slots.all(), first=monday, days=DAYS)
        if _is_theirs(enrolment, coach, at)
    }
    return sorted(found.values(), key=lambda each: (each.at, each.enrolment.learner.name.lower(), each.enrolment.pk))


def _is_theirs(enrolment: Enrolment, coach: Member, at: datetime) -> bool:
    day = free_time.day_of(enrolment, at)
    if day < enrolment.starts_on:
        return False
    if enrolment.coach_id == coach.pk:
        return not who_plans.is_away(enrolment, day)
    return who_plans.stands_in(coach, enrolment, day)


@dataclass(frozen=True, slots=True)
class _Taken:
    """What happened already to the week's slots. `spare` counts sessions of the week on other days than a slot."""

    days: set[tuple[int, date]]
    cancelled: set[Key]
    moved: set[Key]
    spare: Counter[int]

    @classmethod
    def of(cls, enrolments: Iterable[Enrolment], every: Sequence[_Slot], monday: date) -> "_Taken":
        by_pk = {each.pk: each for each in enrolments}
        first, last = bounds(monday, wider=timedelta(days=1))  # slots may be in other zones
        rows = MicroSession.objects.filter(enrolment__in=by_pk, scheduled_for__gte=first, scheduled_for__lt=last)
        days, cancelled = set(), set()
        for enrolment_id, at, status in rows.filter(extra=False).values_list("enrolment_id", "scheduled_for", "status"):
            if status in (Status.CANCELLED, Status.MISSED):
                cancelled.add((enrolment_id, at))
            else:
                days.add((enrolment_id, free_time.day_of(by_pk[enrolment_id], at)))
        moves = MicroMove.objects.filter(micro__enrolment__in=by_pk, moved_from__gte=first, moved_from__lt=last)
        moved = set(moves.values_list("micro__enrolment", "moved_from"))
        on_slots = {(slot.enrolment.pk, slot.day) for slot in every}
        week = {monday + timedelta(days=n) for n in range(DAYS)}
        spare = Counter(pk for pk, day in days - on_slots if day in week)
        spare -= Counter(slot.enrolment.pk for slot in every if slot.key in moved)
        return cls(days, cancelled, moved, spare)

    def has_session(self, slot: _Slot) -> bool:
        return (slot.enrolment.pk, slot.day) in self.days

    def takes_place_of(self, slot: _Slot) -> bool:
        """Whether a session on another day stands for this slot; each does so once."""
        if not self.spare[slot.enrolment.pk]:
            return False
        self.spare[slot.enrolment.pk] -= 1
        return True


def _why_not(slot: _Slot, coach: Member, taken: _Taken) -> str:
    if slot.key in taken.moved:
        return _("moved to another time")
    if slot.key in taken.cancelled:
        return _("cancelled")
    if taken.takes_place_of(slot):
        return _("another session that week")
    away = free_time.not_working(slot.enrolment, coach, slot.at)
    if away is None:
        return ""
    return _("you do not work that day") if away.pk == coach.pk else _("not a working day")


def _items(open_slots: Sequence[_Slot], coach: Member, now: datetime) -> list[Item]:
    if not open_slots:
        return []
    enrolments = list({slot.enrolment.pk: slot.enrolment for slot in open_slots}.values())
    material = proposals.gather(enrolments, by=coach, now=now)
    learners = {each.learner_id for each in enrolments}
    last = open_slots[-1].at + timedelta(hours=1)
    busy = Busy.of(coach, learners, first=open_slots[0].at, last=last)
    known = [slot for slot in open_slots if slot.enrolment.pillar_id in material.rubrics]
    drawn = [proposals.draw(material, slot.enrolment, at=slot.at, usual=True) for slot in known]
    return _marked(drawn, coach, busy)


def _marked(drawn: Sequence[Proposal], coach: Member, busy: Busy) -> list[Item]:
    """With their clashes: with what is planned, and with each other, where the first is taken."""
    found, left = [], Busy(coach)
    for each in drawn:
        learner = each.enrolment.learner
        clash = busy.clash(each.at, each.minutes, learner=learner)
        (left if clash else busy).take(each.at, each.minutes, learner=learner)
        found.append(Item(each, clash, taken=not clash))
    return [item if item.clash else _with_rival(item, left) for item in found]


def _with_rival(item: Item, left: Busy) -> Item:
    rival = left.clash(item.proposal.at, item.proposal.minutes, learner=item.proposal.enrolment.learner)
    return replace(item, clash=rival)
