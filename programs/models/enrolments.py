"""Enrolment: one learner with one coach in one cohort, with dates and usual slots."""

from datetime import date
from typing import Self

import pghistory
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from coachhub.triggers import Refuse, in_one_organization, stays
from programs.access import Role
from programs.models.organizations import Organization, validate_timezone
from programs.models.people import Member
from programs.models.pillars import Pillar
from programs.models.programs import Cohort, Program


class EnrolmentQuerySet(models.QuerySet["Enrolment"]):
    def active(self) -> Self:
        """Enrolments that run now."""
        return self.filter(ended_on=None)

    def visible_to(self, member: Member) -> Self:
        """Enrolments the member coaches or learns in: the pair's shared place."""
        return self.filter(Q(coach=member) | Q(learner=member))

    def coached_by(self, member: Member) -> Self:
        """Enrolments whose coach the member is now."""
        return self.filter(coach=member)

    def planned_by(self, member: Member, *, on: date) -> Self:
        """Enrolments for which the member may plan on that date: the coach's own, and as named substitute."""
        substitute = Q(substitutes__coach=member, substitutes__starts_on__lte=on, substitutes__ends_on__gte=on)
        return self.filter(Q(coach=member) | substitute).distinct()

    def managed_by(self, member: Member) -> Self:
        """Enrolments an administrator assigns: who, with whom, when; nothing of what happens in them."""
        if not (member.is_active and member.has_role(Role.ADMIN)):
            return self.none()
        return self.filter(organization=member.organization_id)

    def rostered_for(self, member: Member) -> Self:
        """Who learns now in the cohorts that the member manages; a door to names and dates, and to nothing else."""
        return self.active().filter(cohort__in=Cohort.objects.reported_to(member))


@pghistory.track()
class Enrolment(models.Model):
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="enrolments")
    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="enrolments")
    program = models.ForeignKey(Program, on_delete=models.PROTECT, related_name="enrolments")
    pillar = models.ForeignKey(Pillar, on_delete=models.PROTECT, related_name="enrolments")
    learner = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="enrolments")
    coach = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, related_name="coached_enrolments")
    starts_on = models.DateField(_("starts"))
    ended_on = models.DateField(_("ended"), null=True, blank=True)
    difficulty = models.PositiveSmallIntegerField(_("difficulty"), default=1)
    shares_past_with_new_coach = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["learner", "pillar"],
                condition=Q(ended_on=None),
                name="enrolment_one_active_per_pillar",
            ),
            models.CheckConstraint(condition=Q(coach=None) | ~Q(learner=F("coach")), name="enrolment_has_two_people"),
            models.CheckConstraint(
                condition=Q(ended_on=None) | Q(ended_on__gte=F("starts_on")),
                name="enrolment_ends_after_it_starts",
            ),
            models.CheckConstraint(condition=Q(difficulty__range=(1, 4)), name="enrolment_difficulty_is_1_to_4"),
        ]
        indexes = [models.Index(fields=["coach", "ended_on"]), models.Index(fields=["cohort", "ended_on"])]
        triggers = [
            in_one_organization(
                cohort_id="programs_cohort",
                program_id="programs_program",
                learner_id="programs_member",
                coach_id="programs_member",
            ),
            Refuse(
                name="cohort_program_and_pillar_match",
                rule="cohort, program and pillar of an enrolment belong together",
                unless="EXISTS (SELECT 1 FROM programs_cohort c JOIN programs_program p ON p.id = c.program_id"
                " WHERE c.id = NEW.cohort_id AND p.id = NEW.program_id AND p.pillar_id = NEW.pillar_id)",
            ),
            stays(
                *("organization_id", "learner_id", "pillar_id"),
                name="stays_who_learns_what",
                rule="an enrolment stays of its learner in its pillar",
            ),
        ]

    def __str__(self) -> str:
        return f"enrolment {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("coach:enrolment-show", args=[self.pk])


class FormerCohort(models.Model):
    """Where an enrolment was before it moved. On `left_on` it was elsewhere; what came before it, an earlier row says."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT)
    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="former_cohorts")
    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, related_name="+")
    left_on = models.DateField(_("left"))

    class Meta:
        ordering = ["left_on"]
        constraints = [models.UniqueConstraint(fields=["enrolment", "left_on"], name="former_cohort_one_at_a_time")]
        triggers = [
            in_one_organization(enrolment_id="programs_enrolment", cohort_id="programs_cohort"),
            Refuse(
                name="former_cohort_of_the_same_pillar",
                rule="an enrolment moves between cohorts of its pillar",
                unless="EXISTS (SELECT 1 FROM programs_cohort c JOIN programs_program p ON p.id = c.program_id"
                " JOIN programs_enrolment e ON e.pillar_id = p.pillar_id"
                " WHERE c.id = NEW.cohort_id AND e.id = NEW.enrolment_id AND NEW.left_on > e.starts_on)",
            ),
        ]

    def __str__(self) -> str:
        return f"cohort {self.cohort_id} until {self.left_on}"


def cohort_on(day: date) -> Coalesce:
    """The number of the cohort in which an enrolment was on that day, for a query of enrolments."""
    left_later = FormerCohort.objects.filter(enrolment=OuterRef("pk"), left_on__gt=day).order_by("left_on")
    return Coalesce(Subquery(left_later.values("cohort")[:1]), "cohort", output_field=models.BigIntegerField())


def joined_on() -> Coalesce:
    """The first day in the cohort of now: `starts_on`, unless the enrolment came from another one."""
    left = FormerCohort.objects.filter(enrolment=OuterRef("pk")).order_by("-left_on")
    return Coalesce(Subquery(left.values("left_on")[:1]), "starts_on")


class UsualSlot(models.Model):
    """A wall time that must hold, with its zone: "Thu 14:10 Europe/Berlin"."""

    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="usual_slots")
    weekday = models.PositiveSmallIntegerField(_("weekday"))
    starts_at = models.TimeField(_("time"))
    timezone = models.CharField(max_length=64, validators=[validate_timezone])

    class Meta:
        ordering = ["weekday", "starts_at"]
        constraints = [
            models.UniqueConstraint(fields=["enrolment", "weekday", "starts_at"], name="usual_slot_once"),
            models.CheckConstraint(condition=Q(weekday__range=(0, 6)), name="usual_slot_is_on_a_weekday"),
        ]

    def __str__(self) -> str:
        return f"{self.weekday} {self.starts_at:%H:%M}"


class SubstituteQuerySet(models.QuerySet["Substitute"]):
    def managed_by(self, member: Member) -> Self:
        """Substitutes an administrator names and takes back."""
        if not (member.is_active and member.has_role(Role.ADMIN)):
            return self.none()
        return self.filter(organization=member.organization_id)


@pghistory.track()
class Substitute(models.Model):
    """Another coach for a time: sees the plan and the last levels, nothing else."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT)
    enrolment = models.ForeignKey(Enrolment, on_delete=models.CASCADE, related_name="substitutes")
    coach = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="substitutions")
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))
    named_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")

    objects = SubstituteQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="substitute_ends_after_start")
        ]
        triggers = [
            in_one_organization(enrolment_id="programs_enrolment", coach_id="programs_member"),
            Refuse(
                name="substitute_is_not_the_learner",
                rule="nobody coaches themselves",
                unless="NOT EXISTS (SELECT 1 FROM programs_enrolment e WHERE e.id = NEW.enrolment_id"
                " AND e.learner_id = NEW.coach_id)",
            ),
        ]

    def __str__(self) -> str:
        return f"substitute {self.pk}"
