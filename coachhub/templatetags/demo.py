"""Who to be in the demo: `{% load demo %}`."""

from dataclasses import dataclass

from django import template
from django.conf import settings
from django.utils.functional import Promise

from coachhub import demo
from programs.access import Role
from programs.models import Member

register = template.Library()
ROLES = (Role.COACH, Role.LEARNER, Role.MANAGER, Role.ADMIN)


@dataclass(frozen=True)
class Lead:
    """A person of the demo and what there is to see as them."""

    member: Member
    role: str | Promise
    story: str


@dataclass(frozen=True)
class RoleGroup:
    role: str | Promise
    people: list[Member]


@dataclass(frozen=True)
class Everybody:
    """Where to start, whose story to look for, and all by role."""

    start: list[Lead]
    stories: list[Lead]
    groups: list[RoleGroup]


@register.simple_tag
def demo_leads() -> list[tuple[str, str | Promise]]:
    """The four with whom the demo begins: name and role."""
    return [(name, role.label) for name, role, _story in demo.ACCOUNTS]


@register.simple_tag
def demo_lead(role: str) -> str:
    """The name of the one with whom the demo begins in that role."""
    return next(name for name, its, _story in demo.ACCOUNTS if its == role)


@register.simple_tag
def demo_people() -> Everybody | None:
    """Who can be signed in as with one click; nobody outside demo mode."""
    people = list(Member.objects.of_the_demo()) if settings.DEMO else []
    if not people:
        return None
    by_name = {member.name: member for member in people}
    start = [
        Lead(by_name[name], role.label, story(by_name[name])) for name, role, story in demo.ACCOUNTS if name in by_name
    ]
    stories = [
        Lead(by_name[name], Role(by_name[name].roles[0]).label, story)
        for name, story in demo.STORIES
        if name in by_name
    ]
    groups = [RoleGroup(role.label, [each for each in people if each.roles[0] == role]) for role in ROLES]
    return Everybody(start, stories, [group for group in groups if group.people])
