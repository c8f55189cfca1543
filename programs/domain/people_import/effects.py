"""What a line changes about somebody, and how that is said. Checking and applying share it."""

from typing import Any

from django.utils.translation import gettext as _

from programs.access import Role
from programs.domain.people_import.lines import Line
from programs.models import Member


def new_fields(line: Line, member: Member) -> dict[str, Any]:
    """Fields of a known member for which the line has another value; none for who leaves."""
    if not line.active:
        return {}
    return {name: value for name, value in line.fields().items() if _plain(value) != _plain(getattr(member, name))}


def former_email(line: Line, member: Member | None) -> str:
    """The address, in lower case, that a known member gives up by this line; "" for none."""
    address = member.user.email.lower() if member else line.email
    return "" if address == line.email else address


def effects_on(line: Line, member: Member | None) -> list[str]:
    """In words, nothing for no effect."""
    if member is None:
        return [_("new: %(roles)s") % {"roles": role_words(line.roles)}] if line.active else []
    if not line.active:
        return [_("is deactivated")] if member.is_active else []
    said = [] if member.is_active else [_("is let back in")]
    former = former_email(line, member)
    if former:
        said.append(_("e-mail: %(new)s instead of %(old)s") % {"new": line.email, "old": former})
    changed = new_fields(line, member)
    if "roles" in changed:
        words = {"new": role_words(line.roles), "old": role_words(member.roles)}
        said.append(_("roles: %(new)s instead of %(old)s") % words)
    others = [str(Member._meta.get_field(name).verbose_name) for name in changed if name != "roles"]  # type: ignore[union-attr]
    if others:
        said.append(_("changed: %(fields)s") % {"fields": ", ".join(others)})
    return said


def unused_place(line: Line, member: Member | None) -> str:
    """That a line would put somebody into a cohort who is deactivated and stays so; "" for any other."""
    if line.active or line.says_active or not line.program or member is None or member.is_active:
        return ""
    words = {"program": line.program, "cohort": line.cohort}
    return _("is deactivated, so does not join %(program)s, %(cohort)s: write yes in “active” to let them in") % words


def role_words(roles: list[str] | tuple[str, ...]) -> str:
    """("coach", "admin") → "administrator, coach"."""
    return ", ".join(str(role.label).lower() for role in Role if role in roles)


def _plain(value: Any) -> Any:
    return sorted(value) if isinstance(value, list) else value
