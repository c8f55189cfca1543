"""The coach hands the phone over: four digits, the learner's rating alone, four digits to get it back."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from coachhub.errors import DomainError
from programs.http import MemberRequest
from sessions.domain import codes, guests, hand_over
from sessions.forms.codes import NumberForm
from sessions.models import MicroSession
from sessions.views.codes import coach_page, frameless


@never_cache
@require_http_methods(["GET", "POST"])
def offer(request: MemberRequest, pk: int) -> HttpResponse:
    """What will happen; then the four digits, shown in this answer and never again."""
    micro = get_object_or_404(MicroSession.objects.coached_by(request.member).for_list(), pk=pk)
    codes.check_can_open_for_learner(request.member, micro)
    digits = ""
    if request.method == "POST":
        digits, request.session[hand_over.KEY] = hand_over.offer(micro, by=request.member)
    return render(
        request, "sessions/rating/hand_over.html", {"micro": micro, "digits": digits, "back_url": coach_page(micro)}
    )


@require_POST
def start(request: MemberRequest, pk: int) -> HttpResponse:
    """From here on this login session shows the learner's rating only."""
    micro = get_object_or_404(MicroSession.objects.coached_by(request.member), pk=pk)
    request.session[hand_over.KEY] = hand_over.begin(request.session.get(hand_over.KEY), micro, by=request.member)
    request.session.pop(guests.TAPS, None)
    response = redirect("learn:code-rate")
    response["Clear-Site-Data"] = '"cache"'  # "Back" must not bring up the coach's pages
    return response


@never_cache
@require_http_methods(["GET", "POST"])
def end(request: MemberRequest) -> HttpResponse:
    """Back to the coach, with the digits. A login session that is not handed over has no such page."""
    state = hand_over.active(request.session.get(hand_over.KEY))
    if state is None:
        raise Http404
    form = NumberForm(request.POST if request.method == "POST" else None)
    status = 200
    if form.is_valid():
        try:
            hand_over.check_number(state, form.cleaned_data["number"])
        except DomainError as problem:
            form.add_error("number", str(problem.sentence))
            status = problem.status
        else:
            return back(request, state)
    return render(request, "sessions/rating/hand_back.html", frameless(request) | {"form": form}, status=status)


def back(request: MemberRequest, state: hand_over.HandOver) -> HttpResponse:
    for key in (hand_over.KEY, guests.TAPS):
        request.session.pop(key, None)
    micro = get_object_or_404(MicroSession.objects.coached_by(request.member), pk=state.micro)
    return redirect(coach_page(micro))
