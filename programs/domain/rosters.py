"""What a manager may know of a cohort that is no figure about people: who learns there, and what is planned.

Nothing here comes from sessions: two places that differ only in what people did give the same rosters and plans.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Lower
from django.http import Http404
from django.utils import timezone

from programs.models import Cohort, Enrolment, Member
from programs.models.enrolments import joined_on

type Learner = tuple[str, date]
"""A name, and since when that person learns there."""


@dataclass(frozen=True, slots=True)
class Plan:
    """A cohort as it was set up. `review_days`: after how many days an agreement is looked at again, if one is.

    `ends_on` is the last day on which somebody may join, if there is one.
    """

    cohort: int
    name: str
    program: str
    starts_on: date
    sessions: int
    minutes: int
    review_days: int | None
    ends_on: date | None

    @property
    def ended_on(self) -> date | None:
        """The last day, once it is past."""
        return self.ends_on if self.ends_on and self.ends_on < timezone.localdate() else None

    @property
    def review_on(self) -> date | None:
        """For those who agree on the first day; None once it is past, or without a default agreement.

        On which day each of them did agree is theirs and their coach's.
        """
        day = self.starts_on + timedelta(days=self.review_days or 0)
        return day if self.review_days and day >= timezone.localdate() else None


def plans_of(member: Member) -> tuple[Plan, ...]:
    """The cohorts that the member manages and that have not ended, by name. One query."""
    return _plans(Cohort.objects.reported_to(member).filter(_running()))


def learning_with(member: Member) -> tuple[Plan, ...]:
    """The same, and those that have ended while somebody still learns there: whom `roster_of` tells of. One query."""
    return _plans(managed_now(member))


def managed_now(member: Member) -> QuerySet[Cohort]:
    """The cohorts of `learning_with`."""
    learns = Exists(Enrolment.objects.active().filter(cohort=OuterRef("pk")))
    return Cohort.objects.reported_to(member).filter(_running() | learns)


def plan_of(member: Member, cohort: int) -> Plan:
    """Raises Http404 for a cohort that the member does not manage. One query."""
    found = _plans(Cohort.objects.reported_to(member).filter(pk=cohort))
    if not found:
        raise Http404
    return found[0]


def roster_of(member: Member, cohort: int) -> "QuerySet[Enrolment, Learner]":
    """Who learns now in a cohort that the member manages, by name."""
    people = rostered(member, cohort).order_by(Lower("learner__name"), "pk")
    return people.annotate(joined_on=joined_on()).values_list("learner__name", "joined_on")


def rostered(member: Member, cohort: int) -> QuerySet[Enrolment]:
    """The same people, in no order."""
    return Enrolment.objects.rostered_for(member).filter(cohort=cohort)


def _running() -> Q:
    return Q(ends_on=None) | Q(ends_on__gte=timezone.localdate())


def _plans(cohorts: QuerySet[Cohort]) -> tuple[Plan, ...]:
    rows = cohorts.order_by(Lower("name"), Lower("program__name"), "pk").values_list(
        "pk", "name", "program__name", "starts_on", "program__sessions_per_month", "program__minutes",
        "program__agreement_text__review_after_days", "ends_on",
    )  # fmt: skip
    return tuple(Plan(*values) for values in rows)
