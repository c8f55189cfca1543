"""Whether figures are cut by weeks or by quarters; says what either shows, and no figure."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from metrics.domain import quarters
from metrics.domain.blocks import has_released
from metrics.forms.quarters import BlocksForm
from programs.access import Permission
from programs.access_views import permission_required
from programs.http import MemberRequest
from programs.views.saving import attempt, status_of


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.MANAGE_PEOPLE)
def blocks_edit(request: MemberRequest) -> HttpResponse:
    ours = request.member.organization
    form = BlocksForm(request.POST or None, organization=ours)
    if form.is_valid():
        if attempt(form, lambda: quarters.choose(ours, by=request.member, **form.choice())):
            messages.success(request, _("Saved."))
            return redirect("manage:blocks-edit")
        ours.refresh_from_db(fields=["quarters_from"])
    prices = quarters.prices_of(ours)
    context = {
        "form": form,
        "prices": [(_("By weeks"), prices[False]), (_("By quarters"), prices[True])],
        "begins_on": prices[True].starts_on,
        "chosen_on": ours.quarters_from,
        "released": has_released(ours),
    }
    return render(request, "metrics/blocks/edit.html", context, status=status_of(form))
