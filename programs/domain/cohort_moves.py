"""Moving to another cohort of the pillar: the enrolment goes on as it is, and remembers where it was until when.

What coach and learner have together hangs on the enrolment and never asks for the cohort: sessions, plans, levels,
questions, usual times. Figures ask, about the first day of a block; rosters and decisions that are shared ask where
somebody learns now (docs/adr/0032).
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coachhub.errors import Invalid
from programs.domain import agreements, enrolments
from programs.domain.policies import check_manages
from programs.models import Cohort, Enrolment, FormerCohort, Member, Program

type Stay = tuple[int, date]
"""A cohort, and the first day elsewhere."""


@transaction.atomic
def move(enrolment: Enrolment, *, to: Cohort, by: Member) -> Enrolment:
    """From today on the learner belongs to another cohort of the pillar, of the same program or another one.

    Figures follow on the first day of one that starts later. Back before that day is over leaves no trace in them, also
    where the cohort has ended. Raises NotAllowed, Invalid on `cohort`, WrongState once the enrolment has ended, for
    another cohort that has, and for an archived program.
    """
    return move_all([(enrolment, to)], by=by)[0]


@transaction.atomic
def move_everybody(cohort: Cohort, *, to: Cohort, by: Member) -> list[Enrolment]:
    """All who learn in the cohort. Raises what `move` raises."""
    return _move([(row, to) for row in _there(cohort, cohort.enrolments.active(), by=by)])


def just_left(enrolment: Enrolment) -> QuerySet[FormerCohort, int]:
    """The cohort from which it came today, or will: into that one alone the move can be taken back."""
    former = enrolment.former_cohorts.filter(left_on__gte=timezone.localdate()).order_by("-left_on")
    return former.values_list("cohort", flat=True)[:1]


def newcomers(cohort: Cohort) -> QuerySet[Enrolment]:
    """Who learns in the cohort and came today, or will: their move can still be taken back."""
    came = FormerCohort.objects.filter(left_on__gte=timezone.localdate())
    return cohort.enrolments.active().filter(pk__in=came.values("enrolment"))


@transaction.atomic
def take_back(cohort: Cohort, *, by: Member) -> list[Enrolment]:
    """All newcomers go back where they were, as if they had never moved. Raises what `move` raises."""
    rows = _there(cohort, newcomers(cohort), by=by)
    came = FormerCohort.objects.filter(enrolment__in=rows, left_on__gte=timezone.localdate()).order_by("left_on")
    last = {each.enrolment_id: each.cohort for each in came.select_related("cohort__program")}
    return _move([(row, last[row.pk]) for row in rows if row.pk in last])


def _there(cohort: Cohort, chosen: QuerySet[Enrolment], *, by: Member) -> list[Enrolment]:
    """The locked rows of those who are still there after the wait: where somebody moved meanwhile, they stay."""
    check_manages(by, cohort.organization_id)
    return [row for row in enrolments.running(list(chosen), by=by) if row.cohort_id == cohort.pk]


@transaction.atomic
def move_all(wanted: Sequence[tuple[Enrolment, Cohort]], *, by: Member) -> list[Enrolment]:
    """The same for hundreds, each named once, in a number of statements that is fixed. Raises what `move` raises."""
    rows = enrolments.running([enrolment for enrolment, _to in wanted], by=by)
    return _move([(row, to) for row, (_before, to) in zip(rows, wanted, strict=True)])


def _move(wanted: Sequence[tuple[Enrolment, Cohort]]) -> list[Enrolment]:
    """Of rows that are locked."""
    moved = [(row, to) for row, to in wanted if row.cohort_id != to.pk]
    before = _stays([row for row, _to in moved])
    back = {row.pk for row, to in moved if _is_back(before[row.pk], to)}
    for row, to in moved:
        if row.pk not in back:
            enrolments.check_is_open(to)
        if to.organization_id != row.organization_id or to.program.pillar_id != row.pillar_id:
            raise Invalid(_("Choose a cohort of the same pillar."), field="cohort")
    if moved:
        enrolments.keep_open({to.program_id for _row, to in moved})
        _remember(moved, before)
        _put(moved, back)
    return [row for row, _to in wanted]


def _is_back(before: Mapping[int, Stay], to: Cohort) -> bool:
    """Whether the enrolment came from there today, or will: going back is taking the move back."""
    return any(cohort == to.pk and left_on >= timezone.localdate() for cohort, left_on in [*before.values()][-1:])


def _remember(moved: Collection[tuple[Enrolment, Cohort]], before: Mapping[int, Mapping[int, Stay]]) -> None:
    today = timezone.localdate()
    stays = {row.pk: _until(before[row.pk], row, max(today, to.starts_on), to.pk) for row, to in moved}
    stale = [pk for row, _to in moved for pk, stay in before[row.pk].items() if stay not in stays[row.pk]]
    FormerCohort.objects.filter(pk__in=stale).delete()
    FormerCohort.objects.bulk_create(
        FormerCohort(organization_id=row.organization_id, enrolment=row, cohort_id=cohort, left_on=left_on)
        for row, _to in moved
        for cohort, left_on in stays[row.pk]
        if (cohort, left_on) not in before[row.pk].values()
    )


def _stays(rows: Collection[Enrolment]) -> Mapping[int, dict[int, Stay]]:
    """By enrolment and the row's own number, the earliest first. One query."""
    found: dict[int, dict[int, Stay]] = defaultdict(dict)
    former = FormerCohort.objects.filter(enrolment__in=rows).order_by("left_on")
    for enrolment, pk, cohort, left_on in former.values_list("enrolment", "pk", "cohort", "left_on"):
        found[enrolment][pk] = (cohort, left_on)
    return found


def _until(before: Mapping[int, Stay], row: Enrolment, day: date, to: int) -> list[Stay]:
    """Where the enrolment was up to that day, on which it comes to `to`."""
    found: list[Stay] = []
    since = row.starts_on
    for cohort, left_on in [*before.values(), (row.cohort_id, day)]:
        if since < day:
            found.append((cohort, min(left_on, day)))
        since = left_on
    if found and found[-1][0] == to:  # back before it was gone
        found.pop()
    return found


def _put(moved: Collection[tuple[Enrolment, Cohort]], back: Collection[int]) -> None:
    other_program = [row for row, to in moved if row.program_id != to.program_id]
    programs = Program.objects.select_related("agreement_text").in_bulk([to.program_id for _row, to in moved])
    for row, to in moved:
        row.cohort, row.program = to, programs[to.program_id]  # read after `keep_open`, as its words are
    Enrolment.objects.bulk_update([row for row, _to in moved], ["cohort", "program"])
    if other_program:
        agreements.follow_programs(other_program, back=back)
