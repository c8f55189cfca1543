"""Mail that was kept instead of sent, to be read here. There is no such page once mail goes out, or in production."""

from collections.abc import Callable
from functools import wraps
from itertools import islice
from typing import Any, Concatenate

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.csp import CSP
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.csp import csp_override
from django.views.decorators.http import require_POST, require_safe

from coachhub import mailbox
from coachhub.mailbox import Mail
from programs.http import MemberRequest
from programs.models import Member
from sessions.domain import hurry as demo

type Policy = dict[str, Any]
SHOWN = 50
UNFOLDED = 10
IN_A_FRAME: Policy = {
    "default-src": [CSP.NONE],
    "style-src": [CSP.UNSAFE_INLINE],
    "frame-ancestors": [CSP.SELF],
    "sandbox": ["allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation"],
}
WITH_A_FRAME: Policy = {**settings.SECURE_CSP, "frame-src": [CSP.SELF]}


def mailbox_only[**P](
    view: Callable[Concatenate[MemberRequest, P], HttpResponse],
) -> Callable[Concatenate[MemberRequest, P], HttpResponse]:
    """404 unless mail is kept."""

    @wraps(view)
    def gated(request: MemberRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not mailbox.is_open():
            raise Http404
        return view(request, *args, **kwargs)

    return gated


@require_safe
@never_cache
@mailbox_only
def index(request: MemberRequest) -> HttpResponse:
    """The newest mails that the viewer may read, and in the demo what waits."""
    here = addresses(request.member)
    mails = islice((mail for mail in mailbox.newest() if here.intersection(mail.recipients)), SHOWN)
    all_of_demo = is_demo(request.member)
    waiting = demo.waiting(request.member.organization) if all_of_demo else []
    context = {"mails": list(mails), "soonest": waiting[:UNFOLDED], "later": waiting[UNFOLDED:], "all": all_of_demo}
    return render(request, "sessions/mailbox/index.html", context)


@require_safe
@never_cache
@mailbox_only
@csp_override(WITH_A_FRAME)
def show(request: MemberRequest, name: str) -> HttpResponse:
    """One mail: its HTML in a frame that runs nothing, its text with links, its attachments as text."""
    return render(request, "sessions/mailbox/show.html", {"mail": mail_for(request.member, name)})


@require_safe
@never_cache
@xframe_options_sameorigin
@mailbox_only
@csp_override(IN_A_FRAME)
def html(request: MemberRequest, name: str) -> HttpResponse:
    """The HTML of a mail as a mail program shows it: no script, nothing fetched."""
    return HttpResponse(mail_for(request.member, name).html.replace("<head>", '<head><base target="_top">', 1))


@require_POST
@mailbox_only
def hurry(request: MemberRequest) -> HttpResponse:
    """The demo's "do not wait"."""
    sent = demo.send_now(by=request.member)
    words = ngettext("%(sent)s mail arrived.", "%(sent)s mails arrived.", sent)
    messages.success(request, words % {"sent": sent})
    return redirect("mailbox")


def mail_for(member: Member, name: str) -> Mail:
    """A kept mail that the member may read. Raises Http404."""
    mail = mailbox.opened(name)
    if mail is None or not addresses(member).intersection(mail.recipients):
        raise Http404
    return mail


def is_demo(member: Member) -> bool:
    return settings.DEMO and member.organization.is_demo


def addresses(member: Member) -> set[str]:
    """Whose mail the member reads, in lower case: their own, and in the demo everybody's who is of the demo alone.

    No role opens more: mail carries words of plans, and codes that sign in to all that somebody belongs to.
    """
    if is_demo(member):
        people = member.organization.members.of_demos_alone()
        return {email.lower() for email in people.values_list("user__email", flat=True)}
    return {member.user.email.lower()}
