"""Settings of the administrator's organization."""

from copy import copy

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from programs.access import Permission
from programs.access_views import permission_required
from programs.domain import people
from programs.forms.organization import OrganizationForm
from programs.http import MemberRequest
from programs.views.saving import attempt, status_of


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.MANAGE_PEOPLE)
def organization_edit(request: MemberRequest) -> HttpResponse:
    form = OrganizationForm(request.POST or None, instance=copy(request.member.organization))
    if form.is_valid():
        given = {"known": form.check_known, **form.cleaned_data}
        ours = request.member.organization
        if attempt(form, lambda: people.change_organization(ours, by=request.member, **given)):
            messages.success(request, _("Saved."))
            return redirect("manage:organization-edit")
    return render(request, "programs/organizations/edit.html", {"form": form}, status=status_of(form))
