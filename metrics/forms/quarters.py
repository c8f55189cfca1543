"""How figures are cut into blocks."""

from django import forms
from django.utils.translation import gettext_lazy as _

WEEKS, QUARTERS = "weeks", "quarters"
CHOICES = [(WEEKS, _("4 weeks, or 8 where fewer than 60 people learn")), (QUARTERS, _("4, 4 and 5 weeks: quarters"))]


class BlocksForm(forms.Form):
    calendar = forms.ChoiceField(
        label=_("A block lasts"), choices=CHOICES, widget=forms.RadioSelect(attrs={"class": "choices"})
    )
