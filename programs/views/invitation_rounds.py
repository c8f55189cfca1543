"""Administration: "Send 43 invitations", and how far that is."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from programs.access import Permission
from programs.access_views import permission_required
from programs.domain import invitation_rounds
from programs.http import MemberRequest
from programs.models import InvitationRound


@require_POST
@permission_required(Permission.MANAGE_PEOPLE)
def invite_everybody_new(request: MemberRequest) -> HttpResponse:
    """Few are invited in the answer; the page of many shows how far it is."""
    found = invitation_rounds.begin(by=request.member)
    if found.is_running:
        return redirect(found)
    number = found.invited
    sentence = ngettext("%(number)s invitation is on its way.", "%(number)s invitations are on their way.", number)
    messages.success(request, sentence % {"number": number})
    return redirect("manage:member-list")


@require_safe
@never_cache
@permission_required(Permission.MANAGE_PEOPLE)
def round_show(request: MemberRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(InvitationRound.objects.visible_to(request.member), pk=pk)
    template = "programs/people/inviting.html#state" if request.htmx else "programs/people/inviting.html"
    return render(request, template, {"round": found})


@require_POST
@permission_required(Permission.MANAGE_PEOPLE)
def round_stop(request: MemberRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(InvitationRound.objects.visible_to(request.member), pk=pk)
    return redirect(invitation_rounds.stop(found, by=request.member))
