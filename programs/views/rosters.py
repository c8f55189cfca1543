"""A manager's cohorts: who learns there and what is planned; no figure, and nothing that anybody did."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from programs.access import Permission
from programs.access_views import permission_required
from programs.domain import rosters
from programs.http import MemberRequest
from programs.views.saving import page_of


@require_safe
@permission_required(Permission.SEE_FIGURES)
def cohort_list(request: MemberRequest) -> HttpResponse:
    return render(request, "programs/rosters/list.html", {"plans": rosters.learning_with(request.member)})


@require_safe
@permission_required(Permission.SEE_FIGURES)
def cohort_show(request: MemberRequest, pk: int) -> HttpResponse:
    context = {
        "plan": rosters.plan_of(request.member, pk),
        "page": page_of(rosters.roster_of(request.member, pk), request),
        "today": timezone.localdate(),
    }
    return render(request, "programs/rosters/show.html", context)
