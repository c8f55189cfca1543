"""The columns of the file, and what a cell of each may hold. Parsers raise ValueError with the sentence to report."""

import re
from datetime import time
from functools import cache, lru_cache

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from coachhub.errors import Invalid
from programs.access import Role
from programs.domain import mail_addresses, names
from programs.models import Cohort, Member, User
from programs.models.organizations import validate_timezone

COLUMNS = (
    "external_id", "email", "name", "roles", "timezone", "work_days", "work_start", "work_end",
    "program", "cohort", "coach_email", "manager_emails", "active",
)  # fmt: skip
OPTIONAL = frozenset({"external_id", "work_days", "work_start", "work_end", "active"})
OF_PERSON = (
    "external_id", "email", "name", "roles", "timezone", "work_days", "work_start", "work_end", "active",
)  # fmt: skip
MAY_BE_LEFT_OUT = frozenset(
    {"name", "roles", "timezone", "work_days", "work_start", "work_end"}
)  # but on the first line
ADDED_TO_REJECTS = ("line", "problem")
YES = frozenset({"", "yes", "y", "true", "1"})
NO = frozenset({"no", "n", "false", "0"})
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
BETWEEN_WORDS = re.compile(r"[\s,;|/+]+")
BETWEEN_ADDRESSES = re.compile(r"[\s,;|]+")
RANGE = re.compile(r"\s*[-–]\s*")
CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(?::00)?")


def several(cell: str, between: re.Pattern[str] = BETWEEN_WORDS) -> tuple[str, ...]:
    """The words of a cell that may hold more than one, each once."""
    return tuple(dict.fromkeys(word for word in between.split(cell) if word))


def text(column: str, cell: str) -> str:
    """A cell within the length that its field takes."""
    longest = _lengths()[column]
    if len(cell) > longest:
        words = {"length": len(cell), "longest": longest}
        raise ValueError(_("This has %(length)s characters; at most %(longest)s fit.") % words)
    return cell


def name(column: str, cell: str) -> str:
    """Such a cell that names somebody or something, as the name is kept; empty for an empty cell."""
    if not cell:
        return ""
    try:
        return text(column, names.clean(cell))
    except Invalid as refused:
        raise ValueError(str(refused.sentence)) from None


@lru_cache(1024)
def email(cell: str) -> str:
    """An address in lower case, or nothing."""
    try:
        if cell:
            mail_addresses.validate(cell)
        return text("email", cell.lower())
    except (ValidationError, ValueError) as refused:
        if getattr(refused, "code", "") == mail_addresses.NO_MAIL:
            raise ValueError(_("No mail can be sent to “%(cell)s”.") % {"cell": cell}) from None
        raise ValueError(_("“%(cell)s” is not an e-mail address.") % {"cell": cell}) from None


@lru_cache(1024)
def emails(cell: str) -> tuple[str, ...]:
    """Addresses with spaces or semicolons between them."""
    return tuple(email(word) for word in several(cell, BETWEEN_ADDRESSES))


@lru_cache(256)
def roles(cell: str) -> tuple[str, ...]:
    """Roles in the order in which they are declared, whatever the order and case of the words."""
    words = [word.lower() for word in several(cell)]
    known = {role.value: role.value for role in Role} | {str(role.label).lower(): role.value for role in Role}
    for word in words:
        if word not in known:
            raise ValueError(
                _("“%(word)s” is not a role. There are: %(all)s.") % {"word": word, "all": ", ".join(Role.values)}
            )
    return tuple(role.value for role in Role if role.value in {known[word] for word in words})


@lru_cache(1024)
def zone(cell: str) -> str:
    """An IANA time zone, or nothing."""
    try:
        if cell:
            validate_timezone(cell)
    except ValidationError as error:
        raise ValueError(error.messages[0]) from None
    return cell


@lru_cache(256)
def days(cell: str) -> tuple[int, ...]:
    """`Mon-Fri`, `Mon Tue Sat` or `1-5` (1 is Monday) as 0 to 6; empty for an empty cell."""
    found: set[int] = set()
    for part in several(RANGE.sub("-", cell)):
        first, dash, last = part.partition("-")
        start, end = _day(first), _day(last if dash else first)
        found.update(day % 7 for day in range(start, (end if end >= start else end + 7) + 1))
    return tuple(sorted(found))


def _day(word: str) -> int:
    key = word.lower()[:3]
    if key in DAYS:
        return DAYS.index(key)
    if word in {"1", "2", "3", "4", "5", "6", "7"}:
        return int(word) - 1
    raise ValueError(_("“%(word)s” is not a day. Write Mon-Fri, or Mon Wed Sat.") % {"word": word})


@lru_cache(512)
def clock(cell: str) -> time | None:
    """A time of day such as 9:00 or 17:30; None for an empty cell."""
    if not cell:
        return None
    match = CLOCK.fullmatch(cell)
    if not match:
        raise ValueError(_("“%(cell)s” is not a time. Write 09:00.") % {"cell": cell})
    return time(int(match[1]), int(match[2]))


def active(cell: str) -> bool:
    """Yes unless it says no."""
    word = cell.lower()
    if word not in YES | NO:
        raise ValueError(_("“%(cell)s” is neither yes nor no.") % {"cell": cell})
    return word in YES


@cache
def _lengths() -> dict[str, int]:
    fields = {"email": (User, "email"), "cohort": (Cohort, "name")}
    fields |= {column: (Member, column) for column in ("name", "external_id")}
    return {column: getattr(model._meta.get_field(name), "max_length", 0) for column, (model, name) in fields.items()}
