"""What the file would do, line by line: the first of it for the page, all of it as CSV, and the lines left out."""

import csv
import gzip
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from io import BytesIO, TextIOWrapper
from typing import Any

from django.utils.translation import gettext as _

from programs.cells import harmless
from programs.domain.people_import.columns import ADDED_TO_REJECTS
from programs.domain.people_import.lines import Line, Problem
from programs.domain.people_import.reading import Head, Row

SHOWN = 100
MARK = "\ufeff"  # so that Excel reads the letters right


@dataclass(frozen=True, slots=True)
class Mistake:
    """Why a line stays out."""

    line: int
    column: str
    reason: str


@dataclass(frozen=True, slots=True)
class Change:
    """What a line does to whom."""

    line: int
    who: str
    what: str


class Table:
    """A CSV file that is written row by row and kept compressed. Letters that were no UTF-8 leave as they came."""

    def __init__(self, names: Sequence[str], delimiter: str) -> None:
        self._bytes = BytesIO()
        self._packed = gzip.GzipFile(fileobj=self._bytes, mode="wb", compresslevel=4, mtime=0)
        self._text = TextIOWrapper(self._packed, encoding="utf-8", errors="surrogateescape", newline="")
        self._text.write(MARK)
        self._delimiter = delimiter
        self._writer = csv.writer(self._text, delimiter=delimiter)
        self.add(names)

    def add(self, cells: Iterable[str]) -> None:
        """One row; no cell is a formula."""
        self._writer.writerow([harmless(cell, self._delimiter) for cell in cells])

    def close(self) -> bytes:
        """The whole table, gzipped; nothing can be added any more."""
        self._text.close()
        return self._bytes.getvalue()


@dataclass
class Report:
    """Filled line by line while the file is checked."""

    head: Head
    counts: Counter[str] = field(default_factory=Counter)
    mistakes: list[Mistake] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    new_cohorts: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        names = [_("line"), _("e-mail"), _("name"), _("what"), _("column"), _("details")]
        self.all = Table(names, self.head.delimiter)
        self.rejects = Table([*ADDED_TO_REJECTS, *self.head.names], self.head.delimiter)

    def reject(self, row: Row, line: Line | None, problems: Sequence[Problem]) -> None:
        """A line that stays out, with every reason."""
        self.counts["bad_lines"] += 1
        self.rejects.add([str(row.line), " ".join(each.reason for each in problems), *row.raw])
        who = [line.email, line.name] if line else ["", ""]
        for each in problems:
            if len(self.mistakes) < SHOWN:
                self.mistakes.append(Mistake(row.line, each.column, each.reason))
            self.all.add([str(row.line), *who, _("mistake"), each.column, each.reason])

    def change(self, line: Line, name: str, effects: Sequence[str]) -> None:
        """A line that does something; `name` is the person's, also where the line leaves it empty."""
        self.counts["lines_with_effect"] += 1
        details = "; ".join(effects)
        if len(self.changes) < SHOWN:
            self.changes.append(Change(line.number, name or line.email, details))
        self.all.add([str(line.number), line.email, name, _("change"), "", details])

    def close(self) -> None:
        """Nothing comes any more."""
        self.all.close()
        self.rejects.close()

    def shown(self) -> dict[str, Any]:
        """What the page shows, as JSON."""
        return {
            "mistakes": [asdict(each) for each in self.mistakes],
            "changes": [asdict(each) for each in self.changes],
            "new_cohorts": self.new_cohorts[:SHOWN],
            "ignored": self.head.ignored,
        }
