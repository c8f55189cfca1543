"""URLs of the loop, by audience; coachhub/urls.py puts the audiences of the apps together."""

from django.urls import URLPattern

coach: list[URLPattern] = []
learn: list[URLPattern] = []
