"""Program: a pillar taught with a cadence, a horizon and a target level. Cohort: the learners of one run of it."""

from typing import Any, Self

import pghistory
from django.db import models
from django.db.models import Count, F, OuterRef, Prefetch, Q, Subquery
from django.db.models.functions import Coalesce, Lower
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coachhub.triggers import Refuse, in_one_organization, stays
from programs.access import Role
from programs.models.agreements import AgreementText
from programs.models.organizations import Organization
from programs.models.people import Member
from programs.models.pillars import Pillar


class OwnedQuerySet[M: models.Model](models.QuerySet[M]):
    """Rows that belong to an organization and hold nothing about a person."""

    def visible_to(self, member: Member) -> Self:
        """What administrators manage; other roles reach it through their own enrolments."""
        if not (member.is_active and member.has_role(Role.ADMIN)):
            return self.none()
        return self.filter(organization=member.organization_id)


class ProgramQuerySet(OwnedQuerySet["Program"]):
    def with_numbers(self) -> "models.QuerySet[Program, Any]":
        """Each with `learners`, those with a running enrolment, and `groups`.

        Each counted apart: joined, each learner would meet each group, and beside a joined count the other would stand
        in GROUP BY and be counted anew for each learner. Either takes seconds to half a minute for 20,000.
        """
        groups = Cohort.objects.filter(program=OuterRef("pk")).order_by().values("program").values(number=Count("pk"))
        running = Count("enrolments", filter=Q(enrolments__ended_on=None))
        learners = Program.objects.filter(pk=OuterRef("pk")).order_by().values("pk").values(number=running)
        return self.annotate(learners=Subquery(learners), groups=Coalesce(Subquery(groups), 0))


@pghistory.track()
class Program(models.Model):
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="programs")
    pillar = models.ForeignKey(Pillar, on_delete=models.PROTECT, related_name="programs")
    name = models.CharField(_("name"), max_length=120)
    sessions_per_month = models.PositiveSmallIntegerField(_("sessions per learner in four weeks"), default=4)
    minutes = models.PositiveSmallIntegerField(_("minutes per session"), default=15)
    horizon_days = models.PositiveSmallIntegerField(_("days for which the skill must hold"), default=90)
    target_level = models.PositiveSmallIntegerField(_("target level"), default=3)
    agreement_text = models.ForeignKey(
        AgreementText, on_delete=models.PROTECT, null=True, blank=True, verbose_name=_("default agreement")
    )
    archived_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ProgramQuerySet.as_manager()

    class Meta:
        ordering = [Lower("name")]
        constraints = [
            models.UniqueConstraint("organization", Lower("name"), name="program_name_is_unique"),
            models.CheckConstraint(condition=Q(minutes__range=(10, 20)), name="program_lasts_10_to_20_minutes"),
            models.CheckConstraint(condition=Q(target_level__range=(1, 4)), name="program_target_is_on_scale"),
            models.CheckConstraint(condition=Q(horizon_days__range=(7, 730)), name="program_horizon_is_7_to_730_days"),
            models.CheckConstraint(condition=Q(sessions_per_month__range=(1, 20)), name="program_cadence_is_1_to_20"),
        ]
        triggers = [
            Refuse(
                name="own_or_standard_pillar",
                rule="a program teaches a standard pillar or one of its organization",
                unless="EXISTS (SELECT 1 FROM programs_pillar p WHERE p.id = NEW.pillar_id"
                " AND (p.organization_id IS NULL OR p.organization_id = NEW.organization_id))",
            ),
            in_one_organization(agreement_text_id="programs_agreementtext"),
            stays("organization_id", "pillar_id", name="teaches_what_it_taught", rule="a program keeps its pillar"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("manage:program-show", args=[self.pk])


class CohortQuerySet(OwnedQuerySet["Cohort"]):
    def reported_to(self, member: Member) -> Self:
        """Cohorts that the member manages: what is planned there, and who learns there."""
        if not (member.is_active and member.has_role(Role.MANAGER)):
            return self.none()
        return self.filter(managers=member)

    def open(self) -> Self:
        """Those that take learners: not ended, of a program that is not archived."""
        running = Q(ends_on=None) | Q(ends_on__gte=timezone.localdate())
        return self.filter(running, program__archived_at=None)

    def with_managers(self) -> Self:
        """Each with `managers`: those who are here and have the role."""
        return self.prefetch_related(Prefetch("managers", Member.objects.with_role(Role.MANAGER)))


@pghistory.track()
class Cohort(models.Model):
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="cohorts")
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="cohorts")
    name = models.CharField(_("name"), max_length=80)
    starts_on = models.DateField(_("starts"))
    ends_on = models.DateField(_("ends"), null=True, blank=True)
    managers = models.ManyToManyField(Member, through="CohortManager", related_name="managed_cohorts")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = CohortQuerySet.as_manager()

    class Meta:
        ordering = [Lower("name")]
        constraints = [
            models.UniqueConstraint("program", Lower("name"), name="cohort_name_is_unique_in_program"),
            models.CheckConstraint(
                condition=Q(ends_on=None) | Q(ends_on__gte=F("starts_on")), name="cohort_ends_after_it_starts"
            ),
        ]
        triggers = [
            in_one_organization(program_id="programs_program"),
            stays("organization_id", "program_id", name="stays_in_its_program", rule="a cohort keeps its program"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("manage:cohort-show", args=[self.pk])

    @property
    def has_ended(self) -> bool:
        """Nobody joins any more; who learns there goes on until their enrolment ends."""
        return self.ends_on is not None and self.ends_on < timezone.localdate()


@pghistory.track()
class CohortManager(models.Model):
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT)
    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE)
    manager = models.ForeignKey(Member, on_delete=models.PROTECT)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["cohort", "manager"], name="manager_once_per_cohort")]
        triggers = [in_one_organization(cohort_id="programs_cohort", manager_id="programs_member")]

    def __str__(self) -> str:
        return f"{self.manager}: {self.cohort}"
