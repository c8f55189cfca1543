"""Template tags about people: `{% load people %}`."""

from django import template
from django.utils.dates import WEEKDAYS_ABBR

from programs.access import Role

register = template.Library()


@register.filter
def role_names(roles: list[str]) -> list[str]:
    """["coach", "admin"] → ["Coach", "Administrator"]."""
    return [str(Role(role).label) for role in roles]


@register.filter
def weekday(day: int) -> str:
    """0 → "Mon"."""
    return str(WEEKDAYS_ABBR[day])


@register.filter
def weekdays(days: list[int]) -> str:
    """[0, 1, 2, 4] → "Mon–Wed, Fri"."""
    runs: list[list[int]] = []
    for day in sorted(days):
        if runs and day == runs[-1][-1] + 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    return ", ".join(_run(run) for run in runs) or "–"


def _run(days: list[int]) -> str:
    first, last = str(WEEKDAYS_ABBR[days[0]]), str(WEEKDAYS_ABBR[days[-1]])
    return first if len(days) == 1 else f"{first}–{last}" if len(days) > 2 else f"{first}, {last}"
