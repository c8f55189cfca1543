"""Rubric → Criterion → Level. A published version is frozen for ever; scores point at it."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from coachhub.triggers import Refuse, frozen
from programs.models.pillars import Behaviour, LibraryQuerySet, Pillar, Worded

LEVELS = range(1, 5)
_OPEN = "EXISTS (SELECT 1 FROM programs_rubric r WHERE r.id = {column} AND r.published_at IS NULL)"


class RubricQuerySet(LibraryQuerySet["Rubric"]):
    organization_path = "pillar__organization"

    def newest(self, pillar: Pillar) -> "Rubric":
        """The pillar's newest published version. Raises Rubric.DoesNotExist."""
        return self.filter(pillar=pillar).exclude(published_at=None).latest("version")


class Rubric(models.Model):
    """One version of a pillar's rubric."""

    pillar = models.ForeignKey(Pillar, on_delete=models.PROTECT, related_name="rubrics")
    version = models.PositiveSmallIntegerField(_("version"))
    content_hash = models.CharField(max_length=64)
    published_at = models.DateTimeField(null=True, blank=True)

    objects = RubricQuerySet.as_manager()

    class Meta:
        ordering = ["pillar", "-version"]
        constraints = [models.UniqueConstraint(fields=["pillar", "version"], name="rubric_version_is_unique")]
        triggers = [frozen(unless="OLD.published_at IS NULL")]

    def __str__(self) -> str:
        return f"{self.pillar} v{self.version}"

    def get_absolute_url(self) -> str:
        return reverse("design:rubric-show", args=[self.pk])


class Criterion(Worded):
    """A behaviour as this version words it, frozen with it; what people rated by."""

    rubric = models.ForeignKey(Rubric, on_delete=models.CASCADE, related_name="criteria")
    behaviour = models.ForeignKey(Behaviour, on_delete=models.PROTECT, related_name="criteria")
    position = models.PositiveSmallIntegerField()
    meets_level = models.PositiveSmallIntegerField(default=3, validators=[MinValueValidator(1), MaxValueValidator(4)])

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["rubric", "behaviour"], name="criterion_has_one_behaviour"),
            models.CheckConstraint(condition=Q(meets_level__range=(1, 4)), name="criterion_meets_level_on_scale"),
            models.CheckConstraint(
                condition=~(Q(name="") | Q(what="") | Q(success="")), name="criterion_has_its_own_words"
            ),
        ]
        triggers = [
            frozen(unless=_OPEN.format(column="OLD.rubric_id")),
            Refuse(
                name="joins_open_rubric",
                rule="a published rubric is frozen",
                unless=_OPEN.format(column="NEW.rubric_id"),
            ),
        ]


class Level(models.Model):
    criterion = models.ForeignKey(Criterion, on_delete=models.CASCADE, related_name="levels")
    value = models.PositiveSmallIntegerField()
    anchor = models.CharField(_("what one can see or hear"), max_length=200)

    class Meta:
        ordering = ["value"]
        constraints = [
            models.UniqueConstraint(fields=["criterion", "value"], name="level_once_per_criterion"),
            models.CheckConstraint(condition=Q(value__range=(1, 4)), name="level_is_1_to_4"),
        ]
        triggers = [
            frozen(
                unless=f"{_OPEN.format(column='(SELECT rubric_id FROM programs_criterion WHERE id = OLD.criterion_id)')}"
            ),
            Refuse(
                name="joins_open_rubric",
                rule="a published rubric is frozen",
                unless=_OPEN.format(column="(SELECT rubric_id FROM programs_criterion WHERE id = NEW.criterion_id)"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.value} {self.anchor}"
