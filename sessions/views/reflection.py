"""The learner's words: drafts, the plan on its own page, "Yes, we met", replies seen."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from coachhub.errors import DomainError, Stale
from programs.http import MemberRequest
from programs.views.saving import status_of
from sessions.domain import plans, reflections
from sessions.domain.texts import whole
from sessions.forms.reflection import MeasuredPlanForm
from sessions.models import MicroSession
from sessions.views.flow import refuse


@require_POST
def keep_draft(request: MemberRequest, pk: int) -> HttpResponse:
    """Keep the one field that was typed in; the versions stand in the address, as the page was made."""
    micro = get_object_or_404(MicroSession.objects.learned_by(request.member), pk=pk)
    fields = {name: request.POST[name] for name in reflections.DRAFT_FIELDS if name in request.POST}
    version, plan_version = (whole(request.GET.get(name, "")) for name in ("version", "plan"))
    reflections.keep_draft(micro, by=request.member, fields=fields, version=version, plan_version=plan_version)
    return HttpResponse(status=204)


@require_POST
def confirm_met(request: MemberRequest, pk: int) -> HttpResponse:
    """ "Yes, we met"."""
    micro = get_object_or_404(MicroSession.objects.learned_by(request.member), pk=pk)
    reflections.confirm_met(micro, by=request.member)
    messages.success(request, _("Noted: you met, so the session counts. You can still rate."))
    return redirect("learn:micro-show", pk)


@require_POST
def see_replies(request: MemberRequest, pk: int) -> HttpResponse:
    """The replies shown on the page have been seen."""
    micro = get_object_or_404(MicroSession.objects.learned_by(request.member), pk=pk)
    reflections.mark_replies_seen(micro, by=request.member)
    return HttpResponse(status=204) if request.htmx else redirect("learn:micro-show", pk)


@require_http_methods(["GET", "POST"])
def plan_edit(request: MemberRequest, pk: int) -> HttpResponse:
    """Change the plan of one session on its own."""
    micro = get_object_or_404(MicroSession.objects.learned_by(request.member).for_list(), pk=pk)
    plans.check_can_write(request.member, micro)
    plan = plans.draft_of(micro)
    initial = {"cue": plan.cue, "will": plan.will, "measure": plan.measure, "plan_version": plan.version}
    form = MeasuredPlanForm(request.POST if request.method == "POST" else None, initial=initial)
    stale = None
    if form.is_valid():
        try:
            reflections.write_plan(micro, by=request.member, **form.cleaned_data)
        except DomainError as problem:
            stale = refuse(form, problem, plan_version=plan.version)
        else:
            messages.success(request, _("Your plan is changed."))
            return redirect("learn:micro-show", pk)
    context = {"micro": micro, "form": form, "stale": stale}
    status = Stale.status if stale else status_of(form)
    return render(request, "sessions/rating/plan.html", context, status=status)
