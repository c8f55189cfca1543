"""URLs of people, programs and the library, by audience; coachhub/urls.py puts the audiences of the apps together."""

from django.urls import URLPattern, path

from programs.views import library

design: list[URLPattern] = [
    path("pillars/", library.pillar_list, name="pillar-list"),
    path("pillars/<int:pk>/", library.pillar_show, name="pillar-show"),
    path("rubrics/<int:pk>/", library.rubric_show, name="rubric-show"),
    path("blueprints/<int:pk>/", library.blueprint_show, name="blueprint-show"),
]
manage: list[URLPattern] = []
