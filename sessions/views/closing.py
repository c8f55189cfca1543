"""The "Finish, 1 min" page, and the two things that run and close share: feedback lines and the plan."""

from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from coachhub.errors import Invalid
from programs.access import allows
from programs.http import MemberRequest
from programs.models import Member
from sessions.domain import closing, feedback, next_one, plans, running
from sessions.domain.closing import CannotClose
from sessions.forms.plan import NextForm
from sessions.forms.run import FeedbackForm, MinutesForm, PlanStepForm, feedback_form
from sessions.models import HELD, Feedback, MicroSession, Prompt, Status
from sessions.views.planning import plannable, warn
from sessions.views.running import coached
from sessions.views.saving import page, saved


@require_http_methods(["GET", "POST"])
def close(request: MemberRequest, pk: int) -> HttpResponse:
    """What is missing, and nothing else; once closed, what happens next."""
    micro = coached(request, pk)
    if request.method == "POST":
        try:
            closing.close(micro, by=request.member)
        except CannotClose as problem:
            return show(request, micro, status=422, problem=problem)
        return redirect("coach:micro-close", pk)
    if micro.status in HELD:
        return show(request, micro)
    return redirect("coach:micro-run", pk) if micro.status == Status.RUNNING else redirect(micro)


@require_POST
def plan_next(request: MemberRequest, pk: int) -> HttpResponse:
    """Plan the next session as proposed, at the time that the page names; the form when that cannot be."""
    micro, form = coached(request, pk), NextForm(request.POST)
    enrolment = plannable(request, micro.enrolment_id)
    try:
        if form.is_valid():
            when, key = form.cleaned_data["when"], form.cleaned_data["form_key"]
            warn(request, next_one.plan_next(enrolment, by=request.member, scheduled_for=when, form_key=key))
            return redirect("coach:micro-close", pk)
    except Invalid as problem:
        messages.error(request, str(problem.sentence))
    return redirect("coach:micro-plan", enrolment.pk)


@require_POST
def minutes(request: MemberRequest, pk: int) -> HttpResponse:
    """Correct how long it took."""
    micro, form = coached(request, pk), MinutesForm(request.POST)
    try:
        if form.is_valid():
            running.correct_minutes(micro, by=request.member, minutes=form.cleaned_data["minutes"])
            return redirect("coach:micro-close", pk)
    except Invalid as problem:
        form.add_error("minutes", str(problem.sentence))
    return show(request, micro, status=422, minutes_form=form)


@require_POST
def feedback_write(request: MemberRequest, pk: int, kind: str) -> HttpResponse:
    """Save one line, or a part of it."""
    micro = coached(request, pk)
    item = feedback.items_of(micro, by=request.member).get(kind)
    form = feedback_form(kind, item, request.POST) if kind in Feedback.Kind.values else FeedbackForm(request.POST)
    write = feedback.write
    return saved(request, micro, kind, form, lambda: write(micro, by=request.member, kind=kind, **form.given()))


@require_POST
def plan_write(request: MemberRequest, pk: int) -> HttpResponse:
    """Save the plan, or a part of it."""
    micro = coached(request, pk)
    form = PlanStepForm(request.POST, auto_id="plan-%s")
    if not request.htmx:
        form.offer(plans.touchpoints(micro))
    return saved(request, micro, "plan", form, lambda: plans.write(micro, by=request.member, **form.given()))


def show(request: MemberRequest, micro: MicroSession, *, status: int = 200, **more: Any) -> HttpResponse:
    """The page, with the minutes to correct and, for a moment, the undo."""
    ahead = coming(request.member, micro)
    context: dict[str, Any] = {
        "minutes_form": MinutesForm(initial={"minutes": micro.minutes_actual}),
        "can_undo": allows(running.check_can_undo_finish, request.member, micro),
        "first_prompt": first_prompt(request.member, micro),
        "coming": ahead,
        "coming_today": ahead and timezone.localdate(ahead.scheduled_for) == timezone.localdate(),
        "now": timezone.now(),
        "form_key": uuid4(),
    }
    return page(request, micro, status=status, **(context | more))


def first_prompt(member: Member, micro: MicroSession) -> Prompt | None:
    """When the learner is first asked about the plan."""
    asked = Prompt.objects.visible_to(member).filter(follow_up__plan__micro=micro, sequence=1).open()
    return asked.first() if micro.status == Status.CLOSED else None


def coming(member: Member, micro: MicroSession) -> MicroSession | None:
    """The enrolment's next session that is really planned; a plan's next touchpoint is only meant."""
    planned = MicroSession.objects.coached_by(member).filter(enrolment=micro.enrolment_id, status=Status.PLANNED)
    planned = planned.select_related("focus_criterion").order_by("scheduled_for")
    return planned.first() if micro.status == Status.CLOSED else None
