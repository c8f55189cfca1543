"""A week's proposals and "Accept all"."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from programs.access import Permission
from programs.access_views import permission_required
from programs.http import MemberRequest
from sessions.domain import week
from sessions.domain.week import Item, Week
from sessions.forms.week import WEEKS_AHEAD, chosen_monday, key_of, keys_in, this_monday
from sessions.models import MicroSession


@dataclass(frozen=True)
class Line:
    """A proposal with its tick's value, or a session that is planned already."""

    at: datetime
    item: Item | None = None
    value: str = ""
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
        return accepted(request, monday, len(made))
    found = week.propose_week(request.member, monday)
    context = {
        "week": found,
        "days": days_of(found),
        "taken": sum(item.taken for item in found.items),
        "clashes": sum(bool(item.clash) for item in found.items),
        "previous": monday - timedelta(weeks=1) if monday > this_monday() else None,
        "following": monday + timedelta(weeks=1) if monday < this_monday() + timedelta(weeks=WEEKS_AHEAD) else None,
        "last_day": monday + timedelta(days=6),
    }
    return render(request, "sessions/week/plan.html", context)


def accepted(request: MemberRequest, monday: date, count: int) -> HttpResponse:
    if count:
        text = ngettext("%(n)s session planned.", "%(n)s sessions planned.", count) % {"n": count}
        told = ngettext("The learner is told.", "Each learner is told.", count)
        messages.success(request, f"{text} {told}")
    return redirect(f"{reverse('coach:week-plan')}?week={monday.isoformat()}")


def days_of(found: Week) -> list[Day]:
    """Days on which something is proposed or planned, by the reader's calendar."""
    proposed = [Line(item.proposal.at, item=item, value=key_of(item)) for item in found.items]
    planned = [Line(micro.scheduled_for, micro=micro) for micro in found.planned]
    by_day: dict[date, list[Line]] = {}
    for line in sorted([*proposed, *planned], key=lambda line: line.at):
        by_day.setdefault(timezone.localtime(line.at).date(), []).append(line)
    return [Day(day, by_day[day]) for day in sorted(by_day)]
