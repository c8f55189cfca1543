"""Me: name, time zone, working hours, prompts, look, sign-in, API tokens. Everybody has this page."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_http_methods, require_POST

from programs.access import Role
from programs.domain import logins, members, tokens
from programs.forms.members import MemberForm
from programs.forms.profile import ProfileForm, PromptsForm, TokenForm
from programs.http import MemberRequest
from programs.middleware import BY_ONE_CLICK
from programs.models import ApiToken, Member
from programs.views.sign_in import own_to_choose
from sessions.domain import wishes


@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: MemberRequest) -> HttpResponse:
    form = ProfileForm(request.POST or None, instance=fresh(request.member))
    return saved(request, form) if form.is_valid() else page(request, form=form)


@require_POST
def prompts(request: MemberRequest) -> HttpResponse:
    form = PromptsForm(request.POST, instance=fresh(request.member))
    if not form.is_valid():
        return page(request, prompts_form=form)
    values = form.cleaned_data
    sending, until = values.pop("sending"), values.pop("prompts_paused_until")
    with transaction.atomic():
        member = members.change_own(request.member, by=request.member, **values)
        wishes.choose(by=member, sending=sending, until=until)
    messages.success(request, _("Saved."))
    return redirect("profile")


@require_POST
@own_to_choose
def sign_out_everywhere(request: MemberRequest) -> HttpResponse:
    """Every other device is signed out at once; this one stays."""
    logins.end_sessions(request.user)
    request.user.refresh_from_db()
    update_session_auth_hash(request, request.user)
    messages.success(request, _("Signed out on all other devices."))
    return redirect("profile")


@require_POST
@never_cache
@sensitive_variables("secret")
def token_make(request: MemberRequest) -> HttpResponse:
    """The one answer that shows the secret."""
    form = TokenForm(request.POST)
    if not form.is_valid():
        return page(request, token_form=form)
    token, secret = tokens.make(by=request.member, name=form.cleaned_data["name"], scope=form.cleaned_data["scope"])
    return render(request, "pages/token_made.html", {"token": token, "secret": secret})


@require_POST
def token_revoke(request: MemberRequest, pk: int) -> HttpResponse:
    token = get_object_or_404(ApiToken.objects.visible_to(request.member), pk=pk)
    tokens.revoke(token, by=request.member)
    messages.success(request, _("“%(name)s” is revoked and opens nothing any more.") % {"name": token.name})
    return redirect("profile")


def fresh(member: Member) -> Member:
    """A copy to fill from a form, so that a refused form does not change what the frame shows."""
    return Member.objects.visible_to(member).get(pk=member.pk)


def saved(request: MemberRequest, form: MemberForm) -> HttpResponse:
    """Write what a valid form says, and say so."""
    members.change_own(request.member, by=request.member, **form.cleaned_data)
    messages.success(request, _("Saved."))
    return redirect("profile")


def page(request: MemberRequest, **bound: Any) -> HttpResponse:
    """The page with all its forms; `bound` are those that were posted and refused (422)."""
    member = request.member
    own = request.user.members.active().exclude(joined_at=None).select_related("organization")
    learns = member.has_role(Role.LEARNER)
    refused = any(form.is_bound for form in bound.values())
    context = {
        "form": ProfileForm(instance=fresh(member)),
        "prompts_form": PromptsForm(instance=member) if learns else None,
        "silenced": learns and not wishes.is_quiet(member) and wishes.silenced(member),
        "token_form": TokenForm(),
        "tokens": ApiToken.objects.visible_to(member).filter(revoked_at=None),
        "by_one_click": request.session.get(BY_ONE_CLICK, False),
        "roles": [Role(role).label for role in member.roles],
        "others": own.exclude(pk=member.pk),
        "invited_to": request.user.invited_memberships,
        **bound,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK
    return render(request, "pages/profile.html", context, status=status)
