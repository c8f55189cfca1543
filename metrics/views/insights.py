"""What calls for a decision, how publishing works, and one group over time."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from metrics.domain.calls import Rule
from metrics.domain.group_page import group_page_of
from metrics.domain.insights import board_of
from metrics.domain.places import situation_of
from metrics.domain.saying import ORDER, Said
from metrics.domain.trends import trend_of
from metrics.models import Group
from programs.access import Permission
from programs.access_views import permission_required
from programs.http import MemberRequest

SPARK = {"width": 220, "height": 84}


@require_safe
@permission_required(Permission.SEE_FIGURES)
def home(request: MemberRequest) -> HttpResponse:
    board = board_of(request.member)
    cards = [(each, trend_of(each.call.said.measure, each.points, board.periods, **SPARK)) for each in board.insights]
    context = {
        "board": board,
        "cards": cards,
        "place": situation_of(request.member, board.shown),
        "rules": list(Rule),
        "today": timezone.localdate(),
    }
    return render(request, "metrics/insights/home.html", context)


@require_safe
@permission_required(Permission.SEE_FIGURES)
def how(request: MemberRequest) -> HttpResponse:
    organization = request.member.organization
    context = {
        "smallest": organization.smallest_group,
        "least": organization.least_people,
        "measures": [Said(measure) for measure in ORDER],
    }
    return render(request, "metrics/insights/how.html", context)


@require_safe
@permission_required(Permission.SEE_FIGURES)
def group_show(request: MemberRequest, pk: int) -> HttpResponse:
    visible = Group.objects.visible_to(request.member).select_related("release__block")
    page = group_page_of(request.member, get_object_or_404(visible, pk=pk), **SPARK)
    return render(request, "metrics/groups/show.html", {"page": page})
