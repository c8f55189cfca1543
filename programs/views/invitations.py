"""The page behind an invitation's link. Opening it changes nothing: mail scanners open every link."""

from http import HTTPStatus

from allauth.account.authentication import get_authentication_records
from django.contrib.auth import login, update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from programs.access import Role
from programs.domain import invitations
from programs.forms.invitations import AcceptForm
from programs.middleware import CHOSEN_MEMBER
from programs.models import Invitation, Member, User

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@login_not_required
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def accept(request: HttpRequest, token: str) -> HttpResponse:
    invitation = invitations.find(token)
    if invitation is None:
        return render(request, "programs/invitations/closed.html", status=HTTPStatus.NOT_FOUND)
    state = invitations.state_of(invitation)
    if state is not invitations.State.OPEN:
        return render(request, "programs/invitations/closed.html", {"state": state}, status=HTTPStatus.GONE)
    signs_in = invitations.needs_sign_in(invitation)
    sets_password = not signs_in and request.POST.get("how") != "code"
    form = AcceptForm(request.POST or None, wanted=sets_password)
    if request.method == "POST" and form.is_valid():
        password = form.cleaned_data["password"] if sets_password else ""
        keeps = knows_password(request)
        member = invitations.accept(invitation, by=signed_in(request), password=password, keeps_password=keeps)
        return enter(request, member)
    return page(request, invitation, form, signs_in=signs_in)


def signed_in(request: HttpRequest) -> User | None:
    """The login identity, or nobody."""
    return request.user if request.user.is_authenticated else None


def knows_password(request: HttpRequest) -> bool:
    """Whether this session began with the password, and not with a code or a link."""
    return any(record["method"] == "password" for record in get_authentication_records(request, signed_in(request)))


def enter(request: HttpRequest, member: Member) -> HttpResponse:
    """Sign in as the member and go to the first page: for a new learner, who sees what."""
    if request.user == member.user:
        update_session_auth_hash(request, member.user)
    else:
        login(request, member.user, backend=BACKEND)
    request.session[CHOSEN_MEMBER] = member.pk
    new_here = member.has_role(Role.LEARNER) and member.welcomed_at is None
    return redirect("learn:welcome" if new_here else "today")


def page(request: HttpRequest, invitation: Invitation, form: AcceptForm, *, signs_in: bool) -> HttpResponse:
    """Who invites whom, with the form; 422 when a password was refused."""
    user = signed_in(request)
    context = {
        "invitation": invitation,
        "form": form,
        "signs_in": signs_in,
        "is_same_person": user == invitation.member.user,
        "ends_password": invitation.member.user.has_usable_password() and not knows_password(request),
        "other_person": user if user and user != invitation.member.user else None,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound and form.errors else HTTPStatus.OK
    return render(request, "programs/invitations/accept.html", context, status=status)
