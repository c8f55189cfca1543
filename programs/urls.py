"""URLs of people, programs and the library, by audience; coachhub/urls.py puts the audiences of the apps together."""

from django.urls import URLPattern

design: list[URLPattern] = []
manage: list[URLPattern] = []
