"""Release → Group → Figure: a block's frozen publication. No row here names a learner."""

from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from coachhub.triggers import frozen
from metrics.models.blocks import Block
from programs.models import Cohort, Member, Pillar, Program

_VERSION = "(SELECT r.rule_version FROM metrics_release r WHERE r.id = {})"
_GROUP_RELEASE = "(SELECT g.release_id FROM metrics_group g WHERE g.id = OLD.group_id)"
_DISPOSABLE = "TG_OP = 'DELETE' AND COALESCE({}, 0) = 0"


class Measure(models.TextChoices):
    SESSIONS = "sessions", _("Sessions per learner")
    KEPT = "kept", _("Kept as planned")
    QUEUE = "queue", _("Moved because of the queue")
    REFLECTED = "reflected", _("Reflections written")
    ANSWERED = "answered", _("Questions answered")
    APPLIED = "applied", _("Applied when a chance came")
    NO_CHANCE = "no_chance", _("No chance came")
    LEVEL = "level", _("Mean level")
    AGREEMENT = "agreement", _("Agreement within one level")


class ReleaseQuerySet(models.QuerySet["Release"]):
    def visible_to(self, member: Member) -> Self:
        """Releases that hold a group the member may open."""
        return self.filter(groups__viewers=member).distinct()


class Release(models.Model):
    """Written once, in one transaction. `rule_version` 0 is made in demo mode only and may be deleted."""

    block = models.OneToOneField(Block, on_delete=models.PROTECT, related_name="release")
    rule_version = models.PositiveSmallIntegerField()
    content_hash = models.CharField(max_length=64)
    released_at = models.DateTimeField()

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        ordering = ["-block__starts_on"]
        triggers = [frozen(unless=_DISPOSABLE.format("OLD.rule_version"))]

    def __str__(self) -> str:
        return f"release {self.pk}"


class GroupQuerySet(models.QuerySet["Group"]):
    def visible_to(self, member: Member) -> Self:
        """Groups that hold one of the member's cohorts, and their ancestors, as stored at release."""
        return self.filter(viewers=member)

    def published_without(self, member: Member) -> Self:
        """Groups that hold a cohort which the member manages now and did not on the day of their release.

        Not theirs to open. That there are some follows from who learned where, which they read, and who coached whom.
        """
        return self.filter(cohorts__in=Cohort.objects.reported_to(member)).exclude(viewers=member)


class Group(models.Model):
    """One cell of the partition: a cohort, several shown together, a program or a pillar."""

    class Node(models.TextChoices):
        PILLAR = "pillar", _("Pillar")
        PROGRAM = "program", _("Program")
        COHORT = "cohort", _("Cohort")

    release = models.ForeignKey(Release, on_delete=models.CASCADE, related_name="groups")
    parent = models.ForeignKey("self", on_delete=models.CASCADE, null=True, related_name="children")
    node = models.CharField(max_length=7, choices=Node.choices)
    pillar = models.ForeignKey(Pillar, on_delete=models.PROTECT, related_name="+")
    program = models.ForeignKey(Program, on_delete=models.PROTECT, null=True, related_name="+")
    cohorts = models.ManyToManyField(Cohort, through="GroupCohort", related_name="+")
    name = models.CharField(max_length=400)
    holds = models.CharField(max_length=400, blank=True)  # the names of its cohorts, where the name does not say
    identity = models.CharField(max_length=80)  # what a trend joins on: the same pillar, programs or cohorts
    people = models.CharField(max_length=8)  # a band: 6–9, 10–19, 20–49, 50+
    merged = models.BooleanField(default=False)
    viewers = models.ManyToManyField(Member, through="GroupViewer", related_name="+")

    objects = GroupQuerySet.as_manager()

    class Meta:
        ordering = ["name", "pk"]
        indexes = [models.Index(fields=["identity"], name="group_by_identity")]
        constraints = [
            models.UniqueConstraint(fields=["release", "identity"], name="group_once_per_release"),
            models.CheckConstraint(condition=Q(node__in=["pillar", "program", "cohort"]), name="group_node_is_known"),
        ]
        triggers = [frozen(unless=_DISPOSABLE.format(_VERSION.format("OLD.release_id")))]

    def __str__(self) -> str:
        return self.name


class GroupCohort(models.Model):
    """A cohort that a group holds; frozen with it."""

    group = models.ForeignKey(Group, on_delete=models.CASCADE)
    cohort = models.ForeignKey(Cohort, on_delete=models.CASCADE)

    class Meta:
        db_table = "metrics_group_cohorts"
        unique_together = [("group", "cohort")]
        triggers = [frozen(unless=_DISPOSABLE.format(_VERSION.format(_GROUP_RELEASE)))]

    def __str__(self) -> str:
        return f"cohort {self.cohort_id} in group {self.group_id}"


class GroupViewer(models.Model):
    """A manager who may open a group; frozen with it: who becomes one later reads from the next release on."""

    group = models.ForeignKey(Group, on_delete=models.CASCADE)
    member = models.ForeignKey(Member, on_delete=models.CASCADE)

    class Meta:
        db_table = "metrics_group_viewers"
        unique_together = [("group", "member")]
        triggers = [frozen(unless=_DISPOSABLE.format(_VERSION.format(_GROUP_RELEASE)))]

    def __str__(self) -> str:
        return f"member {self.member_id} of group {self.group_id}"


class FigureQuerySet(models.QuerySet["Figure"]):
    def visible_to(self, member: Member) -> Self:
        """Figures of groups the member may open."""
        return self.filter(group__viewers=member)


class Figure(models.Model):
    """One published number, coarsened; null value and empty text is "not published, to protect people"."""

    group = models.ForeignKey(Group, on_delete=models.CASCADE, related_name="figures")
    measure = models.CharField(max_length=10, choices=Measure.choices)
    value = models.DecimalField(max_digits=6, decimal_places=2, null=True)
    text = models.CharField(max_length=40, blank=True)  # "2.50", "<= 1.5", "about half", "40 %"

    objects = FigureQuerySet.as_manager()

    class Meta:
        ordering = ["group__name", "measure"]
        constraints = [
            models.UniqueConstraint(fields=["group", "measure"], name="figure_once_per_group_and_measure"),
            models.CheckConstraint(condition=Q(measure__in=Measure.values), name="figure_measure_is_known"),
            models.CheckConstraint(condition=Q(value=None) | ~Q(text=""), name="figure_published_has_its_text"),
        ]
        triggers = [frozen(unless=_DISPOSABLE.format(_VERSION.format(_GROUP_RELEASE)))]

    def __str__(self) -> str:
        return self.text or "–"


class Partition(models.Model):
    """One part of the grouping in force, kept while it stays admissible: cohorts, or programs, shown together."""

    block = models.ForeignKey(Block, on_delete=models.CASCADE, related_name="partitions")
    pillar = models.ForeignKey(Pillar, on_delete=models.CASCADE, related_name="+")
    node = models.CharField(max_length=7, choices=Group.Node.choices)
    ids = ArrayField(models.BigIntegerField())  # of cohorts, or at program level of programs
    identity = models.CharField(max_length=80)  # kept when a cohort's successor takes its place

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["block", "pillar", "node", "ids"], name="partition_part_once"),
            models.CheckConstraint(
                condition=Q(node__in=["pillar", "program", "cohort"]), name="partition_node_is_known"
            ),
        ]

    def __str__(self) -> str:
        return f"part {self.pk}"
