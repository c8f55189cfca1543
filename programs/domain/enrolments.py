"""Enrolments: one learner with one coach in one cohort. Reassigning is a state change, and so is a substitute.

Moving to another cohort: `cohort_moves`.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta

from django.db import transaction
from django.db.models import F, QuerySet, Value
from django.db.models.functions import Greatest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coachhub.errors import Invalid, NotAllowed, WrongState
from programs import registry
from programs.access import Role
from programs.domain import agreements
from programs.domain.policies import check_manages
from programs.models import Cohort, Enrolment, Member, Program, Substitute, UsualSlot

MOVED_WITHIN = timedelta(weeks=4)
"""Whoever is enrolled again so soon goes on, and has moved (`cohort_moves`) the long way round."""


@dataclass(frozen=True)
class Slot:
    """A usual time: weekday (0 is Monday), wall time, IANA zone."""

    weekday: int
    starts_at: time
    timezone: str


@transaction.atomic
def enrol(
    cohort: Cohort,
    *,
    by: Member,
    learner: Member,
    coach: Member | None = None,
    starts_on: date | None = None,
    slots: Sequence[Slot] = (),
) -> Enrolment:
    """A learner joins a cohort, with a draft of the agreement once there is a coach.

    One who has moved there takes along what `taken_along` says; slots that are given count instead of those. Raises
    NotAllowed, Invalid on `learner` or `coach`, WrongState for a cohort that has ended or an archived program.
    """
    check_manages(by, cohort.organization_id)
    check_is_open(cohort)
    keep_open([cohort.program_id])
    Member.objects.select_for_update().get(pk=learner.pk)
    others = learner.enrolments.active().filter(pillar=cohort.program.pillar).select_related("cohort")
    check_can_learn(learner, cohort, beside=others.first())
    check_can_coach(coach, learner)
    enrolment = begun(cohort, learner, coach, starts_on)
    along = taken_along([enrolment])
    enrolment.save()
    if slots:
        _write_slots(enrolment, slots)
    else:
        UsualSlot.objects.bulk_create(along)
    agreements.draft(enrolment)
    return enrolment


@transaction.atomic
def reassign(enrolment: Enrolment, *, coach: Member | None, by: Member) -> Enrolment:
    """Another coach, or none for now. Planned sessions move with it; closed ones stay with who held them.

    The learner decides whether their past goes along. A substitute who becomes the coach stands in no more. Raises
    NotAllowed, WrongState, Invalid on `coach`.
    """
    return reassign_all([(enrolment, coach)], by=by)[0]


@transaction.atomic
def reassign_all(wanted: Sequence[tuple[Enrolment, Member | None]], *, by: Member) -> list[Enrolment]:
    """The same for hundreds, in a number of statements that is fixed. Raises what `reassign` raises."""
    rows = running([enrolment for enrolment, _coach in wanted], by=by)
    passed = []
    for enrolment, (_before, coach) in zip(rows, wanted, strict=True):
        former = enrolment.coach
        if former != coach:
            check_can_coach(coach, enrolment.learner)
            enrolment.coach, enrolment.shares_past_with_new_coach = coach, False
            passed.append((enrolment, former))
    changed = [enrolment for enrolment, _former in passed]
    if changed:
        Enrolment.objects.bulk_update(changed, ["coach", "shares_past_with_new_coach"])
        _need_no_substitute([enrolment.pk for enrolment in changed if enrolment.coach])
        agreements.end_all(changed)
        agreements.draft_all(changed)
        registry.on_reassign(passed, by)
    return rows


@transaction.atomic
def end(enrolment: Enrolment, *, by: Member) -> Enrolment:
    """The enrolment ends today; its record stays. Raises NotAllowed, WrongState."""
    return end_all([enrolment], by=by)[0]


@transaction.atomic
def end_all(wanted: Collection[Enrolment], *, by: Member) -> list[Enrolment]:
    """The same for hundreds, in a number of statements that is fixed. Raises what `end` raises."""
    rows, today = running(wanted, by=by), timezone.localdate()
    for enrolment in rows:
        enrolment.ended_on = max(today, enrolment.starts_on)
    if rows:
        ending = Enrolment.objects.filter(pk__in=[each.pk for each in rows])
        ending.update(ended_on=Greatest(Value(today), F("starts_on")))
        agreements.end_all(rows)
        registry.on_enrolment_end(rows, by)
    return rows


@transaction.atomic
def end_cohort(cohort: Cohort, *, by: Member) -> list[Enrolment]:
    """Everybody who still learns in a cohort that has ended. Raises NotAllowed, WrongState while it goes on."""
    check_manages(by, cohort.organization_id)
    if not cohort.has_ended:
        raise WrongState(_("%(cohort)s has not ended yet.") % {"cohort": cohort})
    return end_all(list(cohort.enrolments.active()), by=by)


@transaction.atomic
def name_substitute(enrolment: Enrolment, *, by: Member, coach: Member, starts_on: date, ends_on: date) -> Substitute:
    """Another coach for a time, who sees the plan and the last levels, nothing else.

    Sessions that the coach has planned for those days go to them. The same again is the same row. Raises NotAllowed,
    WrongState, Invalid on `coach` or `ends_on`.
    """
    [enrolment] = running([enrolment], by=by)
    check_can_coach(coach, enrolment.learner)
    if coach.pk == enrolment.coach_id:
        raise Invalid(_("%(name)s is the coach already.") % {"name": coach}, field="coach")
    if ends_on < starts_on:
        raise Invalid(_("This is before the first day."), field="ends_on")
    same = Substitute.objects.filter(enrolment=enrolment, coach=coach, starts_on=starts_on, ends_on=ends_on).first()
    substitute = same or Substitute.objects.create(
        organization_id=enrolment.organization_id, enrolment=enrolment, coach=coach,
        starts_on=starts_on, ends_on=ends_on, named_by=by,
    )  # fmt: skip
    registry.on_substitute(substitute, by)
    return substitute


@transaction.atomic
def remove_substitute(substitute: Substitute, *, by: Member) -> None:
    """The usual coach is back, and holds what is still planned with the substitute. Raises NotAllowed."""
    check_manages(by, substitute.organization_id)
    Enrolment.objects.select_for_update().get(pk=substitute.enrolment_id)  # its coach stays the same meanwhile
    _cut_short(Substitute.objects.filter(pk=substitute.pk))
    registry.on_reassign([(substitute.enrolment, substitute.coach)], by)


def stands_in_for(coach: Member) -> list[str]:
    """The learners for whom somebody is named as substitute, today or later. One query."""
    named = Substitute.objects.filter(coach=coach, ends_on__gte=timezone.localdate(), enrolment__ended_on=None)
    return sorted(set(named.values_list("enrolment__learner__name", flat=True)))


def stop_standing_in(coaches: Sequence[Member]) -> None:
    """Who leaves or no longer coaches stands in for nobody; what they have planned is for the apps above to hand on."""
    _cut_short(Substitute.objects.filter(coach__in=coaches))


def _need_no_substitute(enrolments: Collection[int]) -> None:
    """Whoever coaches these now no longer stands in there: what is planned would stay with them at the next change."""
    own = Substitute.objects.filter(enrolment__in=enrolments, coach=F("enrolment__coach"))
    if pks := list(own.filter(ends_on__gte=timezone.localdate()).values_list("pk", flat=True)):
        _cut_short(Substitute.objects.filter(pk__in=pks))


def _cut_short(named: QuerySet[Substitute]) -> None:
    """Those days that have passed stay: on them the substitute has seen the plan and the last levels."""
    today = timezone.localdate()
    named.filter(starts_on__gte=today).delete()
    named.filter(ends_on__gte=today).update(ends_on=today - timedelta(days=1))


@transaction.atomic
def share_past(enrolment: Enrolment, *, by: Member, share: bool) -> Enrolment:
    """The learner decides whether their past goes along to a new coach: when they met, plans and last levels.

    Raises NotAllowed, WrongState.
    """
    if by.pk != enrolment.learner_id or not by.is_active:
        raise NotAllowed(_("Only the learner decides this."))
    [enrolment] = _locked([enrolment])
    enrolment.shares_past_with_new_coach = share
    enrolment.save(update_fields=["shares_past_with_new_coach"])
    return enrolment


def running(enrolments: Collection[Enrolment], *, by: Member) -> list[Enrolment]:
    """For who manages them: the locked rows with their people, in the order given. Raises NotAllowed, WrongState."""
    for enrolment in enrolments:
        check_manages(by, enrolment.organization_id)
    return _locked(enrolments)


def _locked(enrolments: Collection[Enrolment]) -> list[Enrolment]:
    """The locked rows with their people, in the order given. Raises WrongState once one has ended."""
    pks = [enrolment.pk for enrolment in enrolments]
    list(Enrolment.objects.select_for_update().filter(pk__in=pks).order_by("pk").values_list("pk"))
    related = ("learner", "coach", "program__agreement_text")  # read after the wait: they may have changed with the row
    rows = Enrolment.objects.select_related(*related).in_bulk(pks)
    if any(enrolment.ended_on is not None for enrolment in rows.values()):
        raise WrongState(_("This enrolment has ended."))
    return [rows[pk] for pk in pks]


def begun(cohort: Cohort, learner: Member, coach: Member | None, starts_on: date | None = None) -> Enrolment:
    """An enrolment that is not saved yet; it starts today, or with its cohort."""
    return Enrolment(
        organization_id=cohort.organization_id, cohort=cohort, program=cohort.program, pillar=cohort.program.pillar,
        learner=learner, coach=coach, starts_on=starts_on or max(timezone.localdate(), cohort.starts_on),
    )  # fmt: skip


def taken_along(new: Sequence[Enrolment]) -> list[UsualSlot]:
    """Sets the difficulty of enrolments that are not saved yet, and returns usual slots to save after them.

    Both are of the enrolment with the same coach in the same pillar that ended within MOVED_WITHIN, if there is one.
    Two queries at most.
    """
    learners = [enrolment.learner_id for enrolment in new if enrolment.coach_id]
    ended = Enrolment.objects.filter(learner__in=learners, ended_on__gte=timezone.localdate() - MOVED_WITHIN)
    rows = ended.order_by("ended_on", "pk").prefetch_related("usual_slots")
    last = {(each.learner_id, each.coach_id, each.pillar_id): each for each in rows}
    moved = [(each, last.get((each.learner_id, each.coach_id, each.pillar_id))) for each in new]
    slots = []
    for enrolment, before in moved:
        if before:
            enrolment.difficulty = before.difficulty
            slots += [
                UsualSlot(enrolment=enrolment, weekday=slot.weekday, starts_at=slot.starts_at, timezone=slot.timezone)
                for slot in before.usual_slots.all()
            ]
    return slots


def check_is_open(cohort: Cohort) -> None:
    """Raises WrongState for a cohort that has ended."""
    if cohort.has_ended:
        raise WrongState(_("%(cohort)s has ended.") % {"cohort": cohort})


def keep_open(programs: Collection[int]) -> None:
    """Nobody archives these programs until the transaction ends; others may enrol meanwhile. One query.

    Raises WrongState for one that is archived.
    """
    rows = "SELECT id, name, archived_at FROM programs_program WHERE id = ANY(%s) ORDER BY id FOR SHARE"
    for program in Program.objects.raw(rows, [list(programs)]):
        if program.archived_at:
            raise WrongState(_("%(program)s is archived: restore it first.") % {"program": program})


def check_can_learn(learner: Member, cohort: Cohort, *, beside: Enrolment | None) -> None:
    """`beside` is the learner's active enrolment in the pillar, if there is one. Raises Invalid on `learner`."""
    if learner.organization_id != cohort.organization_id or not learner.is_active:
        raise Invalid(_("Choose an active member."), field="learner")
    if not learner.has_role(Role.LEARNER):
        raise Invalid(_("%(name)s does not have the role learner.") % {"name": learner}, field="learner")
    if beside:
        words = {"name": learner, "cohort": beside.cohort}
        raise Invalid(_("%(name)s learns this pillar already, in %(cohort)s.") % words, field="learner")


def check_can_coach(coach: Member | None, learner: Member) -> None:
    """None is no coach for now. Raises Invalid on `coach`."""
    if coach is None:
        return
    if coach.organization_id != learner.organization_id or not coach.is_active:
        raise Invalid(_("Choose an active member."), field="coach")
    if not coach.has_role(Role.COACH):
        raise Invalid(_("%(name)s does not have the role coach.") % {"name": coach}, field="coach")
    if coach.pk == learner.pk:
        raise Invalid(_("Nobody coaches themselves."), field="coach")


def _write_slots(enrolment: Enrolment, slots: Sequence[Slot]) -> None:
    UsualSlot.objects.bulk_create(
        UsualSlot(enrolment=enrolment, weekday=slot.weekday, starts_at=slot.starts_at, timezone=slot.timezone)
        for slot in dict.fromkeys(slots)
    )
