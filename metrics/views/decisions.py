"""Decisions: from a figure in one click, told to learners, compared and closed at the check date."""

from uuid import uuid4

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from coachhub.errors import Stale
from metrics.domain import decisions, proposals
from metrics.domain.comparing import compare
from metrics.domain.stories import Story, running_about, stories_of
from metrics.forms.decisions import CloseForm, TermsForm
from metrics.models import Decision, Figure
from programs.access import Permission
from programs.access_views import permission_required
from programs.domain.known import SavedMeanwhile
from programs.http import MemberRequest
from programs.models import Member
from programs.views.saving import PER_PAGE, attempt, status_of


@require_safe
@permission_required(Permission.SEE_FIGURES)
def decision_list(request: MemberRequest) -> HttpResponse:
    stories = stories_of(request.member)
    page = Paginator([story for story in stories if not story.is_open], PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "standing": sorted((story for story in stories if story.is_open), key=lambda story: (story.check_on, story.pk)),
        "closed": page.object_list,
        "page": page,
        "today": timezone.localdate(),
    }
    return render(request, "metrics/decisions/list.html", context)


@require_http_methods(["GET", "POST"])
@permission_required(Permission.SEE_FIGURES)
def decision_new(request: MemberRequest, pk: int) -> HttpResponse:
    figure = shown_figure(request, pk)
    proposal = proposals.propose(figure, request.member)
    initial = proposal.initial | {"form_key": uuid4()}
    owners = decisions.owners_for(figure.group, by=request.member)
    form = TermsForm(request.POST or None, initial=initial, owners=owners, by=request.member)
    if request.method == "POST" and form.is_valid():
        key = form.cleaned_data["form_key"] or uuid4()
        made = attempt(form, lambda: decisions.make(figure, by=request.member, terms=form.terms(), form_key=key))
        if made is not None:
            if made.adjustment == decisions.LEAVE:
                messages.success(
                    request, _("Left as it is. CoachHub asks again on %(day)s.") % {"day": proposals.day_of(made)}
                )
            return redirect(made)
    context = {"form": form, "proposal": proposal, "running": running_about(figure, request.member)}
    return render(request, "metrics/decisions/new.html", context, status=status_of(form))


@require_POST
@permission_required(Permission.SEE_FIGURES)
def decision_leave(request: MemberRequest, pk: int) -> HttpResponse:
    """ "Leave as it is" in one click; it is a decision too, and can be edited."""
    figure = shown_figure(request, pk)
    key = proposals.key_of(request.POST.get("form_key", ""))
    insight = proposals.propose(figure, request.member).insight
    made = decisions.leave(figure, by=request.member, insight=insight, form_key=key)
    messages.success(request, _("Left as it is. CoachHub asks again on %(day)s.") % {"day": proposals.day_of(made)})
    return redirect("insights:home")


@require_POST
@permission_required(Permission.SEE_FIGURES)
def figure_put_aside(request: MemberRequest, pk: int) -> HttpResponse:
    decisions.put_aside(shown_figure(request, pk), by=request.member)
    messages.success(request, _("Put aside until the next figures."))
    return redirect("insights:home")


@require_safe
@permission_required(Permission.SEE_FIGURES)
def decision_show(request: MemberRequest, pk: int) -> HttpResponse:
    return _show(request, pk)


@require_http_methods(["GET", "POST"])
@permission_required(Permission.SEE_FIGURES)
def decision_edit(request: MemberRequest, pk: int) -> HttpResponse:
    """An edit of an older version comes back with what was saved meanwhile; sending it again puts it in its place."""
    decision = the_decision(request, pk)
    check = decisions.check_can_change if request.method == "GET" else decisions.check_is_theirs
    check(request.member, decision)
    owners = decisions.owners_for(decision.group, by=request.member)
    form = TermsForm(request.POST or None, initial=proposals.as_it_is(decision), owners=owners, by=decision.owner)
    stale = None
    if request.method == "POST" and form.is_valid():
        try:
            if attempt(form, lambda: decisions.edit(decision, by=request.member, **form.edition())):
                messages.success(request, _("Saved."))
                return redirect(decision)
        except Stale as other:
            stale = other
            form = TermsForm(again(request, decision), owners=owners, by=decision.owner)
    context = {"form": form, "story": Story.of(decision, request.member), "stale": stale}
    status = Stale.status if stale else status_of(form)
    return render(request, "metrics/decisions/edit.html", context, status=status)


@require_POST
@permission_required(Permission.SEE_FIGURES)
def decision_share(request: MemberRequest, pk: int) -> HttpResponse:
    """Only the sentence that the page showed is told; another one is shown first."""
    decision = the_decision(request, pk)
    try:
        return redirect(decisions.share(decision, by=request.member, version=version_read(request)))
    except SavedMeanwhile as changed:
        return _show(request, pk, changed)


@require_POST
@permission_required(Permission.SEE_FIGURES)
def decision_take_back(request: MemberRequest, pk: int) -> HttpResponse:
    return redirect(decisions.take_back(the_decision(request, pk), by=request.member))


@require_POST
@permission_required(Permission.SEE_FIGURES)
def decision_close(request: MemberRequest, pk: int) -> HttpResponse:
    """Changed or closed meanwhile, it comes back with what is there now; sending it again then counts."""
    decision = the_decision(request, pk)
    decisions.check_is_theirs(request.member, decision)
    form = CloseForm(request.POST)
    try:
        if form.is_valid():
            return redirect(decisions.close(decision, by=request.member, **form.ending()))
        decisions.check_is_first(decision, yours=form.written())
        return _page(request, decision, form)
    except (Stale, SavedMeanwhile) as conflict:
        decision = the_decision(request, pk)
        return _page(request, decision, CloseForm(again(request, decision)), conflict)


@require_POST
@permission_required(Permission.SEE_FIGURES)
def decision_reopen(request: MemberRequest, pk: int) -> HttpResponse:
    """Only the closing that the page showed is undone; another one is shown first."""
    decision = the_decision(request, pk)
    try:
        return redirect(decisions.reopen(decision, by=request.member, version=version_read(request)))
    except SavedMeanwhile as changed:
        return _show(request, pk, changed)


def version_read(request: MemberRequest) -> int:
    """The version that the page showed; 0, which none has, where the form did not say it."""
    given = request.POST.get("version", "")
    return int(given) if given.isdecimal() and len(given) < 10 else 0


def again(request: MemberRequest, decision: Decision) -> QueryDict:
    """What was sent, for another try at the version that is there now."""
    data = request.POST.copy()
    data["version"] = str(decision.version)
    return data


def shown_figure(request: MemberRequest, pk: int) -> Figure:
    """A published figure of a group that the member may open; a dash is nothing to decide on. Raises Http404."""
    figures = Figure.objects.visible_to(request.member).exclude(text="").select_related("group__release__block")
    return get_object_or_404(figures, pk=pk)


def the_decision(request: MemberRequest, pk: int) -> Decision:
    visible = Decision.objects.visible_to(request.member).select_related("owner", "made_by", "group")
    return get_object_or_404(visible, pk=pk)


def _show(request: MemberRequest, pk: int, conflict: SavedMeanwhile | None = None) -> HttpResponse:
    """As it is now; the conflict says that it is not what the reader acted on."""
    decision = the_decision(request, pk)
    form = CloseForm(initial={"outcome_note": decision.outcome_note, "version": decision.version})
    return _page(request, decision, form, conflict)


def _page(
    request: MemberRequest, decision: Decision, form: CloseForm, conflict: Stale | SavedMeanwhile | None = None
) -> HttpResponse:
    story = Story.of(decision, request.member)
    today = timezone.localdate()
    tells = story.waits_to_be_told and (bool(story.told) or not story.is_due(today))
    stale = conflict if isinstance(conflict, Stale) else None
    context = {
        "story": story,
        "tell_first": tells or story.may_take_back,
        "comparison": compare(story.identity, story.measure, made_on=story.made_on, member=request.member),
        "form": form,
        "stale": stale,
        "closer": closer_named(decision, request.member) if stale else None,
        "changed": None if stale else conflict,
        "today": today,
    }
    status = conflict.status if conflict else status_of(form)
    return render(request, "metrics/decisions/show.html", context, status=status)


def closer_named(decision: Decision, reader: Member) -> str | None:
    """Who closed it, as the reader knows them: "" for the reader, None for nobody who acts on it now."""
    closer = decisions.closer_of(decision)
    people = {person.pk: str(person) for person in (decision.owner, decision.made_by)} | {reader.pk: ""}
    return people.get(closer) if closer else None
