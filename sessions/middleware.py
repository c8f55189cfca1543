"""While the coach's phone is handed over, its login session opens the learner's rating and nothing else."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django_htmx.http import HttpResponseClientRedirect

from sessions.domain import hand_over

OPEN = {
    *("learn:code-rate", "learn:code-score", "learn:code-done", "coach:hand-over-end"),
    *("account_logout", "healthz", "readyz"),
}


class HandOverMiddleware:
    """Stands right after the member's middleware; every page that is not OPEN leads back to the rating."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pages behind the login are not kept by the browser: "Back" must not bring them up in other hands."""
        response = self.get_response(request)
        if getattr(request.user, "is_authenticated", False):  # a refused API call has no user at all
            response.setdefault("Cache-Control", "private, no-store")
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: object, kwargs: object
    ) -> HttpResponse | None:
        """The login session is only read for somebody signed in: nobody else can have handed over."""
        if not request.user.is_authenticated or hand_over.active(request.session.get(hand_over.KEY)) is None:
            return None
        if request.resolver_match and request.resolver_match.view_name in OPEN:
            return None
        if request.htmx:  # type: ignore[attr-defined]
            return HttpResponseClientRedirect(reverse("learn:code-rate"))
        return redirect("learn:code-rate")
