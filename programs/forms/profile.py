"""What everybody sets for themselves, and API tokens."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from programs.forms.fields import HolidayRegionField, NameField, TimezoneField, WorkDaysField, date_input, time_input
from programs.forms.members import MemberForm, WorkingTimeForm
from programs.models import ApiToken, Member

if TYPE_CHECKING:
    ApiTokenForm = forms.ModelForm[ApiToken]
else:
    ApiTokenForm = forms.ModelForm


class ProfileForm(WorkingTimeForm):
    timezone = TimezoneField(help_text=_("All times are shown in it."))
    work_days = WorkDaysField()
    holiday_region = HolidayRegionField(help_text=_("DE or DE-BY. Leave it empty to keep the organization’s."))

    class Meta:
        model = Member
        fields = ("name", "timezone", "work_days", "work_start", "work_end", "holiday_region")
        field_classes = {"name": NameField}
        widgets = {"work_start": time_input(), "work_end": time_input()}


class PromptsForm(MemberForm):
    """When questions come, and whether."""

    sending = forms.ChoiceField(
        label=_("Questions"),
        choices=[("on", _("Send them")), ("paused", _("Pause them")), ("stopped", _("Send none"))],
        widget=forms.RadioSelect(),
    )

    class Meta:
        model = Member
        fields = ("sending", "prompts_paused_until", "prompt_time", "keeps_words_out_of_mail")
        labels = {
            "prompts_paused_until": _("Pause until"),
            "prompt_time": _("Best time"),
            "keeps_words_out_of_mail": _("Keep my words out of mail"),
        }
        help_texts = {
            "prompt_time": _("Near this time, within your working hours. Empty means 11:30."),
            "keeps_words_out_of_mail": _("Mails then say that something waits, and show it after you open the link."),
        }
        widgets = {"prompts_paused_until": date_input(), "prompt_time": time_input()}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        until = self.instance.prompts_paused_until
        paused = until is not None and until > timezone.localdate()
        self.initial["sending"] = "stopped" if self.instance.prompts_stopped_at else "paused" if paused else "on"

    def clean(self) -> dict[str, Any]:
        """A pause ends on a day to come: on that day questions come again."""
        values = super().clean() or self.cleaned_data
        until = values.get("prompts_paused_until")
        if values.get("sending") == "paused" and (until is None or until <= timezone.localdate()):
            self.add_error("prompts_paused_until", _("Choose a day after today."))
        return values


class TokenForm(ApiTokenForm):
    class Meta:
        model = ApiToken
        fields = ("name", "scope")
        labels = {"name": _("What is it for?"), "scope": _("It may")}
        widgets = {"scope": forms.RadioSelect(), "name": forms.TextInput(attrs={"autocomplete": "off"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.auto_id = "id_token_%s"  # the form beside it on the page has a name as well
