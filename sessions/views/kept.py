"""What a coach rated and noted for sessions that somebody else holds now: theirs to read, nobody else's."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from programs.access import Permission
from programs.access_views import permission_required
from programs.http import MemberRequest
from sessions.domain import set_aside


@permission_required(Permission.COACH)
@require_safe
def index(request: MemberRequest) -> HttpResponse:
    """All of it on one page."""
    return render(request, "sessions/rating/kept.html", {"kept": set_aside.kept_for(request.member)})
