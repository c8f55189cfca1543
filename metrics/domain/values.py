"""One value per learner, pillar and block for each measure: the learner's own mean of what the block produced.

One query per measure, added up in the database: pillar, learner, sum, how many. A session counts once the learner
has rated it in time, reflected on it, or confirmed that they met, and in the block in which that came (ADR 0030); a
rating that came late counts nowhere.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce, Least, TruncDate

from metrics.domain.spans import Span
from metrics.domain.standing import Roster
from metrics.models import Block, Measure
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


def within(span: Span, field: str) -> Q:
    """That a moment lies in the block."""
    return Q(**{f"{field}__gte": span.start, f"{field}__lt": span.end})


def _later_in(span: Span, one: str, other: str) -> Q:
    """That the later of two moments lies in the block; false where one has not come."""
    both_came = Q(**{f"{one}__lt": span.end, f"{other}__lt": span.end})
    return both_came & (Q(**{f"{one}__gte": span.start}) | Q(**{f"{other}__gte": span.start}))


def _confirmed_at(path: str = "") -> Least:
    """When the learner first showed that a session took place, NULL if never; `path` leads to it.

    A rating that was in before the reveal and was changed after it is late, and has confirmed the session all the same.
    """
    micro = OuterRef(f"{path}pk")
    in_time = Q(late=False) | Q(submitted_at__lt=OuterRef(f"{path}revealed_at"))
    rated = Rating.objects.filter(in_time, role=RatingRole.SELF, micro=micro)
    reflected = Reflection.objects.filter(micro=micro)
    return Least(
        f"{path}met_confirmed_at", Subquery(rated.values("submitted_at")), Subquery(reflected.values("saved_at"))
    )


def _touched(organization: Organization, span: Span, *moments: str) -> QuerySet[Any, Any]:
    """Sessions of which one of the moments, or a sign of the learner, lies in the block.

    All that settle in the block are among them, so that these are judged one by one and not the whole history.
    """
    ours = MicroSession.objects.filter(organization=organization).order_by()
    named = [ours.filter(within(span, moment)).values("pk") for moment in (*moments, "met_confirmed_at")]
    rated = Rating.objects.filter(within(span, "submitted_at"), role=RatingRole.SELF).values("micro")
    reflected = Reflection.objects.filter(within(span, "saved_at")).values("micro")
    return named[0].union(*named[1:], rated, reflected)


def _held(organization: Organization, span: Span) -> QuerySet[MicroSession]:
    """Sessions that count in the block: the one in which they had been held and confirmed, whichever came later.

    One that was held in an earlier block and entered after that one counts nowhere.
    """
    zone = span.start.tzinfo
    micros = MicroSession.objects.alias(
        confirmed_at=_confirmed_at(),
        held_on=TruncDate("started_at", tzinfo=zone),
        entered_on=TruncDate("created_at", tzinfo=zone),
    )
    one_block = Block.objects.filter(
        organization=organization, starts_on__lte=OuterRef("held_on"), ends_on__gte=OuterRef("entered_on")
    )
    entered_in_time = Q(logged=False) | Q(started_at__gte=span.start) | Exists(one_block)
    touched = _touched(organization, span, "started_at")
    return micros.filter(
        _later_in(span, "started_at", "confirmed_at"),
        entered_in_time,
        pk__in=touched,
        organization=organization,
        status__in=HELD,
    )


def _sessions(organization: Organization, span: Span, rosters: Mapping[int, Roster]) -> Values:
    """Sessions in four weeks; a learner who is enrolled and had none has 0."""
    found: Values = {pillar: dict.fromkeys(roster.cohort_of, 0.0) for pillar, roster in rosters.items()}
    rows = _held(organization, span).order_by().values_list(*_BY_LEARNER).annotate(n=Count("pk"))
    for pillar, learner, number in rows:
        if learner in found.get(pillar, {}):
            found[pillar][learner] = number / span.four_weeks
    return found


def _planned(organization: Organization, span: Span) -> QuerySet[MicroSession]:
    """Sessions held that count in the block, and those that came to nothing in it: their time and the word came.

    Without those entered afterwards that nobody had planned, and those that the end of an enrolment called off.
    """
    off = MicroSession.objects.alias(off_at=Coalesce("cancelled_at", "missed_at")).filter(
        _later_in(span, "scheduled_for", "off_at"),
        organization=organization,
        status__in=[Status.CANCELLED, Status.MISSED],
    )
    entered_afterwards = Q(logged=True, scheduled_for=F("started_at"))
    called_off = Q(
        status=Status.CANCELLED, enrolment__ended_on__lt=TruncDate("scheduled_for", tzinfo=span.start.tzinfo)
    )
    held = _held(organization, span).order_by().values("pk")
    either = held.union(off.order_by().values("pk"))
    return MicroSession.objects.filter(pk__in=either).exclude(entered_afterwards | called_off)


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
    """Of the sessions that count in the block those reflected on by its end; what is written later counts nowhere."""
    written = Count("pk", filter=Q(reflection__saved_at__lt=span.end))
    held = _held(organization, span)
    return held.order_by().values_list(*_BY_LEARNER).annotate(part=written, n=Count("pk"))


def _prompts(organization: Organization, when: Q, part: Q) -> Iterable[Row]:
    asked = Prompt.objects.filter(when, follow_up__organization=organization).order_by()
    people = asked.values_list("follow_up__enrolment__pillar", "follow_up__learner")
    return people.annotate(part=Count("pk", filter=part), n=Count("pk"))


def _answered(organization: Organization, span: Span) -> Iterable[Row]:
    """Of the questions sent whose first outcome came in the block, answer or silence, those answered by its end.

    What was told in a talk was not sent. An answer after the block to a question closed in it changes nothing.
    """
    missed = within(span, "missed_at")
    answered = within(span, "answered_at") & Q(missed_at=None, asked_at__isnull=False)
    return _prompts(organization, missed | answered, Q(answered_at__lt=span.end))


def _applied(organization: Organization, span: Span) -> Iterable[Row]:
    """Of all answers of the block, also those told in a talk."""
    return _prompts(organization, within(span, "answered_at") & Q(answer__in=CAME), Q(answer__in=APPLIED))


def _no_chance(organization: Organization, span: Span) -> Iterable[Row]:
    return _prompts(organization, within(span, "answered_at"), Q(answer=Prompt.Answer.NO_CHANCE))


_MICRO = "rating__micro__"
_BY_RATED = (f"{_MICRO}enrolment__pillar", f"{_MICRO}learner")


def _coach_scores(organization: Organization) -> QuerySet[Score]:
    """The coach's levels of ratings that count, in sessions that were held."""
    counted = Q(rating__role=RatingRole.COACH, rating__late=False, rating__submitted_at__isnull=False)
    held = Q(**{f"{_MICRO}organization": organization, f"{_MICRO}status__in": HELD})
    return Score.objects.filter(counted, held, level__isnull=False).order_by()


def _level(organization: Organization, span: Span) -> Iterable[Row]:
    """Of sessions that had been revealed and confirmed in the block, whichever came later."""
    scores = _coach_scores(organization).alias(confirmed_at=_confirmed_at(_MICRO))
    touched = _touched(organization, span, "revealed_at")
    scores = scores.filter(_later_in(span, f"{_MICRO}revealed_at", "confirmed_at"), rating__micro__in=touched)
    return scores.values_list(*_BY_RATED).annotate(part=Sum("level"), n=Count("pk"))


def _agreement(organization: Organization, span: Span) -> Iterable[Row]:
    """Criteria that both saw, and on which they are at most one level apart, of sessions revealed in the block.

    Where both rated in time, the session counts by then.
    """
    own = f"{_MICRO}ratings"
    level = F(f"{own}__scores__level")
    both = _coach_scores(organization).filter(
        within(span, f"{_MICRO}revealed_at"),
        **{
            f"{own}__role": RatingRole.SELF,
            f"{own}__late": False,
            f"{own}__submitted_at__isnull": False,
            f"{own}__scores__criterion": F("criterion"),
            f"{own}__scores__level__isnull": False,
        },
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
