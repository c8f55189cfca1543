"""Blueprint: reusable template of a micro-session; each row is one frozen version, with lineage."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from coachhub.triggers import frozen
from programs.models.organizations import Organization
from programs.models.pillars import Behaviour, LibraryQuerySet, Pillar


class BlueprintQuerySet(LibraryQuerySet["Blueprint"]):
    def newest(self) -> "BlueprintQuerySet":
        """The newest published version of each blueprint that is not retired, easiest first."""
        latest = (
            self.exclude(published_at=None)
            .order_by("pillar_id", "organization_id", "key", "-version")
            .distinct("pillar_id", "organization_id", "key")
        )
        return Blueprint.objects.filter(pk__in=latest.values("pk"), retired_at=None).order_by("difficulty", "key")


class Blueprint(models.Model):
    pillar = models.ForeignKey(Pillar, on_delete=models.PROTECT, related_name="blueprints")
    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, null=True, blank=True)
    based_on = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="copies")
    key = models.SlugField(max_length=60)
    version = models.PositiveSmallIntegerField(_("version"))
    title = models.CharField(_("title"), max_length=120)
    difficulty = models.PositiveSmallIntegerField(_("difficulty"))
    focus = models.ForeignKey(Behaviour, on_delete=models.PROTECT, related_name="+", verbose_name=_("focus"))
    minutes = models.PositiveSmallIntegerField(_("minutes"), default=15)
    objective = models.TextField(_("objective"), max_length=400)
    opening = models.TextField(_("opening question"), max_length=400, blank=True)
    case = models.TextField(_("case"), max_length=2000)
    coach_plays = models.TextField(_("the coach plays"), max_length=600, blank=True)
    constraint = models.CharField(_("constraint"), max_length=200, blank=True)
    demonstration = models.TextField(_("demonstration"), max_length=800, blank=True)
    look_for = ArrayField(models.CharField(max_length=200), default=list, verbose_name=_("look for"))
    job_aid = ArrayField(models.CharField(max_length=200), default=list, verbose_name=_("job aid"))
    transfer = models.TextField(_("try within a day"), max_length=400, blank=True)
    debrief = ArrayField(models.CharField(max_length=300), default=list, verbose_name=_("debrief"))
    content_hash = models.CharField(max_length=64)
    published_at = models.DateTimeField(null=True, blank=True)
    retired_at = models.DateTimeField(null=True, blank=True)

    objects = BlueprintQuerySet.as_manager()

    class Meta:
        ordering = ["difficulty", "key", "-version"]
        constraints = [
            models.UniqueConstraint(
                fields=["pillar", "organization", "key", "version"],
                nulls_distinct=False,
                name="blueprint_version_is_unique",
            ),
            models.CheckConstraint(condition=Q(difficulty__range=(1, 4)), name="blueprint_difficulty_is_1_to_4"),
            models.CheckConstraint(condition=Q(minutes__range=(10, 20)), name="blueprint_lasts_10_to_20_minutes"),
        ]
        triggers = [
            frozen(
                unless="OLD.published_at IS NULL OR (TG_OP = 'UPDATE' AND to_jsonb(NEW) - 'retired_at' = to_jsonb(OLD) - 'retired_at')"
            )
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("design:blueprint-show", args=[self.pk])
