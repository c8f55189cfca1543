"""Template tags about people: `{% load people %}`."""

from dataclasses import dataclass

from django import template
from django.conf import settings
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
