"""Members as administrators add and change them."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from programs.domain.mail_addresses import validate_can_get_mail
from programs.forms.fields import HolidayRegionField, NameField, RolesField, TimezoneField, WorkDaysField, time_input
from programs.forms.known import KnownMixin
from programs.models import Member
from programs.models.people import every_weekday

if TYPE_CHECKING:
    MemberForm = forms.ModelForm[Member]
else:
    MemberForm = forms.ModelForm


class WorkingTimeForm(MemberForm):
    """Start and end differ; a shift over midnight is allowed."""

    def clean(self) -> dict[str, Any]:
        values = super().clean() or self.cleaned_data
        if values.get("work_start") and values.get("work_start") == values.get("work_end"):
            self.add_error("work_end", _("Work ends when it starts: choose another time."))
        return values


class PersonForm(KnownMixin, WorkingTimeForm):
    """What an administrator sets on somebody; all but address, name and roles have a default."""

    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        validators=[validate_can_get_mail],
        widget=forms.EmailInput(attrs={"autocomplete": "off", "inputmode": "email"}),
    )
    roles = RolesField()
    timezone = TimezoneField()
    work_days = WorkDaysField(initial=every_weekday)  # a form for somebody new has no instance to take it from
    holiday_region = HolidayRegionField(help_text=_("DE or DE-BY. Empty means the organization’s."))

    field_order = ("email", "name", "roles")

    class Meta:
        model = Member
        fields = (
            "name", "roles", "external_id", "timezone", "work_days", "work_start", "work_end", "holiday_region",
        )  # fmt: skip
        field_classes = {"name": NameField}
        widgets = {"work_start": time_input(), "work_end": time_input()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """An address that refuses mail is what the administrator came to change."""
        super().__init__(*args, **kwargs)
        email = self.fields["email"]
        if self.instance.mail_bounced_at:
            email.help_text = _("Mail to this address comes back. To a corrected one, messages go out again.")
            email.widget.attrs["autofocus"] = True
        elif self.instance.joined_at:
            email.help_text = _("With another one they sign in by e-mailed code; password and API tokens end.")

    def values_of(self, row: Member) -> dict[str, Any]:
        return super().values_of(row) | {"email": row.user.email}
