"""All figures of a release: a page and a file of the same rows. Whatever else a request asks for is ignored."""

import csv
from collections.abc import Sequence

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from metrics.domain import reading, table
from metrics.domain.saying import ORDER, Period
from metrics.models import Measure
from programs.access import Permission
from programs.access_views import permission_required
from programs.http import MemberRequest

PER_PAGE = 50


@require_safe
@permission_required(Permission.SEE_FIGURES)
def figure_list(request: MemberRequest) -> HttpResponse:
    """Of the newest release that shows the member something."""
    shown = reading.shown_to(request.member)
    return _page(request, shown, shown.periods[0]) if shown.periods else redirect("insights:home")


@require_safe
@permission_required(Permission.SEE_FIGURES)
def release_show(request: MemberRequest, pk: int) -> HttpResponse:
    shown = reading.shown_to(request.member)
    return _page(request, shown, _chosen(shown.periods, pk))


@require_safe
@permission_required(Permission.SEE_FIGURES)
def release_export(request: MemberRequest, pk: int) -> HttpResponse:
    return _file(request, _chosen(reading.periods_of(request.member), pk))


def _file(request: MemberRequest, period: Period) -> HttpResponse:
    name = f"figures-{period.starts_on.isoformat()}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    response = HttpResponse("\ufeff", content_type="text/csv; charset=utf-8", headers=headers)
    writer = csv.writer(response)
    writer.writerow(table.header())
    writer.writerows(table.lines(reading.rows_of(request.member, period.release), period))
    return response


@require_safe
@permission_required(Permission.SEE_FIGURES)
def figure_export(request: MemberRequest) -> HttpResponse:
    """The file of that release."""
    periods = reading.periods_of(request.member)
    if not periods:
        raise Http404
    return _file(request, periods[0])


def _chosen(periods: Sequence[Period], release: int) -> Period:
    found = next((period for period in periods if period.release == release), None)
    if found is None:
        raise Http404
    return found


def _page(request: MemberRequest, shown: reading.Shown, period: Period) -> HttpResponse:
    periods = shown.periods
    groups = Paginator(reading.places_of(request.member, period.release), PER_PAGE).get_page(request.GET.get("page"))
    at = periods.index(period)
    rows = reading.rows_in(list(groups.object_list))
    context = {
        "period": period,
        "empty": shown.newest if period == shown.before else None,
        "rows": rows,
        "has_dashes": any(not said.is_shown for row in rows for said in row.figures),
        "page": groups,
        "measures": [Measure(measure).label for measure in ORDER],
        "newer": periods[at - 1] if at else None,
        "older": periods[at + 1] if at + 1 < len(periods) else None,
    }
    return render(request, "metrics/figures/list.html", context)
