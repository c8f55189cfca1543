"""Sign-in counts attempts in the shared cache; without the cache it refuses rather than lets anybody guess.

A code or a link is mailed while the person waits: for seconds, and with a clear sentence when it did not leave.
"""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.views import PasswordResetView, RequestLoginCodeView
from django.forms import Form
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView
from redis.exceptions import RedisError

from programs.domain.mail_at_once import MailDidNotLeave
from programs.middleware import BY_ONE_CLICK

log = logging.getLogger("coachhub.sign_in")
View = Callable[..., HttpResponse]


def fails_closed(view: View) -> View:
    """The view, or one clear sentence (503) while the cache is down. The rest of the site does not need it."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except RedisError as error:
            log.warning("sign-in refused, the cache is down: %s", type(error).__name__)
            return render(request, "programs/people/sign_in_paused.html", status=503)

    return guarded


def own_to_choose(view: View) -> View:
    """404 for who came in by one click: how somebody signs in is for who has shown that it is them."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.session.get(BY_ONE_CLICK):
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


class SaysWhenNoMailLeaves(FormView):  # type: ignore[type-arg]  # cannot be subscripted when it runs
    """The form again with a sentence (503), the same whether the address is known or not."""

    no_mail: str | Promise

    def form_valid(self, form: Form) -> HttpResponse:
        try:
            return super().form_valid(form)
        except MailDidNotLeave:
            form.add_error(None, str(self.no_mail))
            page = self.render_to_response(self.get_context_data(form=form), status=503)
            page["Retry-After"] = "60"
            return page


class AskForCode(SaysWhenNoMailLeaves, RequestLoginCodeView):  # type: ignore[misc]
    no_mail = _("The mail server does not answer. Try again in a minute, or sign in with your password.")


class AskForNewPassword(SaysWhenNoMailLeaves, PasswordResetView):  # type: ignore[misc]
    no_mail = _("The mail server does not answer. Try again in a minute.")


MAILING = {"account_request_login_code": AskForCode.as_view(), "account_reset_password": AskForNewPassword.as_view()}
