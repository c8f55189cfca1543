"""All of the site, and an empty page behind the same middleware."""

from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.http import require_safe

from coachhub.urls import handler500, urlpatterns

__all__ = ["handler500", "urlpatterns"]
EMPTY = "/bench/empty/"


@require_safe
def empty(request: HttpRequest) -> HttpResponse:
    """Nothing: what stays is the middleware, which has loaded login session, user and member."""
    return HttpResponse()


urlpatterns = [*urlpatterns, path(EMPTY.lstrip("/"), empty)]
