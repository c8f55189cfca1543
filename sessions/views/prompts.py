"""One question and its five answers: behind the link of a message without a login, and for who is signed in."""

from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from coachhub.errors import DomainError
from programs.access import Permission
from programs.access_views import permission_required
from programs.http import MemberRequest
from programs.models import Member
from sessions.domain import links, prompts, wishes
from sessions.domain.questions import question_of, standing_of
from sessions.domain.wishes import Wish
from sessions.forms.prompt import AnswerForm
from sessions.models import Prompt

UNDONE = "undone"


# Whoever holds the link may answer: no cookie gives the right, so no foreign page can borrow one. Mail apps that show
# pages in a window of their own, without cookies, can post as well.
@csrf_exempt
@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def open_link(request: HttpRequest, token: str) -> HttpResponse:
    """The question of a message's link. GET writes nothing: programs that check mail open every link."""
    prompt = links.prompt_of(token)
    if prompt is None or not prompt.follow_up.learner.is_active:
        return render(request, "sessions/prompt/gone.html", frameless(), status=404)
    learner = prompt.follow_up.learner
    with timezone.override(ZoneInfo(learner.timezone)):
        return page(request, prompt, learner, "sessions/prompt/open.html", frameless())


@never_cache
@permission_required(Permission.LEARN)
@require_http_methods(["GET", "HEAD", "POST"])
def answer(request: MemberRequest, pk: int) -> HttpResponse:
    """The same for the learner who is signed in."""
    own = Prompt.objects.visible_to(request.member).filter(follow_up__learner=request.member)
    prompt = get_object_or_404(own.select_related("told_to", "follow_up__plan__micro__focus_criterion"), pk=pk)
    return page(request, prompt, request.member, "sessions/prompt/answer.html", {})


@require_POST
@permission_required(Permission.LEARN)
def start(request: MemberRequest) -> HttpResponse:
    """Let the questions come again."""
    wishes.start(by=request.member)
    return redirect("today")


def page(request: HttpRequest, prompt: Prompt, by: Member, template: str, context: dict[str, Any]) -> HttpResponse:
    """Show it, save an answer, or grant a wish; what was typed stays when it is refused."""
    chosen = {"answer": request.GET.get("a") or prompt.answer, "note": prompt.note}
    posted = request.POST if request.method == "POST" else None
    form = AnswerForm(posted, initial=chosen, question=prompt.question)
    if posted and not posted.keys().isdisjoint(("do", "undo")):
        return redirect(f"{request.path}?{urlencode(wished(prompt, by, posted))}")
    if form.is_valid():
        try:
            prompts.answer(prompt, by=by, **form.cleaned_data)
            return redirect(request.path)
        except DomainError as problem:
            form.add_error(problem.field if problem.field in form.fields else None, str(problem.sentence))
    question, standing = question_of(prompt), standing_of(prompt, by)
    context |= {"form": form, "question": question, "standing": standing, "reader": by}
    context |= {"wish": known(request.GET.get("do")), **said(prompt, request.GET)}
    return render(request, template, context, status=422 if form.errors else 200)


def wished(prompt: Prompt, by: Member, posted: QueryDict) -> dict[str, str]:
    """Grant a wish, or take one back: what the page then says. Raises what `wishes` does."""
    if "undo" in posted:
        wish, rate = links.undo_of(prompt, posted.get("undo", "")) or ("", 0)
        wishes.take_back(prompt, by=by, wish=wish, seen=rate)
        return {"done": UNDONE}
    seen = posted.get("seen", "")
    done = wishes.grant(prompt, by=by, wish=posted.get("do", ""), seen=seen)
    return {"done": done, "undo": links.undo_token_of(prompt, done, seen)}


def said(prompt: Prompt, query: QueryDict) -> dict[str, str]:
    """What was done, and the way back as long as there is one."""
    done, token = query.get("done"), query.get("undo", "")
    undo = links.undo_of(prompt, token)
    may_undo = undo and undo[0] == done and wishes.is_granted(prompt.follow_up, *undo)
    return {"done": UNDONE if done == UNDONE else known(done), "undo": token if may_undo else ""}


def known(word: str | None) -> str:
    """A wish's name, or nothing."""
    return word if word in list(Wish) else ""


def frameless() -> dict[str, Any]:
    """No navigation and nobody's name: who opened the link need not be who is signed in here."""
    return {"member": None, "nav": []}
