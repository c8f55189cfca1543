"""A week's proposals and "Accept all"."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from programs.access import Permission, allows
from programs.access_views import permission_required
from programs.http import MemberRequest
from programs.models import Member
from sessions.domain import week, week_undo, who_plans
from sessions.domain.week import WEEKS_AHEAD, Item, Week, this_monday
from sessions.forms.week import chosen_monday, key_of, keys_in
from sessions.models import MicroSession


@dataclass(frozen=True)
class Line:
    """A proposal with its tick's value, or a session that is planned already. `opens` says whether the proposal's
    form can be opened today: who stands in later cannot yet."""

    at: datetime
    item: Item | None = None
    value: str = ""
    opens: bool = False
    micro: MicroSession | None = None


@dataclass(frozen=True)
class Day:
    """What is proposed and planned on one day, in order of time."""

    date: date
    lines: list[Line]


@permission_required(Permission.COACH)
@require_http_methods(["GET", "POST"])
def plan(request: MemberRequest) -> HttpResponse:
    """Next week unless another one is asked for."""
    monday = chosen_monday(request.GET.get("week", ""))
    if monday is None:
        raise Http404
    if request.method == "POST":
        made = week.accept(request.member, monday, keys_in(request.POST.getlist("take")))
        return accepted(request, monday, made, later=week_undo.told_at(request.member, monday) is not None)
    found = week.propose_week(request.member, monday)
    context = {
        "week": found,
        "days": days_of(found, request.member),
        "taken": sum(item.taken for item in found.items),
        "clashes": sum(bool(item.clash) for item in found.items),
        "previous": monday - timedelta(weeks=1) if monday > this_monday() else None,
        "following": monday + timedelta(weeks=1) if monday < this_monday() + timedelta(weeks=WEEKS_AHEAD) else None,
        "undo": undo_of(request.member, monday),
        "last_day": monday + timedelta(days=6),
    }
    return render(request, "sessions/week/plan.html", context)


@permission_required(Permission.COACH)
@require_POST
def undo(request: MemberRequest) -> HttpResponse:
    """Take the accepted week back while nobody knows of it."""
    monday = chosen_monday(request.GET.get("week", ""))
    if monday is None:
        raise Http404
    count = week_undo.take_back(request.member, monday)
    text = ngettext("%(n)s session taken back.", "%(n)s sessions taken back.", count) % {"n": count}
    messages.success(request, f"{text} {_('Nobody was told.')}")
    return to_week(monday)


def accepted(request: MemberRequest, monday: date, made: list[MicroSession], *, later: bool) -> HttpResponse:
    """`later`: the page itself says when the learners are told, and that it can be taken back until then."""
    count = len(made)
    if count and not later:
        text = ngettext("%(n)s session planned.", "%(n)s sessions planned.", count) % {"n": count}
        told = ngettext("The learner is told.", "Each learner is told.", count)
        messages.success(request, f"{text} {told}" if all(micro.learner.is_told for micro in made) else text)
    for refused in sorted({micro.learner.untold_because for micro in made if micro.learner.mail_bounced_at}):
        messages.warning(request, refused)
    return to_week(monday)


def to_week(monday: date) -> HttpResponse:
    return redirect(f"{reverse('coach:week-plan')}?week={monday.isoformat()}")


def undo_of(coach: Member, monday: date) -> dict[str, Any] | None:
    """How many sessions can be taken back, until when, and for how many more seconds."""
    told_at = week_undo.told_at(coach, monday)
    if told_at is None:
        return None
    seconds = int((told_at - timezone.now()).total_seconds())
    return {"count": week_undo.untold(coach, monday).count(), "told_at": told_at, "seconds": seconds}


def line_of(item: Item, coach: Member) -> Line:
    opens = allows(who_plans.check_can_plan_on, coach, item.proposal.enrolment, timezone.localdate())
    return Line(item.proposal.at, item=item, value=key_of(item), opens=opens)


def days_of(found: Week, coach: Member) -> list[Day]:
    """Days on which something is proposed or planned, by the reader's calendar."""
    proposed = [line_of(item, coach) for item in found.items]
    planned = [Line(micro.scheduled_for, micro=micro) for micro in found.planned]
    by_day: dict[date, list[Line]] = {}
    for line in sorted([*proposed, *planned], key=lambda line: line.at):
        by_day.setdefault(timezone.localtime(line.at).date(), []).append(line)
    return [Day(day, by_day[day]) for day in sorted(by_day)]
