"""`/api/v1/`: the apps' routes, the schema, the page about it, and an answer for every other address."""

from django.urls import path, register_converter
from django.urls.converters import StringConverter

import metrics.api.urls
import programs.api.urls
import sessions.api.urls
from programs.api import about


class AnythingConverter(StringConverter):
    """Also slashes and line ends."""

    regex = r"[\s\S]+"


register_converter(AnythingConverter, "anything")
app_name = "api"
urlpatterns = [
    *programs.api.urls.urlpatterns,
    *sessions.api.urls.urlpatterns,
    *metrics.api.urls.urlpatterns,
    path("schema/", about.SchemaPage.as_view(), name="schema"),
    path("docs/", about.docs, name="docs"),
    path("", about.Elsewhere.as_view(), name="root"),
    path("<anything:rest>", about.Elsewhere.as_view(), name="elsewhere"),
]
