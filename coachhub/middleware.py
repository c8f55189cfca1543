"""The frame's middleware: request ids and logs, login for htmx, domain errors as responses."""

import logging
import re
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import cast
from urllib.parse import urlsplit
from uuid import uuid4

from django.contrib import messages
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.http import HttpResponseClientRedirect

from coachhub import logs
from coachhub.errors import DomainError

log = logging.getLogger("coachhub.request")
GIVEN_ID = re.compile(r"^[A-Za-z0-9-]{8,64}$")
Handler = Callable[[HttpRequest], HttpResponse]


class RequestLogMiddleware:
    """A request id on every line, response and error page; one line a request: who, what, how long."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Request-ID", "")
        request.request_id = given if GIVEN_ID.match(given) else uuid4().hex  # type: ignore[attr-defined]
        token = logs.request_id.set(request.request_id)  # type: ignore[attr-defined]
        started = time.perf_counter()
        try:
            response = self.get_response(request)
            response["X-Request-ID"] = request.request_id  # type: ignore[attr-defined]
            self.write(request, response.status_code, started)
            return response
        finally:
            logs.request_id.reset(token)

    def write(self, request: HttpRequest, status: int, started: float) -> None:
        """The route's pattern, not the path: paths may carry tokens."""
        member = getattr(request, "member", None)
        extra = {
            "method": request.method,
            "path": request.resolver_match.route if request.resolver_match else "?",
            "status": status,
            "ms": round((time.perf_counter() - started) * 1000, 1),
            "member": member.pk if member else None,
        }
        log.info("request", extra=extra)


class LoginMiddleware(LoginRequiredMiddleware):
    """Login by default; an htmx request is sent to the login page whole, not given it as a fragment."""

    def handle_no_permission(
        self, request: HttpRequest, view_func: Callable[..., HttpResponseBase]
    ) -> HttpResponseRedirect:
        """Who signs in again comes back to the page they were on: what takes a form takes no visit."""
        page = request.method in ("GET", "HEAD") and not request.htmx  # type: ignore[attr-defined]
        back = request.get_full_path() if page else path_of(came_from(request)) or "/"
        response = redirect_to_login(back, resolve_url(self.get_login_url(view_func)))
        if request.htmx:  # type: ignore[attr-defined]
            return cast(HttpResponseRedirect, HttpResponseClientRedirect(response.url))
        return response


class DomainErrorMiddleware:
    """Turns a DomainError into a page, a fragment or a message beside where the person was; and 405 into words."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code != HTTPStatus.METHOD_NOT_ALLOWED or response.content:
            return response
        page = render(request, "405.html", {"url": path_of(came_from(request))}, status=response.status_code)
        page["Allow"] = response["Allow"]
        return page

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, DomainError):
            return None
        if request.htmx:  # type: ignore[attr-defined]
            messages.error(request, str(error.sentence))
            response = render(request, "_parts/messages.html", status=error.status)
            response["HX-Retarget"], response["HX-Reswap"] = "#messages", "outerHTML"
            return response
        context = {"error": error, "back": came_from(request) or "/"}
        return render(request, "_parts/refused.html", context, status=error.status)


def came_from(request: HttpRequest) -> str:
    """The page of ours that the person was on, or nothing."""
    back = request.headers.get("Referer", "")
    return back if url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}) else ""


def path_of(url: str) -> str:
    """An address of ours without its host; "" stays "". Two slashes at its beginning would name another host."""
    path = urlsplit(url)._replace(scheme="", netloc="").geturl()
    return f"/{path.lstrip('/')}" if path else ""
