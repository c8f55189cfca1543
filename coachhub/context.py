"""What every page's frame needs: navigation for the member's roles."""

from dataclasses import dataclass, replace
from functools import cache

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from coachhub import mailbox
from programs.access import Permission, has_permission
from programs.models import Member


@dataclass(frozen=True)
class NavItem:
    label: str | Promise
    url: str
    icon: str
    current: bool = False
    count: int = 0


ITEMS: tuple[tuple[Permission | None, str | Promise, str, str], ...] = (
    (None, _("Today"), "today", "home"),
    (Permission.COACH, _("Learners"), "coach:enrolment-list", "users"),
    (Permission.LEARN, _("My record"), "learn:record", "chart"),
    (Permission.SEE_FIGURES, _("Insights"), "insights:home", "chart"),
    (Permission.MANAGE_PEOPLE, _("People"), "manage:member-list", "users"),
    (Permission.SEE_LIBRARY, _("Library"), "design:pillar-list", "book"),
    (None, _("Me"), "profile", "user"),
)


WHOLE_AUDIENCE = {
    "coach:enrolment-list": "/coach/",
    "learn:record": "/learn/",
    "insights:home": "/insights/",
    "design:pillar-list": "/design/",
    "manage:member-list": "/manage/",
}
"""Items that stay current on every page of their audience."""


@cache
def _places() -> list[tuple[Permission | None, NavItem, str]]:
    """Who sees an item, the item, and the beginning of the paths on which it is current."""
    return [
        (permission, NavItem(label, reverse(name), icon), WHOLE_AUDIENCE.get(name, reverse(name)))
        for permission, label, name, icon in ITEMS
    ]


def navigation(member: Member, path: str) -> list[NavItem]:
    """The pages the member's roles open, at most six; the longest matching URL is current."""
    found = [each for each in _places() if each[0] is None or has_permission(member, each[0])]
    page = reverse("profile") if path.startswith("/accounts/") else path
    home = reverse("today")  # every path begins with it, so it is current alone
    reaches = [reach for _permission, _item, reach in found]
    here = max((r for r in reaches if page == r or (r != home and page.startswith(r))), key=len, default="")
    return [replace(item, current=reach == here) for _permission, item, reach in found]


def frame(request: HttpRequest) -> dict[str, object]:
    """Context processor: `member`, `nav`, `demo`, `mailbox_is_open`; for the switcher `memberships`, `switch_url`."""
    member = getattr(request, "member", None)
    nav = navigation(member, request.path) if member else []
    own = [
        {"pk": each.pk, "label": each.organization.name, "current": each == member}
        for each in getattr(request, "memberships", ())
    ]
    return {
        "member": member, "nav": nav, "demo": settings.DEMO, "mailbox_is_open": mailbox.is_open(),
        "memberships": own, "switch_url": reverse("member-switch"),
    }  # fmt: skip
