"""Stopping the questions from a mail, in one click (RFC 8058) or on a page."""

from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from sessions.domain import links, wishes
from sessions.views.prompts import frameless

DOES = {"pause": wishes.pause, "start": wishes.start}


# Mail services post here by themselves, without a cookie and without a page before; the signed link is the right to do
# it. They must not be redirected, so the answer is the page itself. Posting twice is as good as once.
@csrf_exempt
@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """GET shows buttons; POST stops, or pauses or starts again when that button was pressed."""
    member = links.member_of(token)
    if member is None:
        return render(request, "sessions/prompt/gone.html", frameless(), status=404)
    if request.method == "POST":
        member = DOES.get(request.POST.get("do", ""), wishes.stop)(by=member)
    with timezone.override(ZoneInfo(member.timezone)):
        paused = member.prompts_paused_until and member.prompts_paused_until > timezone.localdate()
        context = frameless() | {"reader": member, "paused": paused}
        return render(request, "sessions/prompt/stop.html", context)
