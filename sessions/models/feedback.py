"""Feedback: an item, keep or change; one line, and folded: did, how, impact, next step."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from programs.models import Behaviour, Member
from sessions.models.micro import MicroSession


class FeedbackQuerySet(models.QuerySet["Feedback"]):
    def visible_to(self, member: Member) -> Self:
        """The coach's own items; the learner's once revealed (the items would tell the rating)."""
        return self.filter(Q(micro__coach=member) | Q(micro__learner=member, micro__revealed_at__isnull=False))

    def coached_by(self, member: Member) -> Self:
        """The coach's own items."""
        return self.filter(micro__coach=member)


class Feedback(models.Model):
    class Kind(models.TextChoices):
        KEEP = "keep", _("Keep")
        CHANGE = "change", _("Change")

    micro = models.ForeignKey(MicroSession, on_delete=models.CASCADE, related_name="feedback")
    kind = models.CharField(max_length=6, choices=Kind.choices)
    behaviour = models.ForeignKey(Behaviour, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    line = models.CharField(_("line"), max_length=300, blank=True)
    did = models.TextField(_("what was done"), max_length=600, blank=True)
    how = models.TextField(_("how"), max_length=600, blank=True)
    impact = models.TextField(_("impact"), max_length=600, blank=True)
    next_step = models.TextField(_("next step"), max_length=600, blank=True)
    version = models.PositiveIntegerField(default=1)
    updated_at = models.DateTimeField(auto_now=True)

    objects = FeedbackQuerySet.as_manager()

    class Meta:
        ordering = ["-kind", "pk"]
        verbose_name_plural = "feedback"
        constraints = [
            models.UniqueConstraint(fields=["micro", "kind"], name="feedback_one_keep_one_change"),
            models.CheckConstraint(condition=Q(kind__in=["keep", "change"]), name="feedback_kind_is_known"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} of session {self.micro_id}"
