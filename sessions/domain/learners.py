"""A coach's learners, one line each: what they practise, how long they wait, what comes next, what is open."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import models
from django.db.models import Case, Count, DateTimeField, F, Func, Max, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, Lower
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from programs.models import Enrolment, Member
from sessions.domain import free_time, who_plans
from sessions.domain.day import ago, days_since, waiting_since
from sessions.domain.working_time import calendar_of
from sessions.models import OPEN, MicroSession, RatingRole, Reflection, Status

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
class Taught:
    """A program in which a coach has learners: its cadence, and how many lines."""

    name: str
    per_month: int
    lines: int


@dataclass(frozen=True, slots=True)
class Open:
    """A session that is planned, running or to be finished."""

    pk: int
    status: str
    scheduled_for: datetime
    started_at: datetime | None
    move_asked_at: datetime | None
    focus: str


@dataclass(frozen=True, slots=True)
class Row:
    """One learner in one program; `pk` is the enrolment's.

    `open` holds the coach's sessions that are not over, soonest first; `next_slot` is the next usual slot where none is
    planned; `until` is the last day on which the member stands in, None for their coach.
    """

    pk: int
    learner: str
    program: Taught
    starts_on: date
    last_at: datetime | None
    open: Sequence[Open] = ()
    next_slot: datetime | None = None
    level: LastLevel | None = None
    unread: int = 0
    until: date | None = None

    @property
    def coming(self) -> Open | None:
        """The next planned session."""
        return next((micro for micro in self.open if micro.status == Status.PLANNED), None)

    @property
    def running(self) -> Open | None:
        return next((micro for micro in self.open if micro.status == Status.RUNNING), None)

    @property
    def unfinished(self) -> list[Open]:
        """Held and not closed."""
        return [micro for micro in self.open if micro.status == Status.CLOSING]

    @property
    def waiting_since(self) -> datetime:
        """The last known session, else the start of the enrolment."""
        return waiting_since(self.starts_on, self.last_at)

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
        return self.open[-1].focus if self.open else self.level.behaviour if self.level else ""

    @property
    def waits_long(self) -> bool:
        """Nothing planned, and twice the program's usual gap has passed."""
        gap = FOUR_WEEKS / self.program.per_month
        return not (self.coming or self.running) and self.days > 2 * gap

    @property
    def overdue(self) -> bool:
        """Its time has come, and nobody has said what became of it."""
        coming = self.coming
        return coming is not None and coming.scheduled_for <= timezone.now()


type Line = tuple[int, int | None, str, int, date, datetime | None]
"""An enrolment, its coach, the learner's name, the program, the first day, and when the last known session ended."""

type Met = tuple[int, str, str, datetime]
"""An enrolment, the learner's name, the program's, and when the last session began."""


def enrolments_by_name(coach: Member) -> QuerySet[Enrolment]:
    """The coach's running enrolments and those for which they stand in today, with learner and program."""
    today = timezone.localdate()
    ours = who_plans.plannable_rows(coach, first=today, last=today)
    return ours.select_related("learner", "program").order_by(Lower("learner__name"), "pk")


def next_slot(enrolment: Enrolment, coach: Member, now: datetime) -> datetime | None:
    """The next usual slot on which both work, within four weeks; no query with the slots loaded."""
    theirs, mine = calendar_of(enrolment.learner), calendar_of(coach)
    return free_time.next_on_which_both_work(enrolment.usual_slots.all(), theirs, mine, now=now)


@dataclass(frozen=True, slots=True)
class MyLearners:
    """The same enrolments as lines of a list. `stands_in` holds those of others, each with the last day of it."""

    coach: Member
    stands_in: Mapping[int, date]
    programs: Mapping[int, Taught]

    @classmethod
    def of(cls, coach: Member) -> "MyLearners":
        """Two queries."""
        stands_in = who_plans.standing_in(coach, on=timezone.localdate())
        ours = who_plans.running(coach, stands_in).order_by()
        programs = ours.values_list("program", "program__name", "program__sessions_per_month").annotate(Count("pk"))
        return cls(coach, stands_in, {pk: Taught(*values) for pk, *values in programs})

    def number(self, program: int | None) -> int:
        """How many lines there are, of one program or of all."""
        return sum(taught.lines for pk, taught in self.programs.items() if program in (None, pk))

    def lines(self, *, order: str = Order.WAITING, program: int | None = None) -> QuerySet[Enrolment, Line]:
        """In order, to be cut in pages. The longest wait first: since the last session, else since the first day.

        Of a former coach's sessions it is known where the learner took the past along; a substitute's are their own.
        """
        ended = MicroSession.objects.filter(enrolment=OuterRef("pk"), ended_at__isnull=False).order_by("-ended_at")
        own, all_of_them = (Subquery(each.values("ended_at")[:1]) for each in (ended.filter(coach=self.coach), ended))
        came_along = When(coach=self.coach, shares_past_with_new_coach=True, then=all_of_them)
        ours = self._enrolments().annotate(last_at=Case(came_along, default=own))
        waits = [Coalesce("last_at", _first_midnight())] if order == Order.WAITING else []
        chosen = ours if program is None else ours.filter(program=program)
        columns = ("pk", "coach", "learner__name", "program", "starts_on", "last_at")
        return chosen.order_by(*waits, Lower("learner__name"), "pk").values_list(*columns)

    def rows_of(self, lines: Iterable[Line]) -> list[Row]:
        """Those lines with all they show, in the same order. Four queries.

        Levels are those this coach gave; as substitute, or of a past taken along, those of revealed sessions.
        """
        lines = [line for line in lines if line[3] in self.programs]  # a new one's first line waits for the next look
        pks = [line[0] for line in lines]
        open_now, levels, unread = self._open(pks), self._levels(pks), self._unread(pks)
        free = [pk for pk in pks if not any(micro.status == Status.PLANNED for micro in open_now.get(pk, ()))]
        next_slots = free_time.next_usual(free, by=self.coach, now=timezone.now())
        return [
            Row(
                pk=pk,
                learner=learner,
                program=self.programs[program],
                starts_on=starts_on,
                last_at=last_at,
                open=open_now.get(pk, ()),
                next_slot=next_slots.get(pk),
                level=levels.get(pk),
                unread=unread[pk],
                until=None if coach == self.coach.pk else self.stands_in.get(pk),
            )
            for pk, coach, learner, program, starts_on, last_at in lines
        ]

    def cohorts(self) -> dict[int, str]:
        """The cohort's name, by enrolment. One query."""
        return dict(self._enrolments().values_list("pk", "cohort__name"))

    def ended(self) -> QuerySet[Enrolment, tuple[int, str, str, date | None]]:
        """Primary key, learner, program and last day of the coach's ended enrolments, the newest first."""
        over = Enrolment.objects.coached_by(self.coach).filter(ended_on__isnull=False).order_by("-ended_on", "pk")
        return over.values_list("pk", "learner__name", "program__name", "ended_on")

    def met(self) -> QuerySet[MicroSession, Met]:
        """Those of somebody else or of nobody with whom the coach held sessions, once or standing in; newest first."""
        held = MicroSession.objects.coached_by(self.coach).held().exclude(enrolment__coach=self.coach)
        columns = ("enrolment", "learner__name", "enrolment__program__name")
        last = held.order_by().values(*columns).annotate(last=Max("started_at")).order_by("-last", "enrolment")
        found: QuerySet[MicroSession, Met] = last.values_list(*columns, "last")
        return found

    def _enrolments(self) -> QuerySet[Enrolment]:
        return who_plans.running(self.coach, self.stands_in)

    def _open(self, enrolments: list[int]) -> dict[int, list[Open]]:
        ours = MicroSession.objects.coached_by(self.coach).filter(enrolment__in=enrolments, status__in=OPEN)
        columns = ("pk", "status", "scheduled_for", "started_at", "move_asked_at", "focus_criterion__name")
        found: dict[int, list[Open]] = defaultdict(list)
        for enrolment, *values in ours.order_by("scheduled_for").values_list("enrolment", *columns):
            found[enrolment].append(Open(*values))
        return found

    def _levels(self, enrolments: list[int]) -> dict[int, LastLevel]:
        """Of sealed sessions the coach's own rating alone."""
        mine = Q(ratings__rater=self.coach)
        known = who_plans.past_known(self.coach, self.stands_in) & Q(revealed_at__isnull=False)
        handed_in = Q(ratings__role=RatingRole.COACH, ratings__submitted_at__isnull=False)
        score = "ratings__scores"
        of_focus = Q((f"{score}__criterion__behaviour", F("focus")), (f"{score}__level__isnull", False))
        rows = (
            MicroSession.objects.held()
            .filter(mine | known, handed_in, of_focus, enrolment__in=enrolments)
            .order_by("enrolment_id", "-ended_at", "-pk")
            .distinct("enrolment_id")
            .values_list("enrolment", "focus_criterion__name", f"{score}__level", f"{score}__criterion__meets_level")
        )
        return {pk: LastLevel(name, level, level >= meets) for pk, name, level, meets in rows}

    def _unread(self, enrolments: list[int]) -> Counter[int]:
        unread = Reflection.objects.unread_by(self.coach).filter(micro__enrolment__in=enrolments)
        return Counter(unread.values_list("micro__enrolment", flat=True))


def _first_midnight() -> Func:
    """When the enrolment's first day begins, in the active zone."""
    zone = Value(timezone.get_current_timezone_name())
    return Func(zone, "starts_on", template="timezone(%(expressions)s::timestamp)", output_field=DateTimeField())
