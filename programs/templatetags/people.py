"""Template tags about people: `{% load people %}`."""

from dataclasses import dataclass

from django import template
from django.conf import settings
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.functional import Promise

from programs.access import Role
from programs.models import Member

register = template.Library()
FIRST = 4


@dataclass(frozen=True)
class DemoGroup:
    """The demo's people of one role: the first few, and the others behind a fold."""

    role: str | Promise
    people: list[Member]
    others: list[Member]


@register.simple_tag
def demo_groups() -> list[DemoGroup]:
    """Who can be signed in as with one click, by role; nobody outside demo mode."""
    if not settings.DEMO:
        return []
    people = list(Member.objects.of_the_demo())
    groups = []
    for role in (Role.COACH, Role.LEARNER, Role.MANAGER, Role.ADMIN):
        found = [member for member in people if member.roles[0] == role]
        if found:
            groups.append(DemoGroup(role.label, found[:FIRST], found[FIRST:]))
    return groups


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
