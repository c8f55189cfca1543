"""How figures are cut into blocks."""

from django import forms
from django.utils.translation import gettext_lazy as _

WEEKS, QUARTERS = "weeks", "quarters"
LABELS = {WEEKS: _("Every 4 weeks, or 8 where fewer than 60 people learn"), QUARTERS: _("Quarters of 4, 4 and 5 weeks")}


class BlocksForm(forms.Form):
    calendar = forms.ChoiceField(
        label=_("A block lasts"), choices=LABELS.items(), widget=forms.RadioSelect(attrs={"class": "choices"})
    )
