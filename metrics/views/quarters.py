"""Whether figures are cut by weeks or by quarters; says what either shows, and no figure."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from metrics.domain import quarters
from metrics.domain.blocks import has_released
from metrics.forms.quarters import QUARTERS, WEEKS, BlocksForm
from programs.access import Permission
from programs.access_views import permission_required
from programs.http import MemberRequest
from programs.views.saving import attempt, status_of


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.MANAGE_PEOPLE)
def blocks_edit(request: MemberRequest) -> HttpResponse:
    ours = request.member.organization
    form = BlocksForm(request.POST or None, initial={"calendar": QUARTERS if ours.quarters_from else WEEKS})
    if form.is_valid():
        wanted = form.cleaned_data["calendar"] == QUARTERS
        if attempt(form, lambda: quarters.choose(ours, quarters=wanted, by=request.member)):
            messages.success(request, _("Saved."))
            return redirect("manage:blocks-edit")
    prices = quarters.prices_of(ours)
    context = {
        "form": form,
        "prices": [(_("By weeks"), prices[False]), (_("By quarters"), prices[True])],
        "begins_on": prices[True].starts_on,
        "chosen_on": ours.quarters_from,
        "released": has_released(ours),
    }
    return render(request, "metrics/blocks/edit.html", context, status=status_of(form))
