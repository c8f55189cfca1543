"""The columns in plain words, and an example of a file that fits the organization."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO

from django.utils.translation import gettext as _

from programs.cells import harmless
from programs.domain.people_import.columns import COLUMNS, OPTIONAL
from programs.models import Organization, Program

MARK = "\ufeff"  # so that Excel reads the letters right


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name in the file, what it holds, and whether the file may go without it."""

    name: str
    words: str
    optional: bool


def columns() -> list[Column]:
    """All of them, in the order of the example."""
    words = dict(zip(COLUMNS, _words(), strict=True))
    return [Column(name, words[name], name in OPTIONAL) for name in COLUMNS]


def csv_of(organization: Organization) -> str:
    """A manager, a coach and two learners; the program is one of the organization's, if it has one."""
    program = Program.objects.filter(organization=organization, archived_at=None).first()
    name = harmless(program.name) if program else ""
    zone, cohort = organization.timezone, "Autumn" if program else ""
    coach, manager = ("dana@example.com", "mia@example.com") if program else ("", "")
    place = [name, cohort, coach, manager, "yes"]
    file = StringIO()
    writer = csv.writer(file)
    writer.writerow(COLUMNS)
    writer.writerows(
        [
            ["1001", "mia@example.com", "Mia Novak", "manager", zone, "", "", "", "", "", "", "", "yes"],
            [
                "1002",
                "dana@example.com",
                "Dana Weiss",
                "coach",
                zone,
                "Mon-Fri",
                "08:00",
                "16:30",
                "",
                "",
                "",
                "",
                "yes",
            ],
            ["1003", "ben@example.com", "Ben Fischer", "learner", zone, "Mon-Fri", "08:00", "16:30", *place],
            ["1004", "amira@example.com", "Amira Haddad", "learner coach", zone, "Tue-Sat", "12:00", "20:30", *place],
        ]
    )
    return MARK + file.getvalue()


def _words() -> Iterator[str]:
    """In the order of COLUMNS."""
    yield _("Your number for the person. With it, a person keeps their record when the e-mail address changes.")
    yield _("Where invitations and questions go. Without a number, the person is recognised by it.")
    yield _("First and last name.")
    yield _("admin, coach, learner, manager; several with a space between them.")
    yield _("Such as Europe/Berlin. Empty for somebody new: the organization’s.")
    yield _("Mon-Fri, or Mon Wed Sat, or 1-5. Empty for somebody new: Mon-Fri.")
    yield _("Such as 09:00, the start of their working day.")
    yield _("Such as 17:00, the end of it. It may be after midnight.")
    yield _("The name of a program you have. Empty: the line puts nobody into a cohort.")
    yield _("The cohort in that program. One that is not there is made, and the report says so.")
    yield _("Who coaches the learner. Another coach than before takes over from now on. Empty: as it is.")
    yield _("Managers of the cohort, with a space between them. They are added, never taken away.")
    yield _("yes or empty: the person is here. no: deactivated, signed out at once; the history stays.")
