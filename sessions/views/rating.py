"""Rating pages: the coach's taps, and the learner's one flow of rating and reflecting."""

from typing import Any

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coachhub.errors import Invalid
from programs.access import allows
from programs.http import MemberRequest
from sessions.domain import ratings, visibility
from sessions.forms.rating import levels_in, problem_of, scales_of
from sessions.models import MicroSession
from sessions.views.flow import Flow


@require_safe
def coach_edit(request: MemberRequest, pk: int) -> HttpResponse:
    """The coach's rating of one session, before, during or after it; of one that did not take place its page."""
    ours = MicroSession.objects.coached_by(request.member).select_related("learner", "focus_criterion")
    micro = get_object_or_404(ours, pk=pk)
    if not allows(ratings.check_can_rate, request.member, micro):
        return redirect(micro)
    return render(request, "sessions/rating/coach.html", coach_context(request, micro))


@require_POST
def coach_score(request: MemberRequest, pk: int) -> HttpResponse:
    """Keep the taps so far."""
    micro = get_object_or_404(MicroSession.objects.coached_by(request.member), pk=pk)
    ratings.score_all(micro, by=request.member, levels=levels_in(request.POST))
    return HttpResponse(status=204)


@require_POST
def coach_submit(request: MemberRequest, pk: int) -> HttpResponse:
    """Hand in, then back to `next` (the run page) or to the rating."""
    ours = MicroSession.objects.coached_by(request.member).select_related("learner", "focus_criterion")
    micro = get_object_or_404(ours, pk=pk)
    try:
        ratings.hand_in(micro, by=request.member, levels=levels_in(request.POST))
    except Invalid as problem:
        context = coach_context(request, micro) | {"problems": [problem_of(problem)]}
        return render(request, "sessions/rating/coach.html", context, status=problem.status)
    return back_to(request, reverse("coach:rating-edit", args=[pk]))


@require_POST
def coach_change(request: MemberRequest, pk: int) -> HttpResponse:
    """Open a rating again after the reveal: late from now on."""
    micro = get_object_or_404(MicroSession.objects.coached_by(request.member), pk=pk)
    ratings.change(micro, by=request.member)
    return redirect("coach:rating-edit", pk)


@require_http_methods(["GET", "POST"])
def learner_edit(request: MemberRequest, pk: int) -> HttpResponse:
    """Rate and reflect: one page, kept tap by tap; what is missing at the end is said beside it."""
    own = MicroSession.objects.learned_by(request.member).select_related("coach", "focus_criterion")
    micro = get_object_or_404(own, pk=pk)
    if request.method == "GET":
        if not allows(ratings.check_can_rate, request.member, micro):
            return redirect("learn:micro-show", pk)
        return render(request, "sessions/rating/learner.html", Flow(micro, request.member).context())
    flow = Flow(micro, request.member, request.POST)
    if not flow.take():
        return render(request, "sessions/rating/learner.html", flow.context(), status=flow.status)
    return redirect(flow.next_page(request))


@require_POST
def learner_score(request: MemberRequest, pk: int) -> HttpResponse:
    """Keep the taps so far."""
    micro = get_object_or_404(MicroSession.objects.learned_by(request.member), pk=pk)
    ratings.score_all(micro, by=request.member, levels=levels_in(request.POST))
    return HttpResponse(status=204)


@require_POST
def learner_change(request: MemberRequest, pk: int) -> HttpResponse:
    """Open a rating again after the reveal: late from now on."""
    micro = get_object_or_404(MicroSession.objects.learned_by(request.member), pk=pk)
    ratings.change(micro, by=request.member)
    return redirect("learn:rating-edit", pk)


def coach_context(request: MemberRequest, micro: MicroSession) -> dict[str, Any]:
    rating = ratings.rating_of(micro, by=request.member)
    return {
        "micro": micro,
        "rating": rating,
        "handed": visibility.who_is_in(micro),
        "reveal": visibility.reveal_of(micro, by=request.member),
        "scales": scales_of(micro, ratings.scores_of(rating)),
    }


def back_to(request: MemberRequest, fallback: str) -> HttpResponseRedirect:
    """The posted `next`, if it is a page of this site."""
    wanted = request.POST.get("next", "")
    here = {request.get_host()}
    safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts=here, require_https=request.is_secure())
    return HttpResponseRedirect(wanted if safe else fallback)
