"""Sets `request.member`, its time zone, and refuses a login without an active member."""

from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import pghistory
from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.utils import timezone
from pghistory.middleware import HistoryMiddleware

from programs.models import Member

CHOSEN_MEMBER = "member"
BY_ONE_CLICK = "one_click"  # the session began in demo mode, without showing who it is


class MemberMiddleware:
    """The chosen member of the login session, which begins as the one used last; else the user's first active one.

    A session that one click began is over without demo mode, and once its login is known outside the demo.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        member = active_member(request) if request.user.is_authenticated else None
        if request.user.is_authenticated and request.session.get(BY_ONE_CLICK) and not (settings.DEMO and member):
            logout(request)
            member = None
        request.member = member  # type: ignore[attr-defined]
        if member is None:
            return self.get_response(request)
        with timezone.override(ZoneInfo(member.timezone)), pghistory.context(member=member.pk):
            return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: object, kwargs: object
    ) -> HttpResponse | None:
        """A login identity without an active member sees one page that says so; public pages stay open."""
        public = not getattr(view, "login_required", True)
        if request.user.is_authenticated and request.member is None and not public:  # type: ignore[attr-defined]
            return render(request, "programs/people/no_member.html", status=403)
        return None


class RouteHistoryMiddleware(HistoryMiddleware):
    """Notes with a change who is signed in and by which route. Not by which address: some hold a token that opens
    something, and the history is kept for good."""

    def get_context(self, request: HttpRequest) -> dict[str, Any]:
        try:
            route = resolve(request.path_info).route
        except Resolver404:
            route = ""
        return super().get_context(request) | {"url": f"/{route}"}


def active_member(request: HttpRequest) -> Member | None:
    """One query: the user's active members with their organizations, those who have joined only.

    Who came by one click has shown nothing, so for them there is the demo, and nobody who is known elsewhere.
    """
    joined = Member.objects.active().filter(user=request.user.pk).exclude(joined_at=None)
    if request.session.get(BY_ONE_CLICK):
        joined = joined.of_the_demo()
    members = list(joined.select_related("organization").order_by("pk"))
    request.memberships = members  # type: ignore[attr-defined]
    chosen = request.session.get(CHOSEN_MEMBER)
    for member in members:
        if member.pk == chosen:
            return member
    return members[0] if members else None
