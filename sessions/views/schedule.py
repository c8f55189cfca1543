"""Moving, cancelling, missed, and taking it back; a learner asks to move."""

from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from coachhub.errors import Invalid
from programs.http import MemberRequest
from sessions.domain import policies, presets, schedule
from sessions.domain.busy import clash_of
from sessions.domain.texts import whole
from sessions.domain.times import day_and_time
from sessions.forms.problems import put
from sessions.forms.schedule import MoveForm, NoteForm
from sessions.models import MicroSession


@require_http_methods(["GET", "POST"])
def move(request: MemberRequest, pk: int) -> HttpResponse:
    """A chip and a reason: two taps."""
    micro = planned(request, pk)
    schedule.check_can_move(request.member, micro)
    posted = request.POST if request.method == "POST" else None
    form = MoveForm(posted, micro=micro, presets=presets.move_times(micro, by=request.member))
    if posted is not None and form.is_valid():
        data = form.cleaned_data
        try:
            moved = schedule.move(
                micro, by=request.member, to=form.at(), reason=data["reason"], sequence=data["sequence"]
            )
            return after_move(request, moved)
        except Invalid as problem:
            put(form, problem)
    context = {"micro": micro, "form": form, "undo_minutes": schedule.UNDO // timedelta(minutes=1)}
    return render(request, "sessions/micro/move.html", context, status=422 if form.errors else 200)


@require_POST
def move_undo(request: MemberRequest, pk: int) -> HttpResponse:
    """Take the last move back."""
    micro = coached(request, pk)
    sequence = request.POST.get("sequence", "")
    schedule.take_back_move(micro, by=request.member, sequence=whole(sequence, otherwise=-1))
    return to_session(request, micro)


@require_http_methods(["GET", "POST"])
def cancel(request: MemberRequest, pk: int) -> HttpResponse:
    """With a sentence to the learner, if there is one to say."""
    micro = planned(request, pk)
    label = _("A sentence to %(name)s") % {"name": micro.learner}
    posted = request.POST if request.method == "POST" else None
    form = NoteForm(posted, label=label)
    if posted is not None and form.is_valid():
        schedule.cancel(micro, by=request.member, note=form.cleaned_data["note"])
        return redirect(micro)
    if posted is None:
        policies.check_can_change_schedule(request.member, micro)
    context = {"micro": micro, "form": form}
    return render(request, "sessions/micro/cancel.html", context, status=422 if form.errors else 200)


@require_POST
def missed(request: MemberRequest, pk: int) -> HttpResponse:
    """It did not take place."""
    micro = schedule.mark_missed(coached(request, pk), by=request.member)
    return redirect(micro)


@require_POST
def restore(request: MemberRequest, pk: int) -> HttpResponse:
    """Take back a cancellation, or "missed"."""
    micro = schedule.restore(coached(request, pk), by=request.member)
    return to_session(request, micro)


@require_POST
def keep_time(request: MemberRequest, pk: int) -> HttpResponse:
    """The answer to "please move": it stays."""
    asked = coached(request, pk)
    micro = schedule.keep_time(asked, by=request.member)
    if asked.move_asked_at:
        told = _("%(name)s gets a mail.") % {"name": micro.learner}
        messages.success(request, f"{_('It stays as it is.')} {micro.learner.untold_because or told}")
    return to_session(request, micro)


@require_http_methods(["GET", "POST"])
def ask_to_move(request: MemberRequest, pk: int) -> HttpResponse:
    """The learner's wish for another time, with a sentence if they like."""
    micro = get_object_or_404(MicroSession.objects.learned_by(request.member).for_list(), pk=pk)
    schedule.check_can_ask(request.member, micro)
    label = _("A sentence to %(name)s") % {"name": micro.coach}
    posted = request.POST if request.method == "POST" else None
    form = NoteForm(posted, label=label, initial={"note": micro.move_asked_note if micro.move_asked_at else ""})
    if posted is not None and form.is_valid():
        schedule.ask_to_move(micro, by=request.member, note=form.cleaned_data["note"])
        messages.success(request, _("%(name)s sees that you would like another time.") % {"name": micro.coach})
        return redirect("learn:micro-show", pk)
    context = {"micro": micro, "form": form}
    return render(request, "sessions/micro/ask_to_move.html", context, status=422 if form.errors else 200)


@require_POST
def take_back_wish(request: MemberRequest, pk: int) -> HttpResponse:
    """The learner keeps the time after all."""
    asked = get_object_or_404(MicroSession.objects.learned_by(request.member).select_related("coach"), pk=pk)
    schedule.take_back_wish(asked, by=request.member)
    if asked.move_asked_at:
        messages.success(request, _("It keeps its time. %(name)s no longer sees your wish.") % {"name": asked.coach})
    return redirect("learn:micro-show", pk)


def coached(request: MemberRequest, pk: int) -> MicroSession:
    return get_object_or_404(MicroSession.objects.coached_by(request.member), pk=pk)


def planned(request: MemberRequest, pk: int) -> MicroSession:
    """With all that times to move to are found from."""
    return get_object_or_404(
        MicroSession.objects.coached_by(request.member)
        .for_list()
        .select_related("learner__organization", "enrolment__learner__organization")
        .prefetch_related("enrolment__usual_slots"),
        pk=pk,
    )


def after_move(request: MemberRequest, micro: MicroSession) -> HttpResponse:
    if clash := clash_of(micro):
        messages.warning(request, _("Careful: %(clash)s.") % {"clash": clash})
    messages.success(request, _("Moved to %(when)s.") % {"when": day_and_time(micro.scheduled_for)})
    return redirect(micro)


def to_session(request: MemberRequest, micro: MicroSession) -> HttpResponse:
    """The session's page anew, whole, also for an undo bar that htmx sent."""
    where = micro.get_absolute_url()
    return HttpResponseClientRedirect(where) if request.htmx else redirect(where)
