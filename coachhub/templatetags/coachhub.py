"""Template tags of the frame: built in, so templates need no load line."""

from django import template

register = template.Library()


@register.filter
def percent(value: float | None) -> str:
    """0.4 → "40 %"; None → "–"."""
    return "–" if value is None else f"{value:.0%}".replace("%", " %")
