"""Administration of enrolments: who learns with whom. Nothing of what happens in them is shown here."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from programs import registry
from programs.access import Permission
from programs.access_views import permission_required
from programs.domain import ahead, cohort_moves, enrolment_undo, enrolments, reassign_undo
from programs.forms.curriculum import EnrolForm, MoveForm, ReassignForm, SubstituteForm
from programs.http import MemberRequest
from programs.models import Cohort, Enrolment, Substitute
from programs.views.saving import attempt, page_of, status_of

PEOPLE = ("learner", "coach", "cohort__program")


@require_safe
@permission_required(Permission.MANAGE_PEOPLE)
def without_coach(request: MemberRequest) -> HttpResponse:
    waiting = Enrolment.objects.managed_by(request.member).active().filter(coach=None).select_related(*PEOPLE)
    page = page_of(waiting.order_by("learner__name"), request)
    return render(request, "programs/enrolments/without_coach.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.MANAGE_PEOPLE)
def enrolment_add(request: MemberRequest, pk: int) -> HttpResponse:
    cohort = get_object_or_404(Cohort.objects.visible_to(request.member).select_related("program__pillar"), pk=pk)
    form = EnrolForm(
        request.POST or None, by=request.member, cohort=cohort, initial={"coach": request.GET.get("coach")}
    )
    if form.is_valid():
        learner, coach = form.cleaned_data["learner"], form.cleaned_data["coach"]
        made = attempt(
            form,
            lambda: enrolments.enrol(
                cohort, by=request.member, learner=learner, coach=coach,
                starts_on=form.cleaned_data["starts_on"], slots=form.slots(learner.timezone),
            ),
        )  # fmt: skip
        if made:
            messages.success(request, _("%(name)s is in. Who is next?") % {"name": learner})
            again = reverse("manage:enrolment-add", args=[pk])
            return redirect(f"{again}?coach={coach.pk}" if coach else again)
    return render(request, "programs/enrolments/add.html", {"form": form, "cohort": cohort}, status=status_of(form))


@require_safe
@permission_required(Permission.MANAGE_PEOPLE)
def enrolment_show(request: MemberRequest, pk: int) -> HttpResponse:
    return page(request, find(request, pk))


@require_POST
@permission_required(Permission.MANAGE_PEOPLE)
def enrolment_reassign(request: MemberRequest, pk: int) -> HttpResponse:
    enrolment = find(request, pk)
    form = ReassignForm(request.POST, by=request.member, enrolment=enrolment)
    if form.is_valid():
        coach = form.cleaned_data["coach"]
        if attempt(form, lambda: enrolments.reassign(enrolment, coach=coach, by=request.member)):
            messages.success(request, _("%(coach)s coaches %(learner)s from now on.") % named(enrolment, coach))
            return redirect("manage:enrolment-show", pk)
    return page(request, enrolment, reassign=form)


@require_POST
@permission_required(Permission.MANAGE_PEOPLE)
def enrolment_reassign_undo(request: MemberRequest, pk: int) -> HttpResponse:
    enrolment = reassign_undo.take_back(find(request, pk), by=request.member)
    messages.success(request, _("%(coach)s coaches %(learner)s again.") % named(enrolment, enrolment.coach))
    return redirect("manage:enrolment-show", pk)


@require_POST
@permission_required(Permission.MANAGE_PEOPLE)
def enrolment_move(request: MemberRequest, pk: int) -> HttpResponse:
    enrolment = find(request, pk)
    if request.POST.get("cohort") == str(enrolment.cohort_id):  # a second tap: they are there
        return redirect("manage:enrolment-show", pk)
    form = MoveForm(request.POST, by=request.member, cohort=enrolment.cohort, back=cohort_moves.just_left(enrolment))
    if form.is_valid():
        cohort = form.cleaned_data["cohort"]
        if attempt(form, lambda: cohort_moves.move(enrolment, to=cohort, by=request.member)):
            words = {"learner": enrolment.learner, "cohort": cohort}
            messages.success(request, _("%(learner)s learns in %(cohort)s now. All else goes on.") % words)
            return redirect("manage:enrolment-show", pk)
    return page(request, enrolment, move=form)


@require_POST
@permission_required(Permission.MANAGE_PEOPLE)
def substitute_add(request: MemberRequest, pk: int) -> HttpResponse:
    enrolment = find(request, pk)
    form = SubstituteForm(request.POST, by=request.member, enrolment=enrolment)
    if form.is_valid():
        values = form.cleaned_data
        if attempt(form, lambda: enrolments.name_substitute(enrolment, by=request.member, **values)):
            words = named(enrolment, values["coach"])
            sentence = _("%(coach)s stands in, holds what is planned then, and sees the plan and the last levels.")
            messages.success(request, sentence % words)
            return redirect("manage:enrolment-show", pk)
    return page(request, enrolment, substitute=form)


@require_POST
@permission_required(Permission.MANAGE_PEOPLE)
def substitute_remove(request: MemberRequest, pk: int) -> HttpResponse:
    substitute = get_object_or_404(Substitute.objects.managed_by(request.member), pk=pk)
    enrolments.remove_substitute(substitute, by=request.member)
    messages.success(request, _("The substitute is taken back."))
    return redirect("manage:enrolment-show", substitute.enrolment_id)


@require_POST
@permission_required(Permission.MANAGE_PEOPLE)
def enrolment_end(request: MemberRequest, pk: int) -> HttpResponse:
    enrolment = enrolments.end(find(request, pk), by=request.member)
    messages.success(request, _("Ended. The record of %(name)s stays.") % {"name": enrolment.learner})
    return redirect("manage:enrolment-show", pk)


@require_POST
@permission_required(Permission.MANAGE_PEOPLE)
def enrolment_end_undo(request: MemberRequest, pk: int) -> HttpResponse:
    enrolment = enrolment_undo.take_back(find(request, pk), by=request.member)
    messages.success(request, _("%(name)s goes on as before.") % {"name": enrolment.learner})
    return redirect("manage:enrolment-show", pk)


def find(request: MemberRequest, pk: int) -> Enrolment:
    """An enrolment that the administrator assigns. Raises Http404."""
    return get_object_or_404(Enrolment.objects.managed_by(request.member).select_related(*PEOPLE), pk=pk)


def named(enrolment: Enrolment, coach: object) -> dict[str, object]:
    """Words for a sentence about the pair."""
    return {"coach": coach, "learner": enrolment.learner}


def page(
    request: MemberRequest,
    enrolment: Enrolment,
    *,
    reassign: ReassignForm | None = None,
    substitute: SubstituteForm | None = None,
    move: MoveForm | None = None,
) -> HttpResponse:
    """The page with its forms; a refused one comes with its errors (422)."""
    reassign = reassign or ReassignForm(by=request.member, enrolment=enrolment)
    substitute = substitute or SubstituteForm(by=request.member, enrolment=enrolment)
    move = move or MoveForm(by=request.member, cohort=enrolment.cohort, back=cohort_moves.just_left(enrolment))
    current = enrolment.substitutes.filter(ends_on__gte=timezone.localdate()).select_related("coach")
    substitutes = list(current.order_by("starts_on", "pk"))
    twice = registry.doubled(substitutes)
    context = {
        "enrolment": enrolment,
        "ahead": ahead.of([enrolment]),
        "undo_until": enrolment_undo.until(enrolment),
        "change": reassign_undo.last_of(enrolment),
        "reassign": reassign,
        "substitute": substitute,
        "substitutes": [(each, twice.get(each.pk, ())) for each in substitutes],
        "slots": enrolment.usual_slots.all(),
        "move": move,
        "former": enrolment.former_cohorts.select_related("cohort"),
    }
    return render(request, "programs/enrolments/show.html", context, status=status_of(reassign, substitute, move))
