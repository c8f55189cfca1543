"""What somebody types who follows an invitation."""

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password
from django.utils.translation import gettext_lazy as _


class AcceptForm(forms.Form):
    """A password, or none: then an e-mailed code is the way in."""

    password = forms.CharField(
        label=_("Choose a password"),
        help_text=_("At least 8 characters. A few words you remember are best."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "minlength": 8}),
    )

    def __init__(self, *args: Any, wanted: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"].required = wanted

    def clean_password(self) -> str:
        """Long enough, not common, not only digits."""
        password = str(self.cleaned_data["password"])
        if password:
            validate_password(password)
        return password
