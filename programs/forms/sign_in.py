"""allauth's forms before the sign-in, with this product's word for an address."""

from typing import Any

from allauth.account.forms import ConfirmLoginCodeForm, LoginForm, RequestLoginCodeForm, ResetPasswordForm
from django import forms
from django.utils.translation import gettext_lazy as _


def call_it_e_mail(field: forms.Field) -> None:
    field.label = _("E-mail")
    field.widget.attrs["placeholder"] = _("E-mail address")


class SignInForm(LoginForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        call_it_e_mail(self.fields["login"])


class ResetForm(ResetPasswordForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        call_it_e_mail(self.fields["email"])


class CodeForm(RequestLoginCodeForm):  # type: ignore[misc]
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        call_it_e_mail(self.fields["email"])


class ConfirmForm(ConfirmLoginCodeForm):  # type: ignore[misc]
    refused = _("Not signed in yet.")  # nothing is saved here, so that form_errors.html would say too much
