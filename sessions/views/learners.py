"""My learners, and one enrolment over time."""

import csv
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.views.decorators.http import require_POST, require_safe

from coachhub.errors import Invalid
from programs.access import Permission, allows, has_permission
from programs.access_views import permission_required
from programs.cells import harmless
from programs.http import MemberRequest
from programs.models import Enrolment
from sessions.domain import learners, set_aside, slots, so_far, timeline, who_plans
from sessions.domain.learner_lines import lines_of
from sessions.domain.learners import MyLearners
from sessions.domain.trajectories import TRAJECTORY_SESSIONS
from sessions.forms.learners import ListForm
from sessions.forms.problems import put
from sessions.forms.schedule import SlotForm
from sessions.views.learner_rows import shown
from sessions.views.past_lines import shown as shown_past
from sessions.views.sparks import sparks_of

PAGE = TRAJECTORY_SESSIONS  # the drawings over the first page are of its sessions
MOST = 50


@permission_required(Permission.COACH)
@require_safe
def index(request: MemberRequest) -> HttpResponse:
    """One line each, the longest wait first."""
    mine = MyLearners.of(request.member)
    form = ListForm(request.GET, programs=mine.programs)
    paginator = Paginator(mine.lines(**form.chosen), MOST)
    paginator.count = mine.number(form.chosen["program"])  # known: no query
    page = paginator.get_page(request.GET.get("page"))
    rows = list(shown(mine.rows_of(page.object_list)))
    context = {
        "form": form,
        "several": len(mine.programs) > 1,
        "total": mine.number(None),
        "page": page,
        "rows": [line for line in rows if line.row.until is None],
        "standing_in": [line for line in rows if line.row.until],
        "ended": mine.ended()[:MOST],
        "met": mine.met()[:MOST],
        "has_kept": set_aside.has_kept(request.member),
    }
    return render(request, "sessions/enrolment/index.html", context)


@permission_required(Permission.COACH)
@require_safe
def download(request: MemberRequest) -> HttpResponse:
    """The same lines as a CSV file."""
    mine = MyLearners.of(request.member)
    form = ListForm(request.GET, programs=mine.programs)
    rows = mine.rows_of(mine.lines(**form.chosen))
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="my-learners-{timezone.localdate():%Y-%m-%d}.csv"'
    response.write("\ufeff")  # so that Excel reads the letters right
    csv.writer(response).writerows([harmless(cell) for cell in line] for line in lines_of(rows, mine.cohorts()))
    return response


@require_safe
def show(request: MemberRequest, pk: int) -> HttpResponse:
    """What is ahead, then everything that was, newest first; with a learner of somebody else the own sessions alone."""
    enrolment = get_object_or_404(with_all(so_far.with_past_of(request.member)), pk=pk)
    if enrolment.coach_id == request.member.pk:
        return page_of(request, enrolment, SlotForm())
    page = past_of(request, enrolment)
    entries = list(shown_past(so_far.told(page, enrolment, by=request.member)))
    context = {"enrolment": enrolment, "page": page, "entries": entries}
    context["coaches"] = has_permission(request.member, Permission.COACH)
    return render(request, "sessions/enrolment/met.html", context)


@require_POST
def slot_add(request: MemberRequest, pk: int) -> HttpResponse:
    """A usual slot."""
    enrolment = coached(request, pk)
    form = SlotForm(request.POST)
    if form.is_valid():
        try:
            slots.add(enrolment, by=request.member, **form.cleaned_data)
            return redirect(f"{enrolment.get_absolute_url()}#slots")
        except Invalid as problem:
            put(form, problem)
    return page_of(request, enrolment, form)


@require_POST
def slot_remove(request: MemberRequest, pk: int, slot: int) -> HttpResponse:
    """One slot less; what is planned stays."""
    enrolment = coached(request, pk)
    slots.remove(get_object_or_404(enrolment.usual_slots, pk=slot), by=request.member)
    return redirect(f"{enrolment.get_absolute_url()}#slots")


def coached(request: MemberRequest, pk: int) -> Enrolment:
    """The door: enrolments whose coach the member is now, ended ones too."""
    return get_object_or_404(with_all(Enrolment.objects.coached_by(request.member)), pk=pk)


def with_all(enrolments: QuerySet[Enrolment]) -> QuerySet[Enrolment]:
    """With what the page shows of each."""
    shown = enrolments.select_related("learner__organization", "program", "pillar", "cohort")
    return shown.prefetch_related("usual_slots")


def past_of(request: MemberRequest, enrolment: Enrolment) -> "Page[Any]":
    return Paginator(so_far.past(enrolment, by=request.member), PAGE).get_page(request.GET.get("page"))


def page_of(request: MemberRequest, enrolment: Enrolment, form: SlotForm) -> HttpResponse:
    member = request.member
    page = past_of(request, enrolment)
    told = so_far.told(page, enrolment, by=member)
    planned = list(timeline.planned(enrolment, by=member))
    context = {
        "enrolment": enrolment,
        "planned": planned,
        "next_slot": None if planned else learners.next_slot(enrolment, member, timezone.now()),
        "page": page,
        "sparks": sparks_of(so_far.trajectories(told)) if page.number == 1 else [],
        "entries": list(shown_past(told)),
        "agreement": timeline.agreement_of(enrolment, by=member),
        "can_plan": allows(who_plans.check_coaches_now, member, enrolment),
        "slots": [(slot, WEEKDAYS[slot.weekday]) for slot in enrolment.usual_slots.all()],
        "form": form,
    }
    return render(request, "sessions/enrolment/show.html", context, status=422 if form.errors else 200)
