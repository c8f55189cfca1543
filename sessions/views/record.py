"""The learner's own pages: one session, and the record over all of them."""

import csv

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from programs.access import Permission, allows
from programs.access_views import permission_required
from programs.cells import harmless
from programs.http import MemberRequest
from sessions.domain import overview, plans, questions, record, reflections, schedule, ticks, visibility
from sessions.domain.record_rows import rows_of
from sessions.models import HELD, MicroSession, Status
from sessions.views.sparks import sparks_of

PAGE = 10


@require_safe
def micro_show(request: MemberRequest, pk: int) -> HttpResponse:
    """One session from the learner's side: what is ahead, what to do, or what was shared."""
    micro = get_object_or_404(MicroSession.objects.learned_by(request.member).for_list(), pk=pk)
    held = micro.status in HELD
    entry = record.entry_of(micro, learner=request.member)
    context = {
        "micro": micro,
        "entry": entry,
        "can_confirm": held and not micro.met_confirmed_at and not (entry.reflection and entry.reflection.saved_at),
        "minutes": micro.minutes_actual or micro.minutes_planned,
        "handed": visibility.who_is_in(micro),
        "practice": seen_in_practice(entry, ticks.counts(micro, by=request.member)),
        "can_ask": allows(schedule.check_can_ask, request.member, micro),
        "next_question": questions.next_question(micro, by=request.member) if entry.plan else None,
        "plan_open": held and reflections.plan_is_open(micro, request.member),
        "last": plans.last_before(micro, by=request.member) if micro.status == Status.PLANNED else None,
    }
    return render(request, "sessions/micro/learner_show.html", context)


@permission_required(Permission.LEARN)
@require_safe
def show(request: MemberRequest) -> HttpResponse:
    """How it goes: each behaviour over the sessions, plans and chances, then the sessions."""
    held = overview.sessions_of(request.member)
    page = Paginator(held, PAGE).get_page(request.GET.get("page"))
    drawn = held if page.number == 1 else []
    record = overview.overview_of(list(page), drawn, learner=request.member)
    context = {
        "page": page,
        "lines": record.lines,
        "paths": [(path, sparks_of(path.trajectories, coach=path.coach)) for path in record.paths],
    }
    return render(request, "sessions/record/show.html", context)


@permission_required(Permission.LEARN)
@require_safe
def download(request: MemberRequest) -> HttpResponse:
    """The same as a CSV file."""
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="my-record-{timezone.localdate():%Y-%m-%d}.csv"'
    response.write("\ufeff")  # so that Excel reads the letters right
    csv.writer(response).writerows([harmless(cell) for cell in row] for row in rows_of(request.member))
    return response


def seen_in_practice(entry: record.Entry, counts: dict[int, ticks.TickCount]) -> list[tuple[str, ticks.TickCount]]:
    """Behaviours with a chance in the practice, the focus first; empty before the reveal."""
    lines = entry.reveal.lines if entry.reveal else ()
    return [(line.name, counts[line.behaviour]) for line in lines if line.behaviour in counts]
