""" "Read 5": the reflections that wait for their coach, on one page, each answered in one tap."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db.models import QuerySet, prefetch_related_objects
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from coachhub.errors import Invalid
from programs.access import Permission, allows
from programs.access_views import permission_required
from programs.http import MemberRequest
from programs.models import Member
from sessions.domain import replies
from sessions.forms.run import ReplyForm
from sessions.models import Reflection, Reply

RECENT = timedelta(days=14)
MOST_RECENT = 10
MOST = 50  # the oldest; the next ones come when these are answered


@require_safe
@permission_required(Permission.COACH)
def index(request: MemberRequest) -> HttpResponse:
    """Unread ones, oldest first; below, what was read lately."""
    return render(request, "sessions/reflection/list.html", list_context(request.member))


@require_POST
def reply(request: MemberRequest, pk: int) -> HttpResponse:
    """Answer one."""
    reflection = readable(request.member, pk)
    kind, text = request.POST.get("kind", ""), request.POST.get("text", "")
    try:
        replies.reply(reflection, by=request.member, kind=kind, text=text)
    except Invalid as problem:
        form = ReplyForm(request.POST, auto_id=f"reply-{pk}-%s")
        form.add_error("text", str(problem.sentence))
        return show(request, pk, status=422, form=form)
    return show(request, pk)


@require_POST
def read(request: MemberRequest, pk: int) -> HttpResponse:
    """Put one aside without an answer."""
    replies.mark_read(readable(request.member, pk), by=request.member)
    return show(request, pk)


@require_POST
def take_back(request: MemberRequest, pk: int) -> HttpResponse:
    """Take an answer back."""
    ours = Reply.objects.written_by(request.member)
    answer = get_object_or_404(ours.select_related("reflection__micro"), pk=pk)
    reflection = replies.take_back(answer, by=request.member)
    return show(request, reflection.pk)


def show(request: MemberRequest, pk: int, *, status: int = 200, form: ReplyForm | None = None) -> HttpResponse:
    """The one reflection for htmx, with how many are left unless it came back; the page for a plain form."""
    if request.htmx:
        reflection = readable(request.member, pk)
        context: dict[str, Any] = {"reflection": reflection, "form": form, "answered": True}
        context["meets_again"] = meets_again([reflection], request.member)
        if form:
            return render(request, "sessions/reflection/_reflection.html", context, status=status)
        context["to_read"] = Reflection.objects.unread_by(request.member).count()
        return render(request, "sessions/reflection/_answered.html", context, status=status)
    if form is None:
        return redirect("coach:reflection-list")
    whole = list_context(request.member) | {"form": form, "form_for": pk}
    return render(request, "sessions/reflection/list.html", whole, status=status)


def readable(member: Member, pk: int) -> Reflection:
    """A reflection on a session the member coached. Raises Http404."""
    ours = Reflection.objects.visible_to(member).filter(micro__coach=member)
    return get_object_or_404(with_words(ours), pk=pk)


def list_context(member: Member) -> dict[str, Any]:
    """A constant number of queries."""
    ours = Reflection.objects.visible_to(member).filter(micro__coach=member)
    lately = ours.filter(read_at__gte=timezone.now() - RECENT).order_by("-read_at")[:MOST_RECENT]
    waiting = Reflection.objects.unread_by(member)
    unread = list(with_words(waiting)[:MOST])
    to_read = waiting.count() if len(unread) == MOST else len(unread)
    read = list(with_words(lately))
    return {"unread": unread, "to_read": to_read, "lately": read, "meets_again": meets_again([*unread, *read], member)}


def meets_again(reflections: Sequence[Reflection], member: Member) -> set[int]:
    """On which of them "next time" can be said. One query where somebody else coaches by now."""
    others = [each.micro.enrolment for each in reflections if each.micro.enrolment.coach_id != member.pk]
    prefetch_related_objects(others, "substitutes")
    return {each.pk for each in reflections if allows(replies.check_meets_again, member, each.micro)}


def with_words(reflections: QuerySet[Reflection]) -> QuerySet[Reflection]:
    """With the session, the plan and the answers that stand beside a reflection."""
    return reflections.select_related(
        *("micro__learner", "micro__focus_criterion", "micro__improvement_plan"),
        *("micro__enrolment__pillar", "micro__enrolment__learner"),
    ).prefetch_related("replies")
