"""Who calls: a bearer token, made on the page Me. Login sessions only open the pages about the API."""

from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from programs.domain import tokens
from programs.models import ApiToken, Member, User

if TYPE_CHECKING:  # DRF's views read the settings that name this module
    from rest_framework.views import APIView

CHALLENGE = 'Bearer realm="CoachHub"'


class ApiRequest(Request):
    """A call: `member` is the token's."""

    user: User
    auth: ApiToken
    member: Member


class BearerToken(BaseAuthentication):
    """`Authorization: Bearer coachhub_…`. Without the header somebody is nobody; with a wrong one they are told."""

    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        kind, _space, secret = request.headers.get("Authorization", "").partition(" ")
        if kind.lower() != "bearer":
            return None
        token = tokens.find(secret.strip())
        if token is None:
            raise AuthenticationFailed(_("This token opens nothing: it is wrong, revoked, or its member has left."))
        tokens.note_use(token)
        act_as(request, token.member)
        return token.member.user, token

    def authenticate_header(self, request: Request) -> str:
        return CHALLENGE


class SignedIn(BaseAuthentication):
    """Somebody signed in on the site, for pages about the API that change nothing."""

    def authenticate(self, request: Request) -> tuple[User, None] | None:
        member = getattr(request._request, "member", None)
        if member is None:
            return None
        act_as(request, member)
        return member.user, None


class MayWrite(BasePermission):
    """A token that only reads changes nothing."""

    message = _("This token may only read.")

    def has_permission(self, request: Request, view: "APIView") -> bool:
        return request.method in SAFE_METHODS or (
            isinstance(request.auth, ApiToken) and request.auth.scope == ApiToken.Scope.WRITE
        )


def act_as(request: Request, member: Member) -> None:
    """For views, and for the log line of the request."""
    request.member = request._request.member = member  # type: ignore[attr-defined]
