"""Rating without a login: the coach makes a code, the learner types it or scans it, this one rating opens."""

from typing import Any

import segno
from allauth.account.adapter import get_adapter
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coachhub.errors import DomainError, WrongState
from programs.http import MemberRequest
from programs.models import Member
from sessions.domain import codes, guests, hand_over, visibility
from sessions.forms.codes import CodeForm
from sessions.forms.rating import Problem, levels_in, problem_of, scales_of
from sessions.models import MicroSession, RatingCode, Status


@require_POST
@never_cache
def make(request: MemberRequest, pk: int) -> HttpResponse:
    """A new code for the coach's screen: shown in this answer and never again.

    Once the learner has rated, the page of the code (reloaded, without JavaScript) gives way to the coach's rating.
    """
    micro = get_object_or_404(MicroSession.objects.coached_by(request.member).for_list(), pk=pk)
    if not request.htmx and visibility.who_is_in(micro).learner:
        return redirect("coach:rating-edit" if micro.status != Status.RUNNING else "coach:micro-run", pk)
    handout = codes.make(micro, by=request.member)
    link = request.build_absolute_uri(reverse("learn:code-follow", args=[handout.token]))
    enter = request.build_absolute_uri(reverse("learn:code-enter"))
    picture = segno.make(link, micro=False).svg_data_uri(scale=4, border=2)
    context = {
        "micro": micro,
        "handout": handout,
        "picture": picture,
        "enter": enter.partition("://")[2],
        "back_url": coach_page(micro),
    }
    return render(request, f"sessions/rating/{'_code' if request.htmx else 'code'}.html", context)


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """Type the six digits."""
    form = CodeForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        address = get_adapter(request).get_client_ip(request)
        try:
            return let_in(request, codes.open_code(form.cleaned_data["code"], address=address))
        except DomainError as problem:
            form.add_error("code", str(problem.sentence))
            return render(request, "sessions/rating/enter.html", {"form": form}, status=problem.status)
    return render(request, "sessions/rating/enter.html", {"form": form}, status=422 if form.errors else 200)


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def follow(request: HttpRequest, token: str) -> HttpResponse:
    """What the QR code leads to: one button, so that a program that opens links opens nothing."""
    code = codes.open_link(token)
    if request.method == "POST":
        return let_in(request, code)
    return render(request, "sessions/rating/follow.html", {"micro": code.micro})


@login_not_required
@never_cache
@require_http_methods(["GET", "POST"])
def rate(request: HttpRequest) -> HttpResponse:
    """The open self-rating and nothing else."""
    guest = guests.guest_of(request.session)
    if guest is None:
        return redirect("learn:code-enter")
    problems: list[Problem] = []
    try:
        guests.check_open(guest)
        if request.method == "POST":
            guests.hand_in(request.session, guest, levels_in(request.POST))
            return redirect("learn:code-done")
    except guests.IsOver as over:
        return render(request, "sessions/rating/over.html", frameless(request) | {"over": over}, status=over.status)
    except DomainError as problem:
        problems.append(problem_of(problem))
        guest = guests.guest_of(request.session) or guest
    scales = scales_of(guest.micro, guest.levels)
    context = frameless(request) | {"guest": guest, "micro": guest.micro, "scales": scales, "problems": problems}
    return render(request, "sessions/rating/guest.html", context, status=422 if problems else 200)


@login_not_required
@require_POST
def score(request: HttpRequest) -> HttpResponse:
    """Keep taps; those that another opening on this device left unsent are refused."""
    guest = guests.guest_of(request.session)
    if guest is None or request.GET.get("key") != guest.key:
        raise codes.CodeIsClosed
    guests.score(request.session, guest, levels_in(request.POST))
    return HttpResponse(status=204)


@login_not_required
@never_cache
@require_safe
def done(request: HttpRequest) -> HttpResponse:
    """Thanks; on a handed-over phone, how it goes back."""
    return render(request, "sessions/rating/done.html", frameless(request))


def coach_page(micro: MicroSession) -> str:
    """Where the coach goes on: the run page while it runs."""
    return reverse("coach:micro-run", args=[micro.pk]) if micro.status == Status.RUNNING else micro.get_absolute_url()


def let_in(request: HttpRequest, code: RatingCode) -> HttpResponse:
    """A signed-in learner goes to their own page; anybody else signed in is told so. Raises WrongState."""
    member: Member | None = getattr(request, "member", None)
    if member and member.pk == code.micro.learner_id:
        return redirect("learn:rating-edit", code.micro_id)
    if request.user.is_authenticated:
        words = {"learner": code.micro.learner.name, "user": member or request.user}
        raise WrongState(
            _("This is the rating of %(learner)s, and %(user)s is signed in here. Sign out first.") % words
        )
    guests.open_with(request.session, code)
    return redirect("learn:code-rate")


def frameless(request: HttpRequest) -> dict[str, Any]:
    """No navigation and no member: what is kept on the device is not the coach's, whose phone it may be."""
    state = hand_over.active(request.session.get(hand_over.KEY))
    return {"member": None, "nav": [], "handed_over": state is not None}
