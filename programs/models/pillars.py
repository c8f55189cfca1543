"""Pillar: one skill. Behaviour: an observable action of it, and its words. Question: what a follow-up prompt asks."""

from typing import Self

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from programs.models.organizations import Organization
from programs.models.people import Member


class LibraryQuerySet[M: models.Model](models.QuerySet[M]):
    """Standard parts belong to no organization; the others to one."""

    organization_path = "organization"

    def visible_to(self, member: Member) -> Self:
        """The standard library and the member's organization's own parts."""
        path = self.organization_path
        return self.filter(Q(**{path: None}) | Q(**{path: member.organization_id}))


class PillarQuerySet(LibraryQuerySet["Pillar"]):
    pass


class Pillar(models.Model):
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, null=True, blank=True)
    key = models.SlugField(max_length=60)
    name = models.CharField(_("name"), max_length=80)
    short = models.CharField(_("short name"), max_length=24)
    outcome = models.TextField(_("business outcome"), max_length=400)
    purpose = models.TextField(_("why it matters"), max_length=600, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = PillarQuerySet.as_manager()

    class Meta:
        ordering = [Lower("name")]
        constraints = [
            models.UniqueConstraint(fields=["organization", "key"], nulls_distinct=False, name="pillar_key_is_unique")
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("design:pillar-show", args=[self.pk])


class Worded(models.Model):
    """What an observable action is called and how to know it: a behaviour's newest words, or those of one version."""

    name = models.CharField(_("name"), max_length=120)
    what = models.TextField(_("what one sees or hears"), max_length=400)
    frequency = models.CharField(_("how often"), max_length=200, blank=True)
    timing = models.CharField(_("when"), max_length=200, blank=True)
    tone = models.CharField(_("tone"), max_length=200, blank=True)
    audience = models.CharField(_("with whom"), max_length=200, blank=True)
    success = models.CharField(_("success criterion"), max_length=200)
    example = models.CharField(_("how it may sound"), max_length=200, blank=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    @property
    def words(self) -> dict[str, str]:
        """Field → text: a criterion is made with those of its behaviour."""
        return {field.name: getattr(self, field.name) for field in Worded._meta.fields}


class Behaviour(Worded):
    """The same action over all versions; its words are those of the newest."""

    pillar = models.ForeignKey(Pillar, on_delete=models.PROTECT, related_name="behaviours")
    key = models.SlugField(max_length=60)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["pillar", "key"], name="behaviour_key_is_unique_in_pillar"),
        ]


class Question(models.Model):
    """A follow-up question; a prompt copies its text when it is planned."""

    pillar = models.ForeignKey(Pillar, on_delete=models.CASCADE, related_name="questions")
    key = models.SlugField(max_length=60)
    position = models.PositiveSmallIntegerField()
    text = models.CharField(_("question"), max_length=200)
    retired = models.BooleanField(default=False)

    class Meta:
        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["pillar", "key"], name="question_key_is_unique_in_pillar")]

    def __str__(self) -> str:
        return self.text
