"""Types of requests behind the middleware."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from programs.models import Member, User


class MemberRequest(HttpRequest):
    """A signed-in request: `member` is the active one of the login identity."""

    user: User
    member: Member
    htmx: HtmxDetails
