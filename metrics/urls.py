"""URLs of figures and decisions."""

from django.urls import URLPattern

insights: list[URLPattern] = []
