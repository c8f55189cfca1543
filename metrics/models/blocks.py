"""Block: 4, 5 or 8 weeks of an organization. Publication membership: who counts where, judged in batches."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from coachhub.triggers import Refuse
from programs.models import Cohort, Member, Organization, Pillar


class Block(models.Model):
    """Dates are inclusive and in the organization's time zone."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="blocks")
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("until"))

    class Meta:
        ordering = ["-starts_on"]
        constraints = [
            models.UniqueConstraint(fields=["organization", "starts_on"], name="block_starts_once"),
            models.CheckConstraint(condition=Q(ends_on__gt=F("starts_on")), name="block_ends_after_it_starts"),
        ]
        triggers = [
            Refuse(
                name="blocks_are_disjoint",
                rule="blocks of an organization do not overlap",
                unless="NOT EXISTS (SELECT 1 FROM metrics_block b WHERE b.organization_id = NEW.organization_id"
                " AND b.id <> NEW.id AND b.starts_on <= NEW.ends_on AND b.ends_on >= NEW.starts_on)",
            )
        ]

    def __str__(self) -> str:
        return f"{self.starts_on} – {self.ends_on}"


class CountedIn(models.Model):
    """A learner's cell for publication in one block: the cohort they count in, or null while they wait for a batch.

    Never read by a page; PRIVACY.md rule 6.
    """

    block = models.ForeignKey(Block, on_delete=models.CASCADE, related_name="counted")
    pillar = models.ForeignKey(Pillar, on_delete=models.PROTECT, related_name="+")
    learner = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    cohort = models.ForeignKey(Cohort, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name_plural = "counted in"
        constraints = [
            models.UniqueConstraint(fields=["block", "pillar", "learner"], name="counted_once_per_block_and_pillar")
        ]

    def __str__(self) -> str:
        return f"membership {self.pk}"
