"""Programs and their cohorts: what is taught, for how long, to whom, and who sees the figures."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coachhub.errors import Invalid, WrongState
from programs import registry
from programs.access import Role
from programs.domain import names
from programs.domain.known import Known, unasked
from programs.domain.policies import check_manages
from programs.models import AgreementText, Cohort, CohortManager, Member, Organization, Pillar, Program

PROGRAM = frozenset({"name", "sessions_per_month", "minutes", "horizon_days", "target_level"})
COHORT = frozenset({"name", "starts_on", "ends_on"})


@transaction.atomic
def create_program(organization: Organization, *, by: Member, pillar: Pillar, **fields: Any) -> Program:
    """A program with the organization's newest default agreement. Raises NotAllowed, Invalid on `name`."""
    check_manages(by, organization.pk)
    _clean_name(fields)
    default = AgreementText.objects.filter(organization=organization).order_by("created_at", "pk").last()
    with names.free(fields["name"]):
        return Program.objects.create(organization=organization, pillar=pillar, agreement_text=default, **fields)


@transaction.atomic
def change_program(program: Program, *, by: Member, known: Known[Program] = unasked, **fields: Any) -> Program:
    """Cadence, horizon, target, name; the pillar stays. Raises NotAllowed, Invalid on `name`, SavedMeanwhile."""
    check_manages(by, program.organization_id)
    program = Program.objects.select_for_update(no_key=True).get(pk=program.pk)
    known(program)
    return _save(program, fields, PROGRAM)


@transaction.atomic
def archive_program(program: Program, *, by: Member) -> Program:
    """Out of the lists; nothing of its history changes. Raises NotAllowed, WrongState while people learn in it."""
    check_manages(by, program.organization_id)
    program = Program.objects.select_for_update(no_key=True).get(pk=program.pk)  # whoever enrols has done so, or waits
    if program.enrolments.active().exists():
        raise WrongState(_("People still learn in this program: end their enrolments first."))
    Program.objects.filter(pk=program.pk, archived_at=None).update(archived_at=timezone.now())
    return Program.objects.get(pk=program.pk)


@transaction.atomic
def restore_program(program: Program, *, by: Member) -> Program:
    """Back into the lists. Raises NotAllowed."""
    check_manages(by, program.organization_id)
    Program.objects.filter(pk=program.pk).update(archived_at=None)
    return Program.objects.get(pk=program.pk)


@transaction.atomic
def create_cohort(program: Program, *, by: Member, managers: Iterable[Member] = (), **fields: Any) -> Cohort:
    """A cohort with its managers. Raises NotAllowed, Invalid on `name`, `ends_on` or `managers`."""
    check_manages(by, program.organization_id)
    _clean_name(fields)
    cohort = Cohort(organization_id=program.organization_id, program=program, **fields)
    _check_days(cohort, fields)
    with names.free(cohort.name):
        cohort.save()
    _set_managers(cohort, managers)
    return cohort


@transaction.atomic
def change_cohort(
    cohort: Cohort,
    *,
    by: Member,
    managers: Iterable[Member] | None = None,
    known: Known[Cohort] = unasked,
    **fields: Any,
) -> Cohort:
    """Name, dates, managers. Raises NotAllowed, Invalid on `managers` or on a field, SavedMeanwhile."""
    check_manages(by, cohort.organization_id)
    cohort = Cohort.objects.with_managers().select_for_update(no_key=True).get(pk=cohort.pk)
    known(cohort)
    cohort = _save(cohort, fields, COHORT)
    if managers is not None:
        _set_managers(cohort, managers)
        registry.on_managers_named(cohort)
        return Cohort.objects.with_managers().get(pk=cohort.pk)
    return cohort


def managers_of(cohort: Cohort) -> QuerySet[Member]:
    """Those who are here and have the role."""
    return Member.objects.with_role(Role.MANAGER).filter(managed_cohorts=cohort)


def leave_cohorts(managers: Sequence[Member]) -> None:
    """They manage none any more, since they leave or lose the role; who comes back begins with none."""
    CohortManager.objects.filter(manager__in=managers).delete()


def _set_managers(cohort: Cohort, managers: Iterable[Member]) -> None:
    """Only what changes is written, so that the history says who came and who went."""
    managers = list(dict.fromkeys(managers))
    for member in managers:
        if member.organization_id != cohort.organization_id or not member.is_active:
            raise Invalid(_("Choose active members."), field="managers")
        if not member.has_role(Role.MANAGER):
            raise Invalid(_("%(name)s does not have the role manager.") % {"name": member}, field="managers")
    kept = CohortManager.objects.filter(cohort=cohort)
    kept.exclude(manager__in=managers).delete()
    known = set(kept.values_list("manager", flat=True))
    for member in managers:
        if member.pk not in known:
            CohortManager.objects.create(organization_id=cohort.organization_id, cohort=cohort, manager=member)


def _save[M: (Program, Cohort)](row: M, fields: dict[str, Any], allowed: frozenset[str]) -> M:
    _clean_name(fields)
    given = fields.keys() & allowed
    for name in given:
        setattr(row, name, fields[name])
    if isinstance(row, Cohort):
        _check_days(row, fields)
    with names.free(row.name):
        row.save(update_fields=given)
    return row


def _check_days(cohort: Cohort, fields: dict[str, Any]) -> None:
    """At the last day, unless the first alone is given."""
    if not cohort.ends_on or cohort.ends_on >= cohort.starts_on:
        return
    if "starts_on" in fields and "ends_on" not in fields:
        raise Invalid(_("This is after the last day."), field="starts_on")
    raise Invalid(_("This is before the first day."), field="ends_on")


def _clean_name(fields: dict[str, Any]) -> None:
    """Put the clean name among the fields, if one is given."""
    if "name" in fields:
        fields["name"] = names.clean(fields["name"])
