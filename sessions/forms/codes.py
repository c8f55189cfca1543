"""Six digits from the coach's screen; four digits that bring the phone back."""

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

DIGITS = {"inputmode": "numeric", "autocomplete": "off", "class": "code-input"}


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("Code"),
        help_text=_("The six digits on your coach’s screen."),
        max_length=12,
        validators=[RegexValidator(r"^\D*(\d\D*){6}$", _("A code has six digits."))],
        widget=forms.TextInput(attrs=DIGITS | {"autofocus": True}),
    )


class NumberForm(forms.Form):
    number = forms.CharField(
        label=_("Your four digits"),
        max_length=8,
        validators=[RegexValidator(r"^\D*(\d\D*){4}$", _("Four digits, please."))],
        widget=forms.TextInput(attrs=DIGITS),
    )
