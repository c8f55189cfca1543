"""Settings of an organization."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from programs.domain.people import unsigned
from programs.forms.fields import HolidayRegionField, NameField, TimezoneField, date_input
from programs.forms.known import KnownMixin
from programs.models import Organization

if TYPE_CHECKING:
    OrganizationModelForm = forms.ModelForm[Organization]
else:
    OrganizationModelForm = forms.ModelForm


class OrganizationForm(KnownMixin, OrganizationModelForm):
    timezone = TimezoneField(help_text=_("Figures are cut into weeks in it; new members start with it."))
    holiday_region = HolidayRegionField(help_text=_("DE or DE-BY. Deadlines and questions skip these days."))

    class Meta:
        model = Organization
        fields = (
            "name", "timezone", "holiday_region", "smallest_group",
            "sponsor_name", "sponsor_statement", "sponsor_signed_on",
        )  # fmt: skip
        field_classes = {"name": NameField, "sponsor_name": NameField}
        labels = {"sponsor_name": _("Who stands behind it"), "sponsor_statement": _("What they promise")}
        help_texts = {
            "smallest_group": _(
                "At least 5, besides the one who looks: with 5, figures begin at 6 people."
                " A larger number shows less and protects more."
            ),
            "sponsor_name": _("Name and role, as learners will read it."),
            "sponsor_statement": _("For instance: Not used for pay, ranking or discipline."),
        }
        widgets = {
            "smallest_group": forms.NumberInput(attrs={"min": 5}),
            "sponsor_statement": forms.Textarea(attrs={"rows": 3, "maxlength": 600}),
            "sponsor_signed_on": date_input(),
        }

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        lacks = unsigned(
            name=values.get("sponsor_name", ""),
            statement=values.get("sponsor_statement", ""),
            signed=bool(values.get("sponsor_signed_on")),
        )
        for field, sentence in lacks.items():
            self.add_error(field, sentence)
        return values
