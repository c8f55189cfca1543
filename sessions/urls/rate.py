"""Rating and reflecting: the learner's pages, codes, the handed-over phone."""

from django.urls import URLPattern

coach: list[URLPattern] = []
learn: list[URLPattern] = []
