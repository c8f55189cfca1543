"""How CoachHub says no: each page that refuses or has failed, as the test client gets it."""

from collections.abc import Callable

from allauth.core.internal.ratelimit import respond_429
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.template import loader
from django.urls import reverse
from django.utils import timezone
from django.views.defaults import permission_denied

from coachhub.errors import Stale
from coachhub.middleware import DomainErrorMiddleware
from coachhub.pages import trouble
from programs.domain import invitations
from programs.models import Member
from tests.conftest import ActingClient

WRONG = "x" * 43


def asked(cast, client, url: str = "/"):
    """A request as Leo's browser makes it, signed in."""
    return client.as_(cast.leo).get(url).wsgi_request


def of_last_resort(name: str) -> HttpResponse:
    """What is shown when nothing else of CoachHub works."""
    return HttpResponse(loader.get_template(name).render({}), status=503)


def program_in_use(cast, client) -> HttpResponse:
    return client.as_(cast.ada).post(reverse("manage:program-archive", args=[cast.program.pk]))


def somebody_elses_text(cast, client) -> HttpResponse:
    error = Stale(theirs="Name the feeling first.\nThen wait.", yours="Wait, then name the feeling.")
    return DomainErrorMiddleware(lambda request: HttpResponse()).process_exception(asked(cast, client), error)


def used_invitation(cast, client) -> HttpResponse:
    Member.objects.filter(pk=cast.lia.pk).update(joined_at=None)
    invitation = invitations.invite(Member.objects.get(pk=cast.lia.pk), by=cast.ada)
    invitation.member.invitations.update(accepted_at=timezone.now())
    return client.get(reverse("invitation-accept", args=[invitations.token_of(invitation)]))


def without_membership(cast, client) -> HttpResponse:
    reader = client.as_(cast.leo)
    Member.objects.filter(pk=cast.leo.pk).update(deactivated_at=timezone.now())
    return reader.get("/")


def without_the_counter(cast, client, settings) -> HttpResponse:
    cache = settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/0"}
    settings.CACHES = {"default": cache}
    return client.post(reverse("account_login"), {"login": "leo@northwind.example", "password": "x"})


REFUSALS: dict[str, tuple[int, Callable[..., HttpResponse]]] = {
    "not-here": (404, lambda cast, client, _: client.as_(cast.leo).get("/coach/learners/999999/")),
    "not-here-for-nobody": (404, lambda cast, client, _: client.get("/nowhere/")),
    "unreadable": (400, lambda cast, client, _: trouble.bad_request(asked(cast, client), ValueError())),
    "not-allowed": (403, lambda cast, client, _: permission_denied(asked(cast, client), PermissionDenied())),
    "open-for-too-long": (403, lambda cast, client, _: ActingClient(enforce_csrf_checks=True).post("/accounts/login/")),
    "no-membership": (403, lambda cast, client, _: without_membership(cast, client)),
    "only-saves": (405, lambda cast, client, _: client.as_(cast.ana).get(reverse("coach:micro-start", args=[1]))),
    "refused": (409, lambda cast, client, _: program_in_use(cast, client)),
    "both-texts": (409, lambda cast, client, _: somebody_elses_text(cast, client)),
    "used-invitation": (410, lambda cast, client, _: used_invitation(cast, client)),
    "no-invitation": (404, lambda cast, client, _: client.get(reverse("invitation-accept", args=[WRONG]))),
    "no-question": (404, lambda cast, client, _: client.get(reverse("learn:prompt-open", args=[WRONG]))),
    "too-often": (429, lambda cast, client, _: respond_429(asked(cast, client))),
    "too-often-for-nobody": (429, lambda cast, client, _: respond_429(client.get("/accounts/login/").wsgi_request)),
    "failed": (500, lambda cast, client, _: trouble.server_error(asked(cast, client))),
    "sign-in-paused": (503, without_the_counter),
    "starting": (503, lambda cast, client, _: of_last_resort("503.html")),
}  # fmt: skip
