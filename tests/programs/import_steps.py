"""Files to import and what comes of them."""

import gzip
from functools import partial
from io import BytesIO

import psycopg
from django.db import connection

from programs.domain.people_import import applying, checking, work
from programs.models import PeopleImport

COLUMNS = (
    "external_id", "email", "name", "roles", "timezone", "work_days", "work_start", "work_end",
    "program", "cohort", "coach_email", "manager_emails", "active",
)  # fmt: skip
HEAD = ",".join(COLUMNS)
NIA = {"email": "nia@northwind.example", "name": "Nia New", "roles": "learner", "timezone": "Europe/Berlin"}
PLACE = {"program": "Calm calls", "cohort": "North", "coach_email": "ana@northwind.example"}


def line(**cells) -> str:
    """One line with these cells, the others empty."""
    assert set(cells) <= set(COLUMNS)
    return ",".join(f'"{cells[name]}"' if "," in cells.get(name, "") else cells.get(name, "") for name in COLUMNS)


def file(*lines: str | dict, head: str = HEAD) -> bytes:
    """A file of lines; a dict is one by its cells."""
    return "\n".join([head, *(line(**each) if isinstance(each, dict) else each for each in lines), ""]).encode()


def check(cast, content: bytes, organization=None) -> checking.Findings:
    return checking.check(partial(BytesIO, content), organization or cast.organization, lambda lines: None)


def mistakes(cast, *lines, **more) -> list[tuple[int, str, str]]:
    """(line, column, reason) of every mistake."""
    found = check(cast, file(*lines, **more)).report.mistakes
    return [(each.line, each.column, each.reason) for each in found]


def counts(cast, content: bytes) -> dict[str, int]:
    return {name: number for name, number in check(cast, content).report.counts.items() if number}


def take(cast, *lines, by=None) -> None:
    """Check and import a file that has no mistakes."""
    content = file(*lines)
    findings = check(cast, content)
    assert findings.report.mistakes == []
    source = partial(BytesIO, content)
    applying.apply(source, cast.organization, by=by or cast.ada, bad=set(), progress=lambda lines: None)


def uploaded(cast, content: bytes, by=None) -> PeopleImport:
    """A file that the worker has checked."""
    made = work.receive(by=by or cast.ada, file_name="people.csv", content=content)
    work.work(made.pk)
    return PeopleImport.objects.get(pk=made.pk)


def imported(cast, content: bytes, *, skip_bad=False) -> PeopleImport:
    """A file that went the whole way."""
    made = uploaded(cast, content)
    work.confirm(made, by=cast.ada, skip_bad=skip_bad)
    work.work(made.pk)
    return PeopleImport.objects.get(pk=made.pk)


def unpacked(packed) -> str:
    return gzip.decompress(packed).decode("utf-8-sig")


def elsewhere() -> psycopg.Connection:
    """A second connection to the database of the test."""
    given = connection.get_connection_params()
    return psycopg.connect(
        **{key: given[key] for key in ("dbname", "user", "password", "host", "port") if given.get(key)}
    )
