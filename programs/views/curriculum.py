"""Administration of programs and cohorts."""

from collections.abc import Iterable
from copy import copy

from django.contrib import messages
from django.db.models import Count, Q
from django.db.models.functions import Lower
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from programs.access import Permission
from programs.access_views import permission_required
from programs.domain import agreements, cohort_moves, coverage, curriculum, enrolments
from programs.forms.curriculum import AgreementForm, CohortForm, MoveForm, NewProgramForm, ProgramForm
from programs.http import MemberRequest
from programs.models import Cohort, Enrolment, Member, Program
from programs.models.enrolments import joined_on
from programs.views.saving import attempt, page_of, status_of

MOST_ENDED = 50
LEARNERS = Count("enrolments", filter=Q(enrolments__ended_on=None))
WITHOUT_COACH = Count("enrolments", filter=Q(enrolments__ended_on=None, enrolments__coach=None))


@require_safe
@permission_required(Permission.MANAGE_PEOPLE)
def program_list(request: MemberRequest) -> HttpResponse:
    programs = Program.objects.visible_to(request.member)
    counted = programs.with_numbers().select_related("pillar").order_by(Lower("name"))
    context = {
        "programs": counted.filter(archived_at=None),
        "archived": counted.exclude(archived_at=None),
        "without_coach": Enrolment.objects.managed_by(request.member).active().filter(coach=None).count(),
    }
    return render(request, "programs/programs/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.MANAGE_PEOPLE)
def program_add(request: MemberRequest) -> HttpResponse:
    form = NewProgramForm(request.POST or None, by=request.member)
    if form.is_valid():
        organization = request.member.organization
        made = attempt(form, lambda: curriculum.create_program(organization, by=request.member, **form.cleaned_data))
        if made:
            return redirect(made)
    return render(request, "programs/programs/add.html", {"form": form}, status=status_of(form))


@require_safe
@permission_required(Permission.MANAGE_PEOPLE)
def program_show(request: MemberRequest, pk: int) -> HttpResponse:
    program = get_object_or_404(
        Program.objects.visible_to(request.member).select_related("pillar", "agreement_text"), pk=pk
    )
    counted = program.cohorts.annotate(learners=LEARNERS, without_coach=WITHOUT_COACH)
    cohorts = counted.with_managers().order_by(Lower("name"))
    return render(request, "programs/programs/show.html", {"program": program, "page": page_of(cohorts, request)})


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.MANAGE_PEOPLE)
def program_edit(request: MemberRequest, pk: int) -> HttpResponse:
    program = get_object_or_404(Program.objects.visible_to(request.member).select_related("pillar"), pk=pk)
    form = ProgramForm(request.POST or None, instance=program)
    if form.is_valid():
        given = {"known": form.check_known, **form.cleaned_data}
        saved = attempt(form, lambda: curriculum.change_program(program, by=request.member, **given))
        if saved:
            messages.success(request, _("Saved."))
            return redirect(saved)
    return render(request, "programs/programs/edit.html", {"form": form, "pk": pk}, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.MANAGE_PEOPLE)
def program_agreement(request: MemberRequest, pk: int) -> HttpResponse:
    program = get_object_or_404(Program.objects.visible_to(request.member).select_related("agreement_text"), pk=pk)
    form = AgreementForm(request.POST or None, instance=copy(program.agreement_text))
    if form.is_valid():
        given = {"known": form.check_known, "review_after_days": form.cleaned_data["review_after_days"]}
        if attempt(form, lambda: agreements.revise(program, by=request.member, clauses=form.clauses, **given)):
            messages.success(request, _("Saved. What was agreed before stays as it was."))
            return redirect(program)
    return render(
        request, "programs/programs/agreement.html", {"form": form, "program": program}, status=status_of(form)
    )


@require_POST
@permission_required(Permission.MANAGE_PEOPLE)
def program_archive(request: MemberRequest, pk: int) -> HttpResponse:
    program = get_object_or_404(Program.objects.visible_to(request.member), pk=pk)
    change = curriculum.restore_program if program.archived_at else curriculum.archive_program
    return redirect(change(program, by=request.member))


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.MANAGE_PEOPLE)
def cohort_add(request: MemberRequest, pk: int) -> HttpResponse:
    program = get_object_or_404(Program.objects.visible_to(request.member), pk=pk)
    form = CohortForm(request.POST or None, by=request.member)
    if form.is_valid():
        made = attempt(form, lambda: curriculum.create_cohort(program, by=request.member, **form.cleaned_data))
        if made:
            warn_of_managers(request, form.cleaned_data["managers"])
            return redirect(made)
    return render(request, "programs/cohorts/add.html", {"form": form, "program": program}, status=status_of(form))


@require_safe
@permission_required(Permission.MANAGE_PEOPLE)
def cohort_show(request: MemberRequest, pk: int) -> HttpResponse:
    return cohort_page(request, find_cohort(request, pk))


@require_POST
@permission_required(Permission.MANAGE_PEOPLE)
def cohort_move(request: MemberRequest, pk: int) -> HttpResponse:
    cohort = find_cohort(request, pk)
    form = MoveForm(request.POST, by=request.member, cohort=cohort)
    if form.is_valid():
        to = form.cleaned_data["cohort"]
        moved = attempt(form, lambda: cohort_moves.move_everybody(cohort, to=to, by=request.member))
        if moved is not None:
            said = ngettext("%(number)s learner moved here.", "%(number)s learners moved here.", len(moved))
            messages.success(request, said % {"number": len(moved)})
            return redirect(to)
    return cohort_page(request, cohort, move=form)


@require_POST
@permission_required(Permission.MANAGE_PEOPLE)
def cohort_move_back(request: MemberRequest, pk: int) -> HttpResponse:
    back = cohort_moves.take_back(find_cohort(request, pk), by=request.member)
    said = ngettext("%(number)s learner is back.", "%(number)s learners are back.", len(back))
    messages.success(request, said % {"number": len(back)})
    return redirect("manage:cohort-show", pk)


@require_POST
@permission_required(Permission.MANAGE_PEOPLE)
def cohort_end(request: MemberRequest, pk: int) -> HttpResponse:
    ended = enrolments.end_cohort(find_cohort(request, pk), by=request.member)
    said = ngettext("%(number)s enrolment ended.", "%(number)s enrolments ended.", len(ended))
    messages.success(request, f"{said % {'number': len(ended)}} {_('The records stay.')}")
    return redirect("manage:cohort-show", pk)


def find_cohort(request: MemberRequest, pk: int) -> Cohort:
    """A cohort that the administrator manages. Raises Http404."""
    return get_object_or_404(Cohort.objects.visible_to(request.member).select_related("program__pillar"), pk=pk)


def cohort_page(request: MemberRequest, cohort: Cohort, *, move: MoveForm | None = None) -> HttpResponse:
    """The page with its form; a refused one comes with its errors (422)."""
    move = move or MoveForm(by=request.member, cohort=cohort)
    there = Enrolment.objects.managed_by(request.member).filter(cohort=cohort)
    people = there.select_related("learner", "coach").prefetch_related("usual_slots")
    context = {
        "cohort": cohort,
        "managers": curriculum.managers_of(cohort),
        "page": page_of(people.active().annotate(joined_on=joined_on()).order_by("learner__name", "pk"), request),
        "move": move,
        "newcomers": cohort_moves.newcomers(cohort).count(),
        "starts_later": cohort.starts_on > timezone.localdate(),
        "ended": people.exclude(ended_on=None).order_by("-ended_on", "learner__name")[:MOST_ENDED],
    }
    return render(request, "programs/cohorts/show.html", context, status=status_of(move))


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.MANAGE_PEOPLE)
def cohort_edit(request: MemberRequest, pk: int) -> HttpResponse:
    cohort = get_object_or_404(
        Cohort.objects.visible_to(request.member).select_related("program").with_managers(), pk=pk
    )
    form = CohortForm(request.POST or None, instance=cohort, by=request.member)
    if form.is_valid():
        known = [manager.pk for manager in cohort.managers.all()]
        given = {"known": form.check_known, **form.cleaned_data}
        saved = attempt(form, lambda: curriculum.change_cohort(cohort, by=request.member, **given))
        if saved:
            messages.success(request, _("Saved."))
            warn_of_managers(request, [each for each in form.cleaned_data["managers"] if each.pk not in known])
            return redirect(saved)
    return render(request, "programs/cohorts/edit.html", {"form": form, "pk": pk}, status=status_of(form))


def warn_of_managers(request: MemberRequest, given: Iterable[Member]) -> None:
    """Tell which figures go because these have just been made managers of a cohort."""
    for manager in given:
        for sentence in coverage.warnings_of(manager):
            messages.warning(request, sentence)
