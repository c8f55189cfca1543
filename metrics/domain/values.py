"""One value per learner, pillar and block for each measure: the learner's own mean of what the block produced.

One query per measure, added up in the database: pillar, learner, sum, how many. A session counts once the learner
has rated it in time, reflected on it, or confirmed that they met; a rating that came late counts nowhere.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import TruncDate

from metrics.domain.spans import Span
from metrics.domain.standing import Roster
from metrics.models import Measure
from programs.models import Organization
from sessions.domain.chances import APPLIED, CAME
from sessions.models import (
    HELD,
    MicroMove,
    MicroSession,
    MoveReason,
    Prompt,
    Rating,
    RatingRole,
    Reflection,
    Score,
    Status,
)

type Row = tuple[int, int, int, int]
"""Pillar, learner, sum, how many."""
type Values = dict[int, dict[int, float]]
"""Pillar → learner → value."""

_BY_LEARNER = ("enrolment__pillar", "learner")


def values_of(organization: Organization, span: Span, rosters: Mapping[int, Roster]) -> dict[str, Values]:
    """Measure → pillar → learner → value, on the measure's scale. Nine queries."""
    found = {measure: _ratios(rows(organization, span)) for measure, rows in _ROWS.items()}
    found[Measure.SESSIONS] = _sessions(organization, span, rosters)
    return found


def _ratios(rows: Iterable[Row]) -> Values:
    found: Values = defaultdict(dict)
    for pillar, learner, part, number in rows:
        found[pillar][learner] = part / number
    return found


def _in(span: Span, field: str) -> Q:
    return Q(**{f"{field}__gte": span.start, f"{field}__lt": span.end})


def _counting(path: str = "") -> Q:
    """That a session counts; `path` leads to it. Judged per session, before anything is joined to it."""
    micro = OuterRef(f"{path}pk")
    rated = Rating.objects.counted().filter(role=RatingRole.SELF, micro=micro)
    reflected = Reflection.objects.filter(micro=micro, saved_at__isnull=False)
    return Q(**{f"{path}met_confirmed_at__isnull": False}) | Exists(rated) | Exists(reflected)


def _held(organization: Organization, span: Span) -> QuerySet[MicroSession]:
    """Sessions of the block that count."""
    return MicroSession.objects.filter(_counting(), _in(span, "started_at"), organization=organization, status__in=HELD)


def _sessions(organization: Organization, span: Span, rosters: Mapping[int, Roster]) -> Values:
    """Sessions in four weeks; a learner who is enrolled and had none has 0."""
    found: Values = {pillar: dict.fromkeys(roster.cohort_of, 0.0) for pillar, roster in rosters.items()}
    rows = _held(organization, span).order_by().values_list(*_BY_LEARNER).annotate(n=Count("pk"))
    for pillar, learner, number in rows:
        if learner in found.get(pillar, {}):
            found[pillar][learner] = number / span.four_weeks
    return found


def _planned(organization: Organization, span: Span) -> QuerySet[MicroSession]:
    """Sessions whose time came in the block, held or not.

    Without those entered afterwards that nobody had planned, those that the end of an enrolment called off, and
    those held that nobody confirmed.
    """
    entered_afterwards = Q(logged=True, scheduled_for=F("started_at"))
    called_off = Q(
        status=Status.CANCELLED, enrolment__ended_on__lt=TruncDate("scheduled_for", tzinfo=span.start.tzinfo)
    )
    missed = Q(status__in=[Status.CANCELLED, Status.MISSED])
    return MicroSession.objects.filter(
        missed | Q(status__in=HELD) & _counting(), _in(span, "scheduled_for"), organization=organization
    ).exclude(entered_afterwards | called_off)


def _kept(organization: Organization, span: Span) -> Iterable[Row]:
    """Held, at the time that was planned first."""
    moved = Exists(MicroMove.objects.filter(micro=OuterRef("pk")))
    kept = Count("pk", filter=Q(status__in=HELD, moved=False))
    planned = _planned(organization, span).alias(moved=moved)
    return planned.order_by().values_list(*_BY_LEARNER).annotate(part=kept, n=Count("pk"))


def _queue(organization: Organization, span: Span) -> Iterable[Row]:
    moved = Exists(MicroMove.objects.filter(micro=OuterRef("pk"), reason=MoveReason.QUEUE))
    planned = _planned(organization, span).alias(moved=moved)
    return planned.order_by().values_list(*_BY_LEARNER).annotate(part=Count("pk", filter=Q(moved=True)), n=Count("pk"))


def _reflected(organization: Organization, span: Span) -> Iterable[Row]:
    written = Count("pk", filter=Q(reflection__saved_at__isnull=False))
    held = _held(organization, span)
    return held.order_by().values_list(*_BY_LEARNER).annotate(part=written, n=Count("pk"))


def _prompts(organization: Organization, when: Q, part: Q) -> Iterable[Row]:
    asked = Prompt.objects.filter(when, follow_up__organization=organization).order_by()
    people = asked.values_list("follow_up__enrolment__pillar", "follow_up__learner")
    return people.annotate(part=Count("pk", filter=part), n=Count("pk"))


def _answered(organization: Organization, span: Span) -> Iterable[Row]:
    """Of the prompts sent in the block that are answered or past answering; what was told in a talk was not sent."""
    done = Q(status__in=[Prompt.Status.ANSWERED, Prompt.Status.MISSED])
    return _prompts(organization, _in(span, "asked_at") & done, Q(status=Prompt.Status.ANSWERED))


def _applied(organization: Organization, span: Span) -> Iterable[Row]:
    """Of all answers of the block, also those told in a talk."""
    return _prompts(organization, _in(span, "answered_at") & Q(answer__in=CAME), Q(answer__in=APPLIED))


def _no_chance(organization: Organization, span: Span) -> Iterable[Row]:
    return _prompts(organization, _in(span, "answered_at"), Q(answer=Prompt.Answer.NO_CHANCE))


_MICRO = "rating__micro__"
_BY_RATED = (f"{_MICRO}enrolment__pillar", f"{_MICRO}learner")


def _coach_scores(organization: Organization, span: Span) -> QuerySet[Score]:
    """The coach's levels of ratings that count, in sessions revealed in the block."""
    counted = Q(rating__role=RatingRole.COACH, rating__late=False, rating__submitted_at__isnull=False)
    held = Q(**{f"{_MICRO}organization": organization, f"{_MICRO}status__in": HELD})
    return Score.objects.filter(counted, held, _in(span, f"{_MICRO}revealed_at"), level__isnull=False).order_by()


def _level(organization: Organization, span: Span) -> Iterable[Row]:
    scores = _coach_scores(organization, span).filter(_counting(_MICRO))
    return scores.values_list(*_BY_RATED).annotate(part=Sum("level"), n=Count("pk"))


def _agreement(organization: Organization, span: Span) -> Iterable[Row]:
    """Criteria that both saw, and on which they are at most one level apart. Where both rated, the session counts."""
    own = f"{_MICRO}ratings"
    level = F(f"{own}__scores__level")
    both = _coach_scores(organization, span).filter(
        **{
            f"{own}__role": RatingRole.SELF,
            f"{own}__late": False,
            f"{own}__submitted_at__isnull": False,
            f"{own}__scores__criterion": F("criterion"),
            f"{own}__scores__level__isnull": False,
        }
    )
    near = Count("pk", filter=Q(level__gte=level - 1, level__lte=level + 1))
    return both.values_list(*_BY_RATED).annotate(part=near, n=Count("pk"))


_ROWS: dict[str, Callable[[Organization, Span], Iterable[Row]]] = {
    Measure.KEPT: _kept,
    Measure.QUEUE: _queue,
    Measure.REFLECTED: _reflected,
    Measure.ANSWERED: _answered,
    Measure.APPLIED: _applied,
    Measure.NO_CHANCE: _no_chance,
    Measure.LEVEL: _level,
    Measure.AGREEMENT: _agreement,
}
