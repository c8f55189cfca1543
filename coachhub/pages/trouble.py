"""Pages for a request that cannot be read and for our own failures, and the API's answers to the same."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import loader
from django.utils.translation import gettext as _

from coachhub.api.problems import MEDIA_TYPE, problem
from coachhub.middleware import came_from


def server_error(request: HttpRequest) -> HttpResponse:
    """500 without any query: the database may be the trouble."""
    if request.path.startswith("/api/"):
        return JsonResponse(
            problem(500, detail=_("That did not work on our side.")), status=500, content_type=MEDIA_TYPE
        )
    again = "" if request.method == "GET" else came_from(request) or "/"  # its own address may take no GET
    context = {"request": request, "again": again}
    return HttpResponse(loader.get_template("500.html").render(context), status=500)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400 without looking at the body, which may be what cannot be read."""
    if request.path.startswith("/api/"):
        return JsonResponse(problem(400, detail=_("The request cannot be read.")), status=400, content_type=MEDIA_TYPE)
    return HttpResponse(loader.get_template("400.html").render({"request": request}), status=400)
