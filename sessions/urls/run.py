"""Running and closing: phases, ticks, notes, feedback, reflections read."""

from django.urls import URLPattern

coach: list[URLPattern] = []
learn: list[URLPattern] = []
