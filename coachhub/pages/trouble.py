"""The page for our own failures, and the API's answer: it names the request, so that the log line can be found."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template import loader
from django.utils.translation import gettext as _

from coachhub.api.problems import MEDIA_TYPE, problem


def server_error(request: HttpRequest) -> HttpResponse:
    """500 without any query: the database may be the trouble."""
    if request.path.startswith("/api/"):
        return JsonResponse(
            problem(500, detail=_("That did not work on our side.")), status=500, content_type=MEDIA_TYPE
        )
    context = {"request": request}
    return HttpResponse(loader.get_template("500.html").render(context), status=500)
