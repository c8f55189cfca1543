"""allauth's adapter: accounts come by invitation only."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.urls import reverse


class InvitationOnlyAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: an administrator invites."""
        return False

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Back to the page from which the password was set."""
        return reverse("profile")
