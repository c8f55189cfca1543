"""A coach's learners, one line each: what they practise, how long they wait, what comes next, what is open."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import models
from django.db.models import Count, DateTimeField, F, Func, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Lower
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from programs.models import Behaviour, Enrolment, Member
from sessions.domain import free_time, slots, who_plans
from sessions.domain.day import ago, days_since, waiting_since
from sessions.models import HELD, OPEN, MicroSession, Reflection, Score, Status

FOUR_WEEKS = 28  # days


class Order(models.TextChoices):
    WAITING = "waiting", _("Longest wait")
    NAME = "name", _("Name")


@dataclass(frozen=True, slots=True)
class LastLevel:
    """The coach's level of the focus in the last session in which it was seen; 1 to 4."""

    behaviour: str
    value: int
    meets: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One learner in one program. `until` is the last day on which the member stands in; None for their coach."""

    enrolment: Enrolment
    last_at: datetime | None = None
    coming: MicroSession | None = None
    next_slot: datetime | None = None
    focus: Behaviour | None = None
    level: LastLevel | None = None
    running: MicroSession | None = None
    unfinished: tuple[MicroSession, ...] = ()
    unread: int = 0
    until: date | None = None

    @property
    def waiting_since(self) -> datetime:
        """The last session, else the start of the enrolment."""
        return waiting_since(self.enrolment, self.last_at)

    @property
    def days(self) -> int:
        """Calendar days since the last session or the start; 0 before the start."""
        return days_since(self.waiting_since)

    @property
    def last_in_words(self) -> str:
        """ "yesterday", "12 days ago", "none yet"."""
        return ago(self.last_at) if self.last_at else gettext("none yet")

    @property
    def focus_name(self) -> str:
        """The next session's focus, else the last one's."""
        return self.focus.name if self.focus else self.level.behaviour if self.level else ""

    @property
    def waits_long(self) -> bool:
        """Nothing planned, and twice the program's usual gap has passed."""
        gap = FOUR_WEEKS / self.enrolment.program.sessions_per_month
        return not (self.coming or self.running) and self.days > 2 * gap

    @property
    def overdue(self) -> bool:
        """Its time has come, and nobody has said what became of it."""
        return self.coming is not None and self.coming.scheduled_for <= timezone.now()


type Line = tuple[int, datetime | None]
"""Primary key of an enrolment, and when its last session ended."""


def programs_of(coach: Member) -> dict[int, tuple[str, int]]:
    """Name and number of the coach's lines, by program. One query."""
    found = _ours(coach).order_by("program__name", "program").values_list("program", "program__name")
    return {pk: (name, count) for pk, name, count in found.annotate(Count("pk"))}


def lines(coach: Member, *, order: str = Order.WAITING, program: int | None = None) -> QuerySet[Enrolment, Line]:
    """The coach's running enrolments and those for which they stand in today, in order, to be cut in pages.

    The longest wait first: since the last session, else since the first day.
    """
    ours = _ours(coach) if program is None else _ours(coach).filter(program=program)
    ended = MicroSession.objects.filter(enrolment=OuterRef("pk"), ended_at__isnull=False).order_by("-ended_at")
    last = Subquery(ended.values("ended_at")[:1])
    waits = [Coalesce(last, _first_midnight())] if order == Order.WAITING else []
    return ours.order_by(*waits, Lower("learner__name"), "pk").values_list("pk", last)


def enrolments_by_name(coach: Member) -> QuerySet[Enrolment]:
    """The same enrolments, with learner and program."""
    return _ours(coach).select_related("learner", "program").order_by(Lower("learner__name"), "pk")


def rows_of(coach: Member, chosen: Iterable[Line]) -> list[Row]:
    """Those lines with all they show, in the same order. Seven queries.

    Levels are those this coach gave; as substitute, or of a past taken along, those of revealed sessions.
    """
    last = dict(chosen)
    enrolments = {each.pk: each for each in who_plans.loaded(_ours(coach).filter(pk__in=last))}
    facts = _Facts.of(last, coach)
    return [_row(enrolments[pk], coach, facts) for pk in last if pk in enrolments]


def _ours(coach: Member) -> QuerySet[Enrolment]:
    today = timezone.localdate()
    return who_plans.plannable_rows(coach, first=today, last=today)


def _first_midnight() -> Func:
    """When the enrolment's first day begins, in the active zone."""
    zone = Value(timezone.get_current_timezone_name())
    return Func(zone, "starts_on", template="timezone(%(expressions)s::timestamp)", output_field=DateTimeField())


@dataclass(frozen=True, slots=True)
class _Facts:
    """What the lines are made of, by enrolment."""

    last: Mapping[int, datetime | None]
    open: Mapping[int, list[MicroSession]]
    levels: Mapping[int, LastLevel]
    unread: Mapping[int, int]
    now: datetime = field(default_factory=timezone.now)

    @classmethod
    def of(cls, last: Mapping[int, datetime | None], coach: Member) -> "_Facts":
        open_now: dict[int, list[MicroSession]] = defaultdict(list)
        ours = MicroSession.objects.coached_by(coach).filter(enrolment__in=last, status__in=OPEN)
        for micro in ours.select_related("focus").order_by("scheduled_for"):
            open_now[micro.enrolment_id].append(micro)
        unread = Reflection.objects.unread_by(coach).filter(micro__enrolment__in=last).order_by()
        counts = unread.values_list("micro__enrolment").annotate(Count("pk"))
        return cls(last, open_now, last_levels(last, coach), dict(counts))


def last_levels(enrolments: Iterable[int], coach: Member) -> dict[int, LastLevel]:
    """By enrolment. One query; of sealed sessions the coach's own rating alone."""
    known = who_plans.past_known_to(coach, on=timezone.localdate(), path="rating__micro__")
    handed_in = Q(rating__role="coach", rating__submitted_at__isnull=False, level__isnull=False)
    mine = Q(rating__rater=coach) | Q(known, rating__micro__revealed_at__isnull=False)
    of_focus = Q(criterion__behaviour=F("rating__micro__focus"), rating__micro__status__in=HELD)
    rows = (
        Score.objects.filter(handed_in, mine, of_focus, rating__micro__enrolment__in=list(enrolments))
        .order_by("rating__micro__enrolment_id", "-rating__micro__ended_at", "-pk")
        .distinct("rating__micro__enrolment_id")
        .values_list("rating__micro__enrolment", "criterion__behaviour__name", "level", "criterion__meets_level")
    )
    return {pk: LastLevel(name, level or 0, (level or 0) >= meets) for pk, name, level, meets in rows}


def _row(enrolment: Enrolment, coach: Member, facts: _Facts) -> Row:
    mine = facts.open.get(enrolment.pk, [])
    coming = next((micro for micro in mine if micro.status == Status.PLANNED), None)
    return Row(
        enrolment=enrolment,
        last_at=facts.last.get(enrolment.pk),
        coming=coming,
        next_slot=None if coming else next_slot(enrolment, coach, facts.now),
        focus=mine[-1].focus if mine else None,
        level=facts.levels.get(enrolment.pk),
        running=next((micro for micro in mine if micro.status == Status.RUNNING), None),
        unfinished=tuple(micro for micro in mine if micro.status == Status.CLOSING),
        unread=facts.unread.get(enrolment.pk, 0),
        until=_until(enrolment, coach),
    )


def next_slot(enrolment: Enrolment, coach: Member, now: datetime) -> datetime | None:
    """The next usual slot on which both work, within four weeks; no query with the slots loaded."""
    coming = slots.occurrences(enrolment.usual_slots.all(), first=timezone.localdate(now), days=28)
    return next((each.at for each in coming if each.at > now and free_time.both_work(enrolment, coach, each.at)), None)


def _until(enrolment: Enrolment, coach: Member) -> date | None:
    if enrolment.coach_id == coach.pk:
        return None
    today = timezone.localdate()
    named = [each for each in enrolment.substitutes.all() if each.coach_id == coach.pk and each.starts_on <= today]
    return max((each.ends_on for each in named), default=None)
