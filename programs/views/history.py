"""Administration: the audit. Who changed what and when, never what anybody wrote."""

import csv

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from programs.access import Permission
from programs.access_views import permission_required
from programs.cells import harmless
from programs.domain.history import events, lines
from programs.forms.history import HistoryFilter
from programs.http import MemberRequest
from programs.models import Member

PER_PAGE = 50
AT_ONCE = 2000


@require_safe
@permission_required(Permission.SEE_AUDIT)
def audit_list(request: MemberRequest) -> HttpResponse:
    """Newest first; `older` says where a later page begins."""
    people = Member.objects.visible_to(request.member)
    form = HistoryFilter(request.GET)
    wanted, place = form.wanted(people), events.Place.of(request.GET.get("older", ""))
    found, older = events.newest(request.member, wanted, place=place, number=PER_PAGE)
    person = people.filter(pk=form.cleaned_data["of"]).first() if form.cleaned_data.get("of") else None
    context = {
        "form": form,
        "person": person,
        "lines": lines.lines(found, request.member.organization_id),
        "older": older,
        "is_later": bool(place.reached),
        "is_filtered": wanted != events.Wanted(),
    }
    return render(request, "programs/history/list.html", context)


@require_safe
@permission_required(Permission.SEE_AUDIT)
def audit_download(request: MemberRequest) -> HttpResponse:
    """The same lines, all of them, as a CSV file."""
    wanted = HistoryFilter(request.GET).wanted(Member.objects.visible_to(request.member))
    name = f"changes-{timezone.localdate():%Y-%m-%d}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8", headers=headers)
    writer = csv.writer(response)
    writer.writerow(lines.header())
    place: events.Place | None = events.Place()
    while place is not None:
        found, place = events.newest(request.member, wanted, place=place, number=AT_ONCE)
        for line in lines.lines(found, request.member.organization_id):
            writer.writerow([harmless(cell) for cell in line.cells])
    return response
