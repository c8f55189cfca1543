"""Decision: one insight, one adjustment, an owner, a check date, and what learners are told."""

from typing import Self

import pghistory
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from coachhub.triggers import in_one_organization
from metrics.models.figures import Figure, Group, Measure
from programs.access import Role
from programs.models import Cohort, Member, Organization


class DecisionQuerySet(models.QuerySet["Decision"]):
    def visible_to(self, member: Member) -> Self:
        """The member's own, and those made from a figure that the member may open.

        A decision tells its figure in words, and whether a group is large enough was judged for the viewers of its
        release alone: who manages a cohort since then reads the decisions made from the next release on,
        and of earlier ones those that they took over (`leaving`).
        """
        return self.filter(Q(owner=member) | Q(made_by=member) | Q(group__viewers=member)).distinct()

    def shared_with(self, learner: Member) -> Self:
        """What a learner is told: decisions shared back to a cohort they learn in."""
        return self.filter(
            shared_at__isnull=False, cohorts__enrolments__learner=learner, cohorts__enrolments__ended_on=None
        ).distinct()

    def open(self) -> Self:
        """Decisions not yet compared and closed."""
        return self.filter(closed_at=None)

    def left_alone(self) -> Self:
        """Open, and whose owner has left or is no manager any more."""
        return self.open().exclude(owner__in=Member.objects.with_role(Role.MANAGER))


@pghistory.track(exclude=["insight", "told_to_learners", "what", "outcome_note"])
class Decision(models.Model):
    class Adjustment(models.TextChoices):
        CADENCE = "cadence", _("Cadence")
        DIFFICULTY = "difficulty", _("Difficulty")
        RELEVANCE = "relevance", _("Relevance")
        RESOURCES = "resources", _("Resources")
        LEAVE = "leave", _("Leave as it is")

    class Outcome(models.TextChoices):
        KEEP = "keep", _("Keep")
        CHANGE = "change", _("Change")
        DROP = "drop", _("Drop")

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="decisions")
    group = models.ForeignKey(Group, on_delete=models.SET_NULL, null=True, related_name="decisions")
    group_identity = models.CharField(max_length=80)
    group_name = models.CharField(max_length=400)
    cohorts = models.ManyToManyField(Cohort, related_name="decisions")
    measure = models.CharField(max_length=10, choices=Measure.choices)
    insight = models.CharField(_("insight"), max_length=300)
    adjustment = models.CharField(_("adjustment"), max_length=10, choices=Adjustment.choices)
    what = models.CharField(_("what changes"), max_length=200, blank=True)
    owner = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="decisions")
    made_by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    check_on = models.DateField(_("check on"))
    told_to_learners = models.CharField(_("what learners are told"), max_length=200, blank=True)
    shared_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(_("outcome"), max_length=6, choices=Outcome.choices, blank=True)
    outcome_note = models.CharField(_("what you saw"), max_length=300, blank=True)
    version = models.PositiveIntegerField(default=1)
    form_key = models.UUIDField(unique=True, null=True, blank=True)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        ordering = ["check_on", "pk"]
        triggers = [in_one_organization(owner_id="programs_member", made_by_id="programs_member")]
        constraints = [
            models.CheckConstraint(
                condition=Q(closed_at=None, outcome="") | Q(closed_at__isnull=False) & ~Q(outcome=""),
                name="decision_closed_has_its_outcome",
            ),
            models.CheckConstraint(
                condition=Q(shared_at=None) | ~Q(told_to_learners=""), name="decision_shared_has_its_sentence"
            ),
            models.CheckConstraint(
                condition=Q(adjustment__in=["cadence", "difficulty", "relevance", "resources", "leave"]),
                name="decision_adjustment_is_known",
            ),
            models.CheckConstraint(condition=Q(measure__in=Measure.values), name="decision_measure_is_known"),
            models.CheckConstraint(
                condition=Q(outcome__in=["", "keep", "change", "drop"]), name="decision_outcome_is_known"
            ),
        ]

    def __str__(self) -> str:
        return self.insight

    def get_absolute_url(self) -> str:
        return reverse("insights:decision-show", args=[self.pk])


class PutAsideQuerySet(models.QuerySet["PutAside"]):
    def visible_to(self, member: Member) -> Self:
        """What the member put aside."""
        return self.filter(member=member)


class PutAside(models.Model):
    """ "Ask again next release": this figure calls this manager no more; the next release has figures of its own."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    figure = models.ForeignKey(Figure, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = PutAsideQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "put aside"
        constraints = [models.UniqueConstraint(fields=["member", "figure"], name="put_aside_once_per_member")]

    def __str__(self) -> str:
        return f"put aside {self.pk}"
