"""Moving to another cohort of the pillar: the enrolment goes on as it is, and remembers where it was until when.

What coach and learner have together hangs on the enrolment and never asks for the cohort: sessions, plans, levels,
questions, usual times. Only figures ask, about the first day of a block (docs/adr/0032).
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
from programs.models import Cohort, Enrolment, FormerCohort, Member, Program

type Stay = tuple[int, date]
"""A cohort, and the first day elsewhere."""


@transaction.atomic
def move(enrolment: Enrolment, *, to: Cohort, by: Member) -> Enrolment:
    """From today on the learner belongs to another cohort of the pillar, of the same program or another one.

    One that starts later takes them on its first day. Back before that day is over leaves no trace, also where the
    cohort has ended. Raises NotAllowed, Invalid on `cohort`, WrongState once the enrolment has ended, for another
    cohort that has, and for an archived program.
    """
    return move_all([(enrolment, to)], by=by)[0]


@transaction.atomic
def move_everybody(cohort: Cohort, *, to: Cohort, by: Member) -> list[Enrolment]:
    """All who learn in the cohort. Raises what `move` raises."""
    return move_all([(enrolment, to) for enrolment in cohort.enrolments.active()], by=by)


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
    rows = list(newcomers(cohort))
    former = FormerCohort.objects.filter(enrolment__in=rows).order_by("left_on").select_related("cohort__program")
    last = {each.enrolment_id: each.cohort for each in former}
    return move_all([(row, last[row.pk]) for row in rows], by=by)


@transaction.atomic
def move_all(wanted: Sequence[tuple[Enrolment, Cohort]], *, by: Member) -> list[Enrolment]:
    """The same for hundreds, in a number of statements that is fixed. Raises what `move` raises."""
    rows = enrolments.running([enrolment for enrolment, _to in wanted], by=by)
    moved = [(row, to) for row, (_before, to) in zip(rows, wanted, strict=True) if row.cohort_id != to.pk]
    before = _stays([row for row, _to in moved])
    for row, to in moved:
        if not _is_back(before[row.pk], to):
            enrolments.check_is_open(to)
        if to.organization_id != row.organization_id or to.program.pillar_id != row.pillar_id:
            raise Invalid(_("Choose a cohort of the same pillar."), field="cohort")
    if moved:
        enrolments.keep_open({to.program_id for _row, to in moved})
        _remember(moved, before)
        _put(moved)
    return rows


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


def _put(moved: Collection[tuple[Enrolment, Cohort]]) -> None:
    other_program = [row for row, to in moved if row.program_id != to.program_id]
    programs = Program.objects.select_related("agreement_text").in_bulk([to.program_id for _row, to in moved])
    for row, to in moved:
        row.cohort, row.program = to, programs[to.program_id]  # read after `keep_open`, as its words are
    Enrolment.objects.bulk_update([row for row, _to in moved], ["cohort", "program"])
    if other_program:
        agreements.follow_programs(other_program)
