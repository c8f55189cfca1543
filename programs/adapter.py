"""allauth's adapter: accounts come by invitation only."""

from contextlib import suppress
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.stagekit import clear_login
from django.contrib import messages
from django.contrib.sites.shortcuts import get_current_site
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _

from programs.domain import mail_at_once
from programs.middleware import CHOSEN_MEMBER
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

    def login(self, request: HttpRequest, user: User) -> None:
        """Into the membership used last, noted in the session: a switch on another device does not move this one."""
        super().login(request, user)
        if user.last_member_id:
            request.session[CHOSEN_MEMBER] = user.last_member_id

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """A code or a link that somebody waits for. Raises MailDidNotLeave within seconds."""
        about = {"request": self.request, "email": email, "current_site": get_current_site(self.request)}
        mail_at_once.send(self.render_mail(template_prefix, email, about | context))

    def send_notification_mail(self, *args: Any, **about: Any) -> None:
        """Word of something that is done already, such as a new password: it stays done when no mail leaves."""
        with suppress(mail_at_once.MailDidNotLeave):
            super().send_notification_mail(*args, **about)

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        """Back to the page from which the password was set."""
        return reverse("profile")
