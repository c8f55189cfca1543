"""Form fields that several pages share: time zone, work days, region of public holidays, roles."""

from functools import cache
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.functional import lazystr
from django.utils.translation import gettext_lazy as _

from coachhub.errors import Invalid
from programs.access import Role
from programs.domain import names
from programs.domain.regions import region_of

REGIONS = ("Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific")
Choices = list[tuple[str, list[tuple[str, str]]]]


@cache
def zones() -> Choices:
    """IANA zones grouped by part of the world, cities in words: ("Europe", [("Europe/Berlin", "Berlin"), …])."""
    names = sorted(available_timezones())
    groups = [(region, [(name, _city(name)) for name in names if name.startswith(f"{region}/")]) for region in REGIONS]
    return [*groups, ("UTC", [("UTC", "UTC")])]


def _city(name: str) -> str:
    return name.partition("/")[2].replace("_", " ").replace("/", ", ")


class TimezoneField(forms.ChoiceField):
    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=zones, **{"label": _("Time zone")} | kwargs)


class WorkDaysField(forms.TypedMultipleChoiceField):
    """Weekday numbers, 0 is Monday."""

    def __init__(self, **kwargs: Any) -> None:
        days = [(number, lazystr(name)) for number, name in WEEKDAYS_ABBR.items()]
        attrs = {"class": "chips chips-days"}
        defaults: dict[str, Any] = {"label": _("Working days"), "widget": forms.CheckboxSelectMultiple(attrs=attrs)}
        super().__init__(choices=days, coerce=int, **defaults | kwargs)


class RolesField(forms.MultipleChoiceField):
    def __init__(self, **kwargs: Any) -> None:
        defaults: dict[str, Any] = {"label": _("Roles"), "widget": forms.CheckboxSelectMultiple()}
        super().__init__(choices=Role.choices, **defaults | kwargs)


class HolidayRegionField(forms.CharField):
    """An ISO 3166 country, or country and region: DE, DE-BY."""

    def __init__(self, **kwargs: Any) -> None:
        defaults: dict[str, Any] = {"label": _("Public holidays"), "required": False, "max_length": 12}
        super().__init__(**defaults | kwargs)

    def clean(self, value: Any) -> str:
        """The code in capitals, or nothing."""
        try:
            return region_of(str(super().clean(value) or ""))
        except Invalid as problem:
            raise ValidationError(str(problem.sentence)) from None


class NameField(forms.CharField):
    """A name that can be seen; for `field_classes`, so that label and length are the model's."""

    def to_python(self, value: Any) -> str:
        name = str(super().to_python(value) or "")
        try:
            return names.clean(name) if name else name
        except Invalid as problem:
            raise ValidationError(str(problem.sentence)) from None


def time_input() -> forms.TimeInput:
    """A native time picker."""
    return forms.TimeInput(format="%H:%M", attrs={"type": "time"})


def date_input() -> forms.DateInput:
    """A native date picker."""
    return forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"})
