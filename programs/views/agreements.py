"""What coach and learner agree on, and a learner's first screen. Neither ever blocks a session."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from programs.access import Permission, allows
from programs.access_views import permission_required
from programs.domain import agreements, enrolments, members
from programs.http import MemberRequest
from programs.models import Agreement, Enrolment


@require_safe
def agreement_show(request: MemberRequest, pk: int) -> HttpResponse:
    """Both read the same page; only the learner has the button."""
    mine = Agreement.objects.visible_to(request.member).select_related("coach", "learner", "enrolment__program")
    agreement = get_object_or_404(mine, pk=pk)
    is_learner = agreement.learner_id == request.member.pk
    context = {
        "agreement": agreement,
        "clauses": agreements.clauses_of(agreement),
        "can_accept": allows(agreements.check_can_accept, agreement, by=request.member),
        "past_coaches": agreements.held_by_others(agreement) if is_learner else [],
        "other": agreement.coach if is_learner else agreement.learner,
    }
    return render(request, "programs/agreements/show.html", context)


@require_POST
def agreement_accept(request: MemberRequest, pk: int) -> HttpResponse:
    agreement = get_object_or_404(Agreement.objects.visible_to(request.member), pk=pk)
    read = request.POST.get("version", "")
    agreement = agreements.accept(agreement, by=request.member, version=int(read) if read.isdecimal() else None)
    messages.success(request, _("Agreed with %(name)s. You can read it any time.") % {"name": agreement.coach})
    return redirect(next_page(request) or "today")


@require_POST
@permission_required(Permission.LEARN)
def share_past(request: MemberRequest, pk: int) -> HttpResponse:
    """Whether a new coach sees when they met, plans and last levels; can be changed any time."""
    mine = Enrolment.objects.visible_to(request.member).filter(learner=request.member)
    enrolment = get_object_or_404(mine, pk=pk)
    share = request.POST.get("share") == "yes"
    enrolments.share_past(enrolment, by=request.member, share=share)
    seen = _("%(name)s sees when you met, your plans and last levels.")
    sentence = seen if share else _("%(name)s sees nothing of what came before.")
    messages.success(request, sentence % {"name": enrolment.coach})
    return redirect(next_page(request) or "today")


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.LEARN)
def welcome(request: MemberRequest) -> HttpResponse:
    """Who sees what, once; it can be read again."""
    if request.method == "POST":
        members.welcome(by=request.member)
        return redirect("today")
    running = Enrolment.objects.visible_to(request.member).active().filter(learner=request.member)
    names = running.exclude(coach=None).order_by("pk").values_list("coach__name", flat=True).distinct()
    context = {"organization": request.member.organization, "coaches": list(dict.fromkeys(names))}
    return render(request, "programs/agreements/welcome.html", context)


def next_page(request: MemberRequest) -> str:
    """Where the form says the person came from, if it is here."""
    target = request.POST.get("next", "")
    return target if url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}) else ""
