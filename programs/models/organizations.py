"""Organization: a tenant. Nothing of one is ever visible from another."""

from typing import Self
from zoneinfo import available_timezones

import pghistory
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


def validate_timezone(name: str) -> None:
    """An IANA zone name: a place or UTC, nothing that exists on this machine alone. Raises ValidationError."""
    elsewhere_too = name == "UTC" or ("/" in name and not name.startswith(("posix/", "right/")))
    if not elsewhere_too or name not in available_timezones():
        raise ValidationError(_("“%(name)s” is not a time zone, such as Europe/Berlin."), params={"name": name})


class OrganizationQuerySet(models.QuerySet["Organization"]):
    def of_user(self, user: models.Model) -> Self:
        """Organizations in which this login identity has an active member."""
        return self.filter(members__user=user, members__deactivated_at=None)


@pghistory.track(exclude=["sponsor_statement"])
class Organization(models.Model):
    name = models.CharField(_("name"), max_length=120)
    slug = models.SlugField(max_length=60, unique=True)
    timezone = models.CharField(_("time zone"), max_length=64, default="UTC", validators=[validate_timezone])
    holiday_region = models.CharField(
        _("public holidays"),
        max_length=12,
        blank=True,
        help_text=_("Country or country-region: DE, DE-BY, IN."),
    )
    sponsor_name = models.CharField(_("sponsor"), max_length=120, blank=True)
    sponsor_statement = models.TextField(_("sponsor’s statement"), blank=True, max_length=600)
    sponsor_signed_on = models.DateField(_("signed on"), null=True, blank=True)
    smallest_group = models.PositiveSmallIntegerField(
        _("smallest group shown to managers"), default=5, validators=[MinValueValidator(5)]
    )
    quarters_from = models.DateField(
        _("blocks by quarters from"),
        null=True,
        blank=True,
        help_text=_("A Monday. Blocks that begin on it or later last 4, 4 and 5 weeks; without one, 4 weeks or 8."),
    )
    is_demo = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = OrganizationQuerySet.as_manager()

    class Meta:
        ordering = [Lower("name")]
        constraints = [
            models.CheckConstraint(condition=Q(smallest_group__gte=5), name="organization_groups_have_at_least_5"),
            models.CheckConstraint(
                condition=Q(quarters_from=None) | Q(quarters_from__iso_week_day=1),
                name="organization_quarters_begin_on_a_monday",
            ),
            models.CheckConstraint(
                condition=Q(sponsor_signed_on=None) | ~Q(sponsor_name=""),
                name="organization_sponsor_signs_by_name",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def least_people(self) -> int:
        """How many people a published group has at the least: one of them knows a value already, the own."""
        return self.smallest_group + 1
