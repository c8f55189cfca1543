"""A session's own page for its coach: what is ahead, what to do, or the record."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from programs.access import Permission, allows, has_permission
from programs.http import MemberRequest
from sessions.domain import announced, closing, notes, schedule, timeline, topics, visibility, who_plans
from sessions.domain.busy import clash_of
from sessions.domain.times import day_and_time
from sessions.forms.run import note_form
from sessions.models import MicroSession, Status

SOON = timedelta(hours=1)


@require_safe
def show(request: MemberRequest, pk: int) -> HttpResponse:
    """One page for every state; each offers the next step."""
    return shown(request, pk)


def shown(request: MemberRequest, pk: int, *, status: int = 200, **bound: Any) -> HttpResponse:
    """The page; `bound` is the note that was posted and refused."""
    micro = get_object_or_404(
        MicroSession.objects.coached_by(request.member)
        .for_list()
        .select_related("learner__organization", "blueprint", "enrolment__program", "enrolment__learner__organization")
        .prefetch_related("moves")
        .annotate(untold=announced.UNTOLD),
        pk=pk,
    )
    context = {
        "micro": micro,
        "note_form": note_form(notes.read(micro, by=request.member)),
        "undo": undo_of(request, micro),
        "untold": announced.is_to_tell(micro),
        "stands_in": micro.enrolment.coach_id != request.member.pk,
        "coaches": has_permission(request.member, Permission.COACH),
    }
    context |= ahead(request, micro) if micro.status == Status.PLANNED else record(request, micro)
    return render(request, "sessions/micro/show.html", context | bound, status=status)


def undo_of(request: MemberRequest, micro: MicroSession) -> dict[str, Any] | None:
    """What the undo bar needs: which undo, and for how many more seconds."""
    undo = schedule.undo_of(micro)
    if undo is None or not (undo.move or allows(schedule.check_can_restore, request.member, micro)):
        return None
    return {"move": undo.move, "seconds": int((undo.until - timezone.now()).total_seconds())}


def ahead(request: MemberRequest, micro: MicroSession) -> dict[str, Any]:
    """A planned session: what is in its way, what was to be talked about, the last plan."""
    waiting = topics.open_topics([micro.enrolment], by=request.member)[micro.enrolment_id]
    now = timezone.now()
    return {
        "clash": clash_of(micro),
        "can_move": allows(schedule.check_can_move, request.member, micro),
        "passed": micro.scheduled_for <= now,
        "long_past": micro.scheduled_for <= now - SOON,
        "topics": [*micro.topics.select_related("reflection"), *waiting],
        "last": timeline.last_plan(micro.enrolment, by=request.member),
        "soon": abs(micro.scheduled_for - now) < SOON,
        "there": time_there(request, micro),
    }


def time_there(request: MemberRequest, micro: MicroSession) -> str:
    """The learner's own time, when their zone is another."""
    if micro.learner.timezone == request.member.timezone:
        return ""
    with timezone.override(ZoneInfo(micro.learner.timezone)):
        return _("%(when)s for %(name)s") % {"when": day_and_time(micro.scheduled_for), "name": micro.learner}


def record(request: MemberRequest, micro: MicroSession) -> dict[str, Any]:
    """A session that runs, is to be finished or is closed; one that did not take place has next to nothing."""
    closes = micro.status == Status.CLOSING
    fell_through = micro.status in (Status.CANCELLED, Status.MISSED)
    today = timezone.localdate()
    return {
        "can_plan": fell_through and allows(who_plans.check_can_plan_on, request.member, micro.enrolment, today),
        "entry": timeline.entry_of(micro, by=request.member),
        "handed": visibility.who_is_in(micro),
        "missing": closing.in_words(closing.missing(micro)) if closes else "",
        "topics": micro.topics.select_related("reflection"),
    }
