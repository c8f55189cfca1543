"""Pages for a request that cannot be read and for our own failures, and the API's answers to the same."""

import sys

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import loader
from django.utils.translation import gettext as _

from coachhub.api.problems import MEDIA_TYPE, problem
from coachhub.middleware import came_from

RETRY_AFTER = "30"  # seconds


def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 503 while the database does not answer; without any query."""
    status = 503 if isinstance(sys.exception(), OperationalError) else 500
    headers = {"Retry-After": RETRY_AFTER} if status == 503 else {}
    if request.path.startswith("/api/"):
        body = problem(status, detail=_("That did not work on our side."))
        return JsonResponse(body, status=status, headers=headers, content_type=MEDIA_TYPE)
    again = "" if request.method == "GET" else came_from(request) or "/"  # its own address may take no GET
    page = loader.get_template(f"{status}.html").render({"request": request, "again": again})
    return HttpResponse(page, status=status, headers=headers)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400 without looking at the body, which may be what cannot be read."""
    if request.path.startswith("/api/"):
        return JsonResponse(problem(400, detail=_("The request cannot be read.")), status=400, content_type=MEDIA_TYPE)
    return HttpResponse(loader.get_template("400.html").render({"request": request}), status=400)
