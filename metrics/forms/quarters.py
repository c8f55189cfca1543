"""How figures are cut into blocks."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from programs.forms.known import KnownMixin
from programs.models import Organization

WEEKS, QUARTERS = "weeks", "quarters"
CHOICES = [(WEEKS, _("4 weeks, or 8 where fewer than 60 people learn")), (QUARTERS, _("4, 4 and 5 weeks: quarters"))]


class BlocksForm(KnownMixin, forms.Form):
    calendar = forms.ChoiceField(
        label=_("A block lasts"), choices=CHOICES, widget=forms.RadioSelect(attrs={"class": "choices"})
    )

    def __init__(self, *args: Any, organization: Organization, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs | {"initial": self.values_of(organization)})

    def values_of(self, row: Organization) -> dict[str, Any]:
        """Of the organization."""
        return {"calendar": QUARTERS if row.quarters_from else WEEKS}

    def choice(self) -> dict[str, Any]:
        """What the valid form chooses, and what it was drawn with."""
        return {"quarters": self.cleaned_data["calendar"] == QUARTERS, "known": self.check_known}
