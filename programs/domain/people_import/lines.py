"""One line of the file in our own terms: who, and the place in a cohort that they are to have."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import time
from zlib import crc32

from django.utils.translation import gettext as _

from programs.domain.people_import import columns
from programs.domain.people_import.reading import Row


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a line cannot be imported: the column it is about, if it is about one, and the reason."""

    column: str
    reason: str


@dataclass(frozen=True, slots=True)
class Line:
    """What a line says; an empty cell is empty here too, and means "as it is" or, for somebody new, the default."""

    number: int
    external_id: str
    email: str
    name: str
    roles: tuple[str, ...]
    timezone: str
    work_days: tuple[int, ...]
    work_start: time | None
    work_end: time | None
    active: bool
    says_active: bool
    program: str
    cohort: str
    coach_email: str
    manager_emails: tuple[str, ...]

    @property
    def has_place(self) -> bool:
        """Whether the line puts its person into a cohort; for who leaves nothing but that counts."""
        return self.active and bool(self.program)

    def print_of(self) -> bytes:
        """Four bytes a column of the person: equal when two lines say the same of them."""
        return b"".join(crc32(repr(getattr(self, name)).encode()).to_bytes(4) for name in columns.OF_PERSON)

    def left_empty(self) -> frozenset[str]:
        """The columns of the person that an earlier line may say for this one."""
        return frozenset(name for name in columns.MAY_BE_LEFT_OUT if getattr(self, name) in ("", (), None))

    def fields(self) -> dict[str, object]:
        """The filled-in fields of a member, roles as a list; without the address."""
        given = {
            "external_id": self.external_id,
            "name": self.name,
            "roles": list(self.roles),
            "timezone": self.timezone,
            "work_days": list(self.work_days),
            "work_start": self.work_start,
            "work_end": self.work_end,
        }
        return {name: value for name, value in given.items() if value not in ("", [], None)}


def differing(first: bytes, second: bytes) -> list[str]:
    """The columns in which two prints differ."""
    starts = range(0, len(first), 4)
    same = [first[start : start + 4] == second[start : start + 4] for start in starts]
    return [name for name, alike in zip(columns.OF_PERSON, same, strict=True) if not alike]


def line_of(row: Row) -> tuple[Line | None, list[Problem]]:
    """The line, or what is wrong with its cells."""
    if row.problem:
        return None, [Problem("", row.problem)]
    problems: list[Problem] = []

    def read[T](column: str, parse: Callable[[str], T], empty: T) -> T:
        try:
            return parse(row.cells.get(column, ""))
        except ValueError as error:
            problems.append(Problem(column, str(error)))
            return empty

    def read_text(column: str) -> str:
        return read(column, lambda cell: columns.text(column, cell), "")

    def read_name(column: str) -> str:
        return read(column, lambda cell: columns.name(column, cell), "")

    line = Line(
        number=row.line,
        external_id=read_text("external_id"),
        email=read("email", columns.email, ""),
        name=read_name("name"),
        roles=read("roles", columns.roles, ()),
        timezone=read("timezone", columns.zone, ""),
        work_days=read("work_days", columns.days, ()),
        work_start=read("work_start", columns.clock, None),
        work_end=read("work_end", columns.clock, None),
        active=read("active", columns.active, True),
        says_active=bool(row.cells.get("active")),
        program=row.cells["program"],
        cohort=read_name("cohort"),
        coach_email=read("coach_email", columns.email, ""),
        manager_emails=read("manager_emails", columns.emails, ()),
    )
    if not row.cells["email"]:
        problems.append(Problem("email", _("The e-mail address is missing.")))
    return line, problems or _of_place(line)


def _of_place(line: Line) -> list[Problem]:
    if not line.active:
        return []
    if bool(line.program) != bool(line.cohort):
        missing = "cohort" if line.program else "program"
        return [Problem(missing, _("A program and a cohort go together: fill in both, or neither."))]
    if not line.program and (line.coach_email or line.manager_emails):
        return [Problem("program", _("A coach or a manager needs a program and a cohort."))]
    if line.coach_email and line.coach_email == line.email:
        return [Problem("coach_email", _("Nobody coaches themselves."))]
    return []
