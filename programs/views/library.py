"""Pages of the library: pillars with what good looks like, rubric versions, blueprints."""

from django.db.models import Count, Prefetch, Q
from django.db.models.functions import Lower
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from programs.access import Permission, Role
from programs.access_views import permission_required
from programs.http import MemberRequest
from programs.models import Blueprint, Criterion, Pillar, Rubric

CRITERIA = Prefetch("criteria", Criterion.objects.select_related("behaviour").prefetch_related("levels"))


@require_safe
@permission_required(Permission.SEE_LIBRARY)
def pillar_list(request: MemberRequest) -> HttpResponse:
    in_use = Count("programs", filter=Q(programs__organization=request.member.organization_id), distinct=True)
    counted = Pillar.objects.visible_to(request.member).annotate(programs_here=in_use)
    pillars = counted.prefetch_related("behaviours").order_by(Lower("name"), "pk")  # counting drops the model's order
    return render(request, "programs/pillars/list.html", {"pillars": pillars})


@require_safe
@permission_required(Permission.SEE_LIBRARY)
def pillar_show(request: MemberRequest, pk: int) -> HttpResponse:
    pillar = get_object_or_404(Pillar.objects.visible_to(request.member), pk=pk)
    rubrics = pillar.rubrics.exclude(published_at=None).order_by("-version")
    blueprints = Blueprint.objects.visible_to(request.member).filter(pillar=pillar).newest().select_related("focus")
    context = {
        "pillar": pillar,
        "rubric": rubrics.prefetch_related(CRITERIA).first(),
        "versions": rubrics[1:],
        "blueprints": blueprints,
        "questions": pillar.questions.filter(retired=False),
    }
    return render(request, "programs/pillars/show.html", context)


@require_safe
@permission_required(Permission.SEE_LIBRARY)
def rubric_show(request: MemberRequest, pk: int) -> HttpResponse:
    published = Rubric.objects.visible_to(request.member).exclude(published_at=None)
    rubric = get_object_or_404(published.select_related("pillar").prefetch_related(CRITERIA), pk=pk)
    versions = published.filter(pillar=rubric.pillar).order_by("-version")
    return render(request, "programs/rubrics/show.html", {"rubric": rubric, "versions": versions})


@require_safe
@permission_required(Permission.SEE_LIBRARY)
def blueprint_show(request: MemberRequest, pk: int) -> HttpResponse:
    published = Blueprint.objects.visible_to(request.member).exclude(published_at=None)
    blueprint = get_object_or_404(published.select_related("pillar", "focus", "based_on"), pk=pk)
    same = published.filter(pillar=blueprint.pillar, organization=blueprint.organization, key=blueprint.key)
    context = {
        "blueprint": blueprint,
        "versions": same.order_by("-version"),
        "coaches": request.member.has_role(Role.COACH),
    }
    return render(request, "programs/blueprints/show.html", context)
