"""allauth's adapter: accounts come by invitation only."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.stagekit import clear_login
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from programs.models import User


class InvitationOnlyAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: an administrator invites."""
        return False

    def pre_login(self, request: HttpRequest, user: User, *, email: str | None, **about: Any) -> HttpResponse | None:
        """A code that was mailed to an address proves nothing about the one that has taken its place since."""
        if email and email.lower() != user.email.lower():
            clear_login(request)
            messages.error(request, _("This address has changed. Sign in with the new one."))
            return redirect("account_login")
        refused: HttpResponse | None = super().pre_login(request, user, email=email, **about)
        return refused

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Back to the page from which the password was set."""
        return reverse("profile")
