"""Administration: import people from a file. A dry run first, the import by a button, invitations by another."""

import gzip

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from programs.access import Permission
from programs.access_views import permission_required
from programs.domain.people_import import example, progress, summary, work
from programs.forms.imports import UploadForm
from programs.http import MemberRequest
from programs.models import InvitationRound, Member, PeopleImport
from programs.views.saving import attempt, status_of

EARLIER = 10


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required(Permission.MANAGE_PEOPLE)
def import_add(request: MemberRequest) -> HttpResponse:
    form = UploadForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        file = form.cleaned_data["file"]
        made = attempt(form, lambda: work.receive(by=request.member, file_name=file.name, content=file.read()))
        if made:
            return redirect(made)
    earlier = PeopleImport.objects.visible_to(request.member).light().select_related("by")
    context = {"form": form, "earlier": earlier[:EARLIER], "columns": example.columns()}
    return render(request, "programs/imports/add.html", context, status=status_of(form))


@require_safe
@permission_required(Permission.MANAGE_PEOPLE)
def import_example(request: MemberRequest) -> HttpResponse:
    return csv_response(example.csv_of(request.member.organization).encode(), "people-example.csv")


@require_safe
@never_cache
@permission_required(Permission.MANAGE_PEOPLE)
def import_show(request: MemberRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(PeopleImport.objects.visible_to(request.member).light().select_related("by"), pk=pk)
    is_done = found.status == PeopleImport.Status.DONE
    new = Member.objects.visible_to(request.member).active().never_invited().count() if is_done else 0
    context = {
        "import": found,
        "percent": progress.percent(pk) if found.is_running else None,
        "summary": summary.of(found.counts),
        "new": new,
        "round": InvitationRound.objects.visible_to(request.member).running().first() if new else None,
        "good_people": found.counts.get("people", 0),
        "bad_lines": found.counts.get("bad_lines", 0),
    }
    template = "programs/imports/show.html#state" if request.htmx else "programs/imports/show.html"
    return render(request, template, context)


@require_POST
@permission_required(Permission.MANAGE_PEOPLE)
def import_run(request: MemberRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(PeopleImport.objects.visible_to(request.member).light(), pk=pk)
    return redirect(work.confirm(found, by=request.member, skip_bad="skip_bad" in request.POST))


@require_POST
@permission_required(Permission.MANAGE_PEOPLE)
def import_discard(request: MemberRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(PeopleImport.objects.visible_to(request.member).light(), pk=pk)
    work.discard(found, by=request.member)
    messages.success(request, _("The file is deleted. Nobody was changed."))
    return redirect("manage:import-add")


@require_safe
@permission_required(Permission.MANAGE_PEOPLE)
def import_report(request: MemberRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(PeopleImport.objects.visible_to(request.member), pk=pk)
    return unpacked(found.report, "import-report.csv")


@require_safe
@permission_required(Permission.MANAGE_PEOPLE)
def import_rejects(request: MemberRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(PeopleImport.objects.visible_to(request.member), pk=pk)
    return unpacked(found.rejects, "rejects.csv")


def unpacked(packed: bytes | memoryview | None, name: str) -> HttpResponse:
    """A report as it was written; 404 once its time is over."""
    if packed is None:
        raise Http404
    return csv_response(gzip.decompress(packed), name)


def csv_response(content: bytes, name: str) -> HttpResponse:
    """A file to save."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(content, content_type="text/csv; charset=utf-8", headers=headers)
