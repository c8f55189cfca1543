"""Checks that several state changes share. Each raises with a sentence; `access.allows` makes it a boolean."""

from coachhub.errors import NotAllowed
from programs.access import Permission, check
from programs.models import Member


def check_manages(by: Member, organization_id: int) -> None:
    """Raises NotAllowed unless `by` administers that organization."""
    check(by, Permission.MANAGE_PEOPLE)
    if by.organization_id != organization_id:
        raise NotAllowed
