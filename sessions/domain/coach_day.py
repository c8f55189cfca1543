"""A coach's day: what stands over, on and under the cards of Today."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Count, Max, Min, OuterRef, Q, QuerySet, Subquery
from django.utils import timezone

from coachhub.prepared import AnyOf, prepared
from programs.models import Agreement, Enrolment, Member
from sessions.domain import who_plans
from sessions.domain.day import local_day, waiting_since
from sessions.domain.glimpse import Glimpse, columns_of
from sessions.models import HELD, MicroSession, Rating, RatingRole, Status

SOON = timedelta(minutes=30)
PASSED = timedelta(hours=1)
TELL_FOR = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Coached:
    """One of the coach's running enrolments, or of those for which they stand in today.

    `since` is the end of the last session that they know of as its coach, else the enrolment's start; `met` says which.
    `until` is the last day on which they stand in, None for their own. `next_at` is the next planned session's time.
    `taken_over` is when the coach got it from another one, if that was in the last days and they have not met since.
    """

    pk: int
    learner_id: int
    learner: str
    pillar: str
    since: datetime
    met: bool
    has_next: bool
    next_at: datetime | None
    until: date | None
    taken_over: datetime | None


@dataclass(frozen=True)
class CoachDay:
    """What Today tells a coach, earliest first: `open` needs something, `passed` was planned for a time more than an
    hour ago and never started, `later` is planned for the rest of the day, and of `asked` the learner would like
    another time; those of `open` and `passed` may want one too."""

    sessions: int
    open: list[Glimpse]
    passed: list[Glimpse]
    later: list[Glimpse]
    asked: list[Glimpse]
    enrolments: list[Coached]

    @property
    def learners(self) -> int:
        """How many people, in whatever number of programs."""
        return len({each.learner_id for each in self.enrolments})

    @property
    def standing_in(self) -> list[Coached]:
        """Those of other coaches, by name."""
        return sorted((each for each in self.enrolments if each.until), key=lambda each: (each.learner, each.pk))

    @property
    def taken_over(self) -> list[Coached]:
        """The own ones that were another coach's until lately, the newest first."""
        dated = [(each.taken_over, each.pk, each) for each in self.enrolments if each.taken_over]
        return [each for _at, _pk, each in sorted(dated, reverse=True)]

    @property
    def waiting(self) -> list[Coached]:
        """The own ones with nothing planned or running, the longest wait first."""
        own = (each for each in self.enrolments if each.until is None)
        return sorted((each for each in own if not each.has_next), key=lambda each: each.since)

    def still_plans(self, micro: Glimpse) -> bool:
        """Whether its time can be changed: once that has passed, it stays with who was to hold it, coach or not."""
        ahead = micro.scheduled_for > timezone.now()
        return ahead or any(micro.enrolment == each.pk for each in self.enrolments)

    def is_own(self, micro: Glimpse) -> bool:
        """Whether it is of an enrolment of the coach's, and not held as substitute."""
        return any(micro.enrolment == each.pk for each in self.enrolments if each.until is None)


def coach_day(member: Member) -> CoachDay:
    """The local day's sessions, those that are running, unfinished, sealed or to be moved, and every enrolment.

    Two queries.
    """
    now = timezone.now()
    start, end = local_day(timezone.localtime(now))
    soon = now + SOON
    rows = [Glimpse(*row) for row in _sessions(member, start, end, max(end, soon))]
    planned = [micro for micro in rows if micro.status == Status.PLANNED]
    ahead = [micro for micro in planned if micro.scheduled_for > soon]
    passed = [micro for micro in planned if micro.scheduled_for < now - PASSED]
    done = [micro for micro in rows if micro.status == Status.CLOSED and micro.is_revealed]
    aside = {micro.pk for micro in (*ahead, *passed, *done)}
    return CoachDay(
        sessions=sum(start <= micro.scheduled_for < end for micro in rows),
        open=[micro for micro in rows if micro.pk not in aside],
        passed=passed,
        later=[micro for micro in ahead if micro.scheduled_for < end],
        asked=[micro for micro in ahead if micro.move_asked_at],
        enrolments=_coached(member, now),
    )


@prepared
def _sessions(
    member: Member, start: datetime, end: datetime, last: datetime
) -> QuerySet[MicroSession, tuple[Any, ...]]:
    """Those of the day from `start` to `end`, planned ones to `last`, and those that want something."""
    of_today = Q(status=Status.CLOSED, scheduled_for__gte=start, scheduled_for__lt=end)
    to_come = Q(status=Status.PLANNED) & (Q(scheduled_for__lt=last) | Q(move_asked_at__isnull=False))
    unfinished = Q(status__in=[Status.RUNNING, Status.CLOSING]) | Q(status=Status.CLOSED, revealed_at=None)
    mine = MicroSession.objects.coached_by(member).filter(unfinished | to_come | of_today)
    return columns_of(mine.order_by("scheduled_for"), "learner")


def _coached(member: Member, now: datetime) -> list[Coached]:
    """One query."""
    rows = _enrolments(member, now, timezone.localdate(now))
    return [
        Coached(
            *(pk, learner, name, pillar, waiting_since(starts_on, held), held is not None, next_ones > 0, next_at),
            until=None if coach == member.pk else until,
            taken_over=agreed_at if former not in (None, member.pk) and _is_news(agreed_at, held, now) else None,
        )
        for pk, coach, learner, name, pillar, starts_on, held, next_ones, next_at, until, agreed_at, former in rows
    ]


def _is_news(agreed_at: datetime | None, held: datetime | None, now: datetime) -> bool:
    return agreed_at is not None and agreed_at > now - TELL_FOR and (held is None or held < agreed_at)


@prepared
def _enrolments(member: Member, now: datetime, today: date) -> QuerySet[Enrolment, tuple[Any, ...]]:
    """The coach's, and those for which they stand in today."""
    coming = Q(micro_sessions__status=Status.PLANNED, micro_sessions__scheduled_for__gte=now)
    agreed = Agreement.objects.filter(enrolment=OuterRef("pk"))  # one is drafted for each coach, the former's ends
    known = Q(micro_sessions__coach=member) | Q(coach=member, shares_past_with_new_coach=True)
    rows = who_plans.plannable_rows(member, first=today, last=today).annotate(
        held=Max("micro_sessions__ended_at", filter=known),
        next_ones=Count("micro_sessions", filter=coming | Q(micro_sessions__status=Status.RUNNING)),
        next_at=Min("micro_sessions__scheduled_for", filter=coming),
        until=who_plans.last_day(member, on=today),
        agreed_at=Subquery(agreed.filter(coach=member).exclude(status=Agreement.Status.ENDED).values("created_at")),
        former=Subquery(agreed.filter(status=Agreement.Status.ENDED).order_by("-ended_at", "-pk").values("coach")[:1]),
    )
    return rows.values_list(
        *("pk", "coach", "learner", "learner__name", "pillar__short", "starts_on", "held", "next_ones", "next_at"),
        *("until", "agreed_at", "former"),
    )


@dataclass(frozen=True, slots=True)
class Unrated:
    """A session that waits for its coach's rating, and how many behaviours there are to rate."""

    micro: Glimpse
    behaviours: int


def waiting_for_coach(micros: Collection[Glimpse]) -> list[Unrated]:
    """Of these sessions the sealed ones, running or held, that the learner has rated and the coach has not, the longest
    wait first. One query, or none."""
    begun = (Status.RUNNING, *HELD)
    sealed = [micro for micro in micros if micro.status in begun and not micro.is_revealed]
    rated = _handed_in([micro.pk for micro in sealed]) if sealed else []
    counts = {(pk, role): count for pk, role, count in rated}
    found = [
        Unrated(micro, counts[micro.pk, RatingRole.SELF])
        for micro in sealed
        if (micro.pk, RatingRole.SELF) in counts and (micro.pk, RatingRole.COACH) not in counts
    ]
    return sorted(found, key=lambda each: (each.micro.ended_at or each.micro.scheduled_for, each.micro.pk))


@prepared
def _handed_in(micros: list[int]) -> QuerySet[Rating, tuple[Any, ...]]:
    """Session and side of each rating, with the number of behaviours."""
    rated = Rating.objects.filter(micro=AnyOf(micros), submitted_at__isnull=False)
    return rated.values_list("micro", "role").annotate(Count("micro__rubric__criteria"))
