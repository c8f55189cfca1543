"""The page for our own failures: it names the request, so that the log line can be found."""

from django.http import HttpRequest, HttpResponse
from django.template import loader


def server_error(request: HttpRequest) -> HttpResponse:
    """500 without any query: the database may be the trouble."""
    context = {"request": request}
    return HttpResponse(loader.get_template("500.html").render(context), status=500)
