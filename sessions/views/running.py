"""The run page: phases, what the learner says, taps, notes, the end and its undo."""

from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import HttpResponseClientRedirect

from coachhub.errors import Invalid
from coachhub.prepared import prepared
from programs.http import MemberRequest
from programs.models import Member
from sessions.domain import closing, criteria, notes, running, ticks, told
from sessions.domain.texts import Kept
from sessions.forms.run import GoalForm, NoteForm, TapForm
from sessions.models import HELD, MicroSession, Status
from sessions.views.run_page import rated_context
from sessions.views.saving import home_of, page, saved

SHOWN = (
    *(field.name for field in MicroSession._meta.concrete_fields),
    *("learner__name", "learner__joined_at", "learner__deactivated_at", "focus_criterion__name"),
    *("enrolment__coach", "enrolment__learner", "enrolment__ended_on", "enrolment__pillar__short"),
    *("blueprint__title", "blueprint__case"),
    *("blueprint__opening", "blueprint__coach_plays"),
    *("blueprint__look_for", "blueprint__debrief", "blueprint__transfer"),
)
"""All of the session, and of what is around it what its pages show."""


def coached(request: MemberRequest, pk: int) -> MicroSession:
    """The member's own session, with what its pages show. Raises Http404."""
    for micro in _coached(request.member, pk):
        micro.coach = request.member
        return micro
    raise Http404


@prepared
def _coached(member: Member, pk: int) -> QuerySet[MicroSession]:
    ours = MicroSession.objects.coached_by(member).filter(pk=pk)
    return ours.select_related("learner", "focus_criterion", "enrolment__pillar", "blueprint").only(*SHOWN)


@require_POST
def start(request: MemberRequest, pk: int) -> HttpResponse:
    """Start; a session of the same coach that still runs ends."""
    running.start(coached(request, pk), by=request.member)
    return redirect("coach:micro-run", pk)


@require_safe
def run(request: MemberRequest, pk: int) -> HttpResponse:
    """The running session; before the start its plan, after the end its "Finish" page."""
    micro = coached(request, pk)
    if micro.status == Status.RUNNING:
        return page(request, micro)
    return redirect("coach:micro-close", pk) if micro.status in HELD else redirect(micro)


@require_POST
def phase(request: MemberRequest, pk: int) -> HttpResponse:
    """Show another phase."""
    running.go_to(coached(request, pk), by=request.member, phase=request.POST.get("phase", ""))
    return page(request, coached(request, pk)) if request.htmx else redirect("coach:micro-run", pk)


@require_POST
def goal(request: MemberRequest, pk: int) -> HttpResponse:
    """Save what the learner wants out of it."""
    micro, form = coached(request, pk), GoalForm(request.POST)
    text = request.POST.get("learner_goal", micro.learner_goal)

    def write() -> Kept:
        given = {"text": text, "version": form.given()["version"]}
        return Kept(running.write_goal(micro, by=request.member, **given).learner_goal)

    return saved(request, micro, "goal", form, write)


@require_POST
def noted(request: MemberRequest, pk: int) -> HttpResponse:
    """What the learner says of the last plan, or take it out again."""
    micro, given = coached(request, pk), request.POST
    if "out" in given:
        told.take_out(micro, by=request.member, answer=given["out"])
    else:
        told.note(micro, by=request.member, answer=given.get("answer", ""))
    return HttpResponse(status=204) if request.htmx else redirect(f"{home_of(micro)}#told")


@require_POST
def note(request: MemberRequest, pk: int) -> HttpResponse:
    """Save the coach's private note."""
    micro, form = coached(request, pk), NoteForm(request.POST)
    text = request.POST.get("text", "").replace("\r\n", "\n")

    def write() -> Kept:
        return notes.write(micro, by=request.member, text=text, version=form.given()["version"])

    return saved(request, micro, "note", form, write)


@require_POST
def tick(request: MemberRequest, pk: int) -> HttpResponse:
    """Count a tap, or take one back."""
    micro, form = coached(request, pk), TapForm(request.POST)
    if not form.is_valid():
        raise Invalid("; ".join(f"{name}: {' '.join(map(str, errors))}" for name, errors in form.errors.items()))
    tap = form.cleaned_data
    behaviour = criteria.behaviour_of(micro, tap["behaviour"])
    if behaviour is None:
        raise Http404
    if tap["undo"]:
        ticks.undo(micro, by=request.member, key=undo_key(tap))
    else:
        ticks.add(micro, by=request.member, behaviour=behaviour, kind=tap["tap"], key=key_of(tap["form_key"]))
    return HttpResponse(status=204) if request.htmx else redirect(f"{home_of(micro)}#tally-{behaviour.pk}")


@require_POST
def finish(request: MemberRequest, pk: int) -> HttpResponse:
    """End it; what is missing, or that nothing is, stands on the next page."""
    running.finish(coached(request, pk), by=request.member)
    return redirect("coach:micro-close", pk)


@require_POST
def undo_finish(request: MemberRequest, pk: int) -> HttpResponse:
    """Let it run on."""
    micro = running.undo_finish(coached(request, pk), by=request.member)
    return HttpResponseClientRedirect(home_of(micro)) if request.htmx else redirect(home_of(micro))


@require_safe
def rated(request: MemberRequest, pk: int) -> HttpResponse:
    """The part that asks every few seconds whether the learner has rated: that fact, and both views once open."""
    context = rated_context(coached(request, pk), request.member) | {"asked_again": True}
    return render(request, "sessions/micro/_rated.html", context)


@require_safe
def missing(request: MemberRequest, pk: int) -> HttpResponse:
    """The part that says what is still missing."""
    micro = coached(request, pk)
    return render(request, "sessions/micro/_missing.html", {"micro": micro, "missing": closing.missing(micro)})


def undo_key(tap: dict[str, object]) -> UUID:
    """The tap that is taken back: by its own key, or the last one the page knew."""
    try:
        return key_of(tap["last"]) if tap["undo"] == "last" else UUID(str(tap["undo"]))
    except ValueError as error:
        raise Invalid("undo: not the key of a tap", field="undo") from error


def key_of(value: object) -> UUID:
    """Raises Invalid when the form brought no key."""
    if isinstance(value, UUID):
        return value
    raise Invalid("form_key: not the key of a tap", field="form_key")
