"""Template tags of the frame: built in, so templates need no load line."""

from collections.abc import Mapping
from functools import cache

from django import template
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

register = template.Library()


@register.filter
def attributes(attrs: Mapping[str, object]) -> SafeString:
    """A widget's, as in Django's own template, whose loop over them costs more than all that stands around it."""
    shown = {name: value for name, value in attrs.items() if value is not False}
    words = (f" {name}" if value is True else f' {name}="{escape(value)}"' for name, value in shown.items())
    return mark_safe("".join(words))  # noqa: S308  names are ours, values are escaped


@register.filter
def percent(value: float | None) -> str:
    """0.4 → "40 %"; None → "–"."""
    return "–" if value is None else f"{value:.0%}".replace("%", " %")


@register.filter
def initials(name: str) -> str:
    """First letters of the first and the last word: "Nadia Maria Kovač" → "NK"."""
    words = name.split()
    return "".join(word[0] for word in words[:: max(1, len(words) - 1)][:2]).upper()


@register.simple_tag
@cache
def icon(name: str) -> SafeString:
    """A decorative icon of the sprite static/img/icons.svg; the words stand beside it."""
    return format_html(
        '<svg class="icon" aria-hidden="true"><use href="{}#{}"/></svg>',
        static("img/icons.svg"),
        name,
    )


@register.simple_tag
def lasting(name: str) -> SafeString:
    """Include a template that reads nothing of the page: it is rendered once a process and language, not each time."""
    return _lasting(name, get_language())


@cache
def _lasting(name: str, language: str | None) -> SafeString:
    return render_to_string(name)
