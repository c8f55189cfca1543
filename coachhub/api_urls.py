"""`/api/v1/`: the apps' routes, the schema, the page about it, and an answer for every other address."""

from django.urls import path

import programs.api.urls
from programs.api import about

app_name = "api"
urlpatterns = [
    *programs.api.urls.urlpatterns,
    path("schema/", about.SchemaPage.as_view(), name="schema"),
    path("docs/", about.docs, name="docs"),
    path("", about.Elsewhere.as_view(), name="root"),
    path("<path:rest>", about.Elsewhere.as_view(), name="elsewhere"),
]
