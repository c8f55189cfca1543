"""Planning: learners, week, plan, move, cancel, log."""

from django.urls import URLPattern

coach: list[URLPattern] = []
learn: list[URLPattern] = []
