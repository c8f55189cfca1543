"""When coach and learner are not free: what is planned or running, as spans of time."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Self

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from programs.models import Member, Substitute
from sessions.domain.times import clock
from sessions.models import MicroSession, Status

LONGEST = timedelta(minutes=20)  # a planned session


@dataclass(frozen=True, slots=True)
class Span:
    """A planned or running session of the coach or one of the learners; `name` is "" unless the coach holds it."""

    start: datetime
    end: datetime
    coach_id: int
    learner_id: int
    name: str = ""
    micro_id: int | None = None

    def overlaps(self, start: datetime, end: datetime) -> bool:
        return self.start < end and start < self.end


@dataclass(frozen=True, slots=True)
class Busy:
    """What stands in the way of `coach` and some learners."""

    coach: Member
    spans: list[Span] = field(default_factory=list)

    @classmethod
    def of(cls, coach: Member, learners: Iterable[int], *, first: datetime, last: datetime) -> Self:
        """Spans that touch `first` to `last`. One query. Of another coach's session nothing but its time is kept.

        Everybody counts on either side: a coach may be coached, a learner may coach.
        """
        everybody = [coach.pk, *learners]
        people = Q(coach__in=everybody) | Q(learner__in=everybody)
        rows = MicroSession.objects.filter(
            people,
            status__in=[Status.PLANNED, Status.RUNNING],
            scheduled_for__gt=first - LONGEST,
            scheduled_for__lt=last,
        ).select_related("learner")
        return cls(coach, [_span(micro, coach) for micro in rows])

    def clash(self, start: datetime, minutes: int, *, learner: Member, but: int | None = None) -> str:
        """A sentence about what is in the way, "" when both are free. `but` is a session not to count."""
        end = start + timedelta(minutes=minutes)
        for span in self.spans:
            counts = span.micro_id is None or span.micro_id != but
            if counts and span.overlaps(start, end) and (sentence := self._about(span, learner)):
                return sentence
        return ""

    def _about(self, span: Span, learner: Member) -> str:
        """Why that span is in the way; of another coach's session no more than that the learner is not free."""
        if span.coach_id == self.coach.pk and span.learner_id == learner.pk:
            return _("Already planned at %(time)s") % {"time": clock(span.start)}
        if span.coach_id == self.coach.pk:
            return _("You have %(name)s at %(time)s") % {"name": span.name, "time": clock(span.start)}
        if span.learner_id == self.coach.pk:
            return _("You are coached yourself at %(time)s") % {"time": clock(span.start)}
        if learner.pk in (span.learner_id, span.coach_id):
            return _("%(name)s is not free then") % {"name": learner.name}
        return ""

    def take(self, start: datetime, minutes: int, *, learner: Member) -> None:
        """Count a proposal too, so that the next one sees it."""
        end = start + timedelta(minutes=minutes)
        self.spans.append(Span(start, end, self.coach.pk, learner.pk, learner.name))


def _span(micro: MicroSession, coach: Member) -> Span:
    name = micro.learner.name if micro.coach_id == coach.pk else ""
    end = micro.scheduled_for + timedelta(minutes=micro.minutes_planned)
    return Span(micro.scheduled_for, end, micro.coach_id, micro.learner_id, name, micro.pk)


def clash_of(micro: MicroSession) -> str:
    """What is in the way of a planned session, "" when nothing is. One query."""
    last = micro.scheduled_for + timedelta(minutes=micro.minutes_planned)
    busy = Busy.of(micro.coach, [micro.learner_id], first=micro.scheduled_for, last=last)
    return busy.clash(micro.scheduled_for, micro.minutes_planned, learner=micro.learner, but=micro.pk)


def doubled(substitutes: Sequence[Substitute]) -> dict[int, list[datetime]]:
    """When each of them holds a session of the enrolment they stand in for and has another one at that time.

    Of the other one nothing is told. One query for any number of them.
    """
    coaches = {each.coach_id for each in substitutes}
    if not coaches:
        return {}
    theirs = MicroSession.objects.filter(
        Q(coach__in=coaches) | Q(learner__in=coaches),
        status__in=[Status.PLANNED, Status.RUNNING],
        scheduled_for__gt=timezone.now() - LONGEST,
    )
    taken: dict[int, list[MicroSession]] = defaultdict(list)
    for micro in theirs.order_by("scheduled_for", "pk"):
        for person in {micro.coach_id, micro.learner_id} & coaches:
            taken[person].append(micro)
    return {each.pk: _twice(each, taken[each.coach_id]) for each in substitutes}


def _twice(substitute: Substitute, theirs: Sequence[MicroSession]) -> list[datetime]:
    stands_in = [m for m in theirs if (m.enrolment_id, m.coach_id) == (substitute.enrolment_id, substitute.coach_id)]
    return [micro.scheduled_for for micro in stands_in if any(_meet(micro, other) for other in theirs)]


def _meet(micro: MicroSession, other: MicroSession) -> bool:
    return micro.pk != other.pk and micro.scheduled_for < other.ends_at and other.scheduled_for < micro.ends_at
