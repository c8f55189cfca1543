"""The plan form, for a new session and for a planned one."""

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from coachhub.errors import Invalid
from programs.access import allows
from programs.http import MemberRequest
from programs.models import Blueprint, Enrolment
from sessions.domain import cases, notes, planning, policies, proposals, running, schedule, timeline, topics
from sessions.domain.busy import clash_of
from sessions.domain.proposals import Proposal
from sessions.domain.times import day_and_time
from sessions.forms.plan import EditForm, PlanForm, focuses_of, values_of
from sessions.forms.problems import put
from sessions.models import MicroSession, Status

NOW = "start"


@require_http_methods(["GET", "POST"])
def plan(request: MemberRequest, pk: int) -> HttpResponse:
    """Prefilled from the proposal: [Save] and [Save and start] work with no further input."""
    enrolment = plannable(request, pk)
    policies.check_can_plan(request.member, enrolment)
    proposal = proposals.propose(enrolment, by=request.member)
    posted = request.POST if request.method == "POST" else None
    form = PlanForm(posted, proposal=proposal, cases=cases_of(request, enrolment))
    if posted is not None and form.is_valid():
        try:
            return after(request, save(request, enrolment, form))
        except Invalid as problem:
            put(form, problem)
    context = about(request, enrolment, proposal) | {"form": form}
    return render(request, "sessions/micro/plan.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def edit(request: MemberRequest, pk: int) -> HttpResponse:
    """What a planned session is about."""
    micro = get_object_or_404(
        MicroSession.objects.coached_by(request.member)
        .for_list()
        .select_related("enrolment__program", "enrolment__learner__organization", "rubric"),
        pk=pk,
    )
    policies.check_can_change_schedule(request.member, micro)
    posted = request.POST if request.method == "POST" else None
    form = edit_form(request, micro, posted)
    if posted is not None and form.is_valid():
        try:
            return redirect(save_edit(request, micro, form))
        except Invalid as problem:
            put(form, problem)
    can_move = allows(schedule.check_can_move, request.member, micro)
    context = {"form": form, "micro": micro, "enrolment": micro.enrolment, "can_move": can_move}
    return render(request, "sessions/micro/edit.html", context, status=422 if form.errors else 200)


def plannable(request: MemberRequest, pk: int) -> Enrolment:
    """The door: own enrolments, and those for which one stands in today."""
    return get_object_or_404(
        Enrolment.objects.planned_by(request.member, on=timezone.localdate())
        .select_related("learner__organization", "coach", "program", "pillar")
        .prefetch_related("usual_slots", "substitutes"),
        pk=pk,
    )


def cases_of(request: MemberRequest, enrolment: Enrolment) -> list[Blueprint]:
    return cases.blueprints([enrolment.pillar_id], by=request.member).get(enrolment.pillar_id, [])


@transaction.atomic
def save(request: MemberRequest, enrolment: Enrolment, form: PlanForm) -> MicroSession:
    """Plan it, and start it where that was asked for."""
    starts = request.POST.get("then") == NOW
    micro = planning.plan(
        enrolment,
        by=request.member,
        scheduled_for=None if starts else form.at(),
        details=form.details(minutes_planned=form.cleaned_data["minutes_planned"]),
        form_key=form.cleaned_data["form_key"],
        note=form.cleaned_data["note"],
        taken_up=form.cleaned_data.get("topics", ()),
    )
    return running.start(micro, by=request.member) if starts and micro.status == Status.PLANNED else micro


def after(request: MemberRequest, micro: MicroSession) -> HttpResponse:
    """To the run page once it runs, else to the session, with what is in its way."""
    if micro.status != Status.PLANNED:
        return redirect("coach:micro-run", micro.pk)
    words = {"name": micro.learner, "when": day_and_time(micro.scheduled_for)}
    messages.success(request, _("Planned with %(name)s: %(when)s.") % words)
    warn(request, micro)
    return redirect(micro)


def warn(request: MemberRequest, micro: MicroSession) -> None:
    """What is in the way of a session just planned."""
    if clash := clash_of(micro):
        messages.warning(request, _("Careful: %(clash)s.") % {"clash": clash})


def about(request: MemberRequest, enrolment: Enrolment, proposal: Proposal) -> dict[str, Any]:
    return {
        "enrolment": enrolment,
        "proposal": proposal,
        "last": timeline.last_plan(enrolment, by=request.member),
        "stands_in": enrolment.coach_id != request.member.pk,
    }


def edit_form(request: MemberRequest, micro: MicroSession, posted: Any) -> EditForm:
    member = request.member
    waiting = topics.open_topics([micro.enrolment], by=member)[micro.enrolment_id]
    taken = list(micro.topics.select_related("reflection"))
    note = notes.read(micro, by=member)
    form = EditForm(
        posted,
        focuses=focuses_of(micro),
        cases=cases_of(request, micro.enrolment),
        usual_minutes=micro.enrolment.program.minutes,
        topics=[*taken, *waiting],
        initial=values_of(micro, note=note or ""),
    )
    if note is None:
        del form.fields["note"]  # it cannot be opened: nothing is written over it
    return form


def save_edit(request: MemberRequest, micro: MicroSession, form: EditForm) -> MicroSession:
    data = form.cleaned_data
    saved = planning.edit(
        micro,
        by=request.member,
        details=form.details(minutes_planned=data["minutes_planned"]),
        version=data["version"],
        note=data.get("note"),
        taken_up=data.get("topics"),
    )
    messages.success(request, _("Saved."))
    return saved
