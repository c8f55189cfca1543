"""Logging sessions that took place without being started here."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from coachhub.errors import Invalid
from programs.access import Permission
from programs.access_views import permission_required
from programs.http import MemberRequest
from programs.models import Enrolment
from sessions.domain import learners, logging_held, policies, proposals
from sessions.forms.log import LogForm, took_place_form
from sessions.forms.problems import put
from sessions.models import MicroSession
from sessions.views.planning import cases_of, plannable

MOST = 50


@permission_required(Permission.COACH)
@require_safe
def choose(request: MemberRequest) -> HttpResponse:
    """With whom was it?"""
    everybody = learners.enrolments_by_name(request.member)
    page = Paginator(everybody, MOST).get_page(request.GET.get("page"))
    return render(request, "sessions/log/choose.html", {"page": page})


@require_http_methods(["GET", "POST"])
def log(request: MemberRequest, pk: int) -> HttpResponse:
    """When, how long, what about; the rest is folded."""
    enrolment = plannable(request, pk)
    policies.check_can_plan(request.member, enrolment)
    proposal = proposals.propose(enrolment, by=request.member)
    posted = request.POST if request.method == "POST" else None
    form = LogForm(posted, proposal=proposal, cases=cases_of(request, enrolment))
    if posted is not None and form.is_valid():
        try:
            return after_log(request, save(request, enrolment, form))
        except Invalid as problem:
            put(form, problem)
    context = {"form": form, "enrolment": enrolment}
    return render(request, "sessions/log/form.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def took_place(request: MemberRequest, pk: int) -> HttpResponse:
    """A planned session was held: its time and minutes, filled in as planned."""
    micro = get_object_or_404(MicroSession.objects.coached_by(request.member).for_list(), pk=pk)
    posted = request.POST if request.method == "POST" else None
    form = took_place_form(micro, posted)
    if posted is not None and form.is_valid():
        data = form.cleaned_data
        try:
            held = logging_held.took_place(micro, by=request.member, held_at=data["held_at"], minutes=data["minutes"])
            return after_log(request, held)
        except Invalid as problem:
            put(form, problem)
    if posted is None:
        policies.check_can_change_schedule(request.member, micro)
    context = {"form": form, "micro": micro}
    return render(request, "sessions/log/took_place.html", context, status=422 if form.errors else 200)


def save(request: MemberRequest, enrolment: Enrolment, form: LogForm) -> MicroSession:
    data = form.cleaned_data
    return logging_held.log_held(
        enrolment,
        by=request.member,
        held_at=data["held_at"],
        minutes=data["minutes"],
        details=form.details(minutes_planned=form.minutes_planned),
        form_key=data["form_key"],
        note=data["note"],
    )


def after_log(request: MemberRequest, micro: MicroSession) -> HttpResponse:
    """What is left to do comes next: rate, one line to keep, one to change, the plan."""
    asked = _("Logged. %(name)s is asked to rate and reflect.") % {"name": micro.learner}
    messages.success(request, asked if micro.learner.is_told else _("Logged."))
    return redirect("coach:micro-close", micro.pk)
