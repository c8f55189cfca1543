"""Roles and what they open. A role opens pages, never somebody's content; whose rows is `visible_to`'s business."""

from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from coachhub.errors import DomainError, NotAllowed

if TYPE_CHECKING:
    from programs.models import Member


class Role(models.TextChoices):
    ADMIN = "admin", _("Administrator")
    COACH = "coach", _("Coach")
    LEARNER = "learner", _("Learner")
    MANAGER = "manager", _("Manager")


class Permission(StrEnum):
    COACH = "coach people"
    LEARN = "be coached"
    SEE_FIGURES = "see figures and decide"
    MANAGE_PEOPLE = "manage people, programs and settings"
    SEE_LIBRARY = "see the library"
    SEE_AUDIT = "see who changed what"


GRANTS: dict[Role, frozenset[Permission]] = {
    Role.ADMIN: frozenset({Permission.MANAGE_PEOPLE, Permission.SEE_AUDIT, Permission.SEE_LIBRARY}),
    Role.COACH: frozenset({Permission.COACH, Permission.SEE_LIBRARY}),
    Role.LEARNER: frozenset({Permission.LEARN, Permission.SEE_LIBRARY}),
    Role.MANAGER: frozenset({Permission.SEE_FIGURES, Permission.SEE_LIBRARY}),
}


def has_permission(member: "Member", permission: Permission) -> bool:
    """The union over the member's roles; a deactivated member has none."""
    return member.is_active and any(permission in GRANTS[Role(role)] for role in member.roles)


def check(member: "Member", permission: Permission) -> None:
    """Raises NotAllowed unless one of the member's roles grants the permission."""
    if not has_permission(member, permission):
        raise NotAllowed(_("This needs another role: %(what)s.") % {"what": permission})


def allows(rule: Callable[..., Any], *args: Any, **kwargs: Any) -> bool:
    """Whether a checking function passes, so that a button and its write share one rule."""
    try:
        rule(*args, **kwargs)
    except DomainError:
        return False
    return True
