"""Prompts and their answers."""

from django.urls import URLPattern

coach: list[URLPattern] = []
learn: list[URLPattern] = []
