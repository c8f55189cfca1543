"""Answers to texts that save themselves: a version for the script, the page again for a plain form."""

from collections.abc import Callable
from typing import Any, Protocol

from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from coachhub.errors import Invalid, Stale, WrongState
from programs.http import MemberRequest
from sessions.domain import notes
from sessions.forms.run import note_form
from sessions.models import HELD, MicroSession, Status
from sessions.views.micro import shown
from sessions.views.rating import back_to
from sessions.views.run_page import close_context, run_context


class Versioned(Protocol):
    @property
    def version(self) -> int: ...


def saved(
    request: MemberRequest, micro: MicroSession, name: str, form: Form, write: Callable[[], Versioned | None]
) -> HttpResponse:
    """Write, then answer. A bad text comes back in its field, a stale one with both texts; nothing typed is lost."""
    try:
        if not form.is_valid():
            return refused(request, micro, name, form)
        row = write()
    except Invalid as problem:
        form.add_error(problem.field if problem.field in form.fields else None, str(problem.sentence))
        return refused(request, micro, name, form)
    except Stale as stale:
        if not request.htmx:
            raise
        return conflict(request, micro, name, stale)
    if not request.htmx:
        return back_to(request, home_of(micro))
    version = row.version if row is not None else 0
    return HttpResponse(format_html('<input type="hidden" name="version" value="{}">', version))


def refused(request: MemberRequest, micro: MicroSession, name: str, form: Form) -> HttpResponse:
    if request.htmx:
        return render(request, "sessions/micro/_refused.html", {"form": form}, status=Invalid.status)
    return page(request, micro, {name: form}, status=Invalid.status)


def conflict(request: MemberRequest, micro: MicroSession, name: str, stale: Stale) -> HttpResponse:
    """Both texts, and the other one's fields for the script that puts them in."""
    if micro.status in (Status.RUNNING, *HELD):
        theirs = close_context(micro, request.member)[f"{name}_form"]
    else:  # there is nothing but a note
        theirs = note_form(notes.read(micro, by=request.member))
    context = {"micro": micro, "stale": stale, "theirs": theirs, "name": name}
    return render(request, "sessions/micro/_conflict.html", context, status=stale.status)


def page(
    request: MemberRequest,
    micro: MicroSession,
    forms: dict[str, Form] | None = None,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """The run page while it runs, the "Finish" page after; an htmx request gets the part that changes.

    A session that was not held has its own page, with a note. Raises WrongState where something else was posted.
    """
    if micro.status == Status.RUNNING:
        template = f"sessions/micro/run.html{'#run' if request.htmx else ''}"
        return render(request, template, run_context(micro, request.member, forms) | more, status=status)
    if micro.status not in HELD:
        if not forms or "note" not in forms:
            raise WrongState(_("This session has not taken place yet."))
        return shown(request, micro.pk, status=status, note_form=forms["note"])
    context = close_context(micro, request.member, forms) | more
    return render(request, "sessions/micro/close.html", context, status=status)


def home_of(micro: MicroSession) -> str:
    """Where a form of this session leads back to."""
    return reverse("coach:micro-run" if micro.status == Status.RUNNING else "coach:micro-close", args=[micro.pk])
