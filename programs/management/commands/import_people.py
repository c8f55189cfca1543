"""`manage.py import_people FILE --organization NAME`: people, cohorts and enrolments from a CSV file."""

import gzip
import sys
from functools import partial
from pathlib import Path
from typing import Any, BinaryIO

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Q

from coachhub.errors import DomainError
from programs.domain.people_import import summary, work
from programs.domain.people_import.reading import Unreadable
from programs.domain.people_import.report import SHOWN, Report
from programs.models import Organization


class Command(BaseCommand):
    help = "Import people from a CSV file (docs/import-people.md). Everything is checked first; a mistake stops it all."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--organization", required=True, metavar="NAME", help="its name or its slug")
        parser.add_argument("--dry-run", action="store_true", help="check and report, write nothing")
        parser.add_argument("--skip-bad", action="store_true", help="leave lines with mistakes out")
        parser.add_argument("--rejects", type=Path, default=Path("rejects.csv"), help="where those lines are written")
        parser.add_argument("--report", type=Path, help="write what each line does, or why not, to this CSV file")

    def handle(self, *args: Any, file: Path, organization: str, dry_run: bool, skip_bad: bool, **options: Any) -> None:
        """Say what was done; mistakes go to stderr by line, exit status 1 when they stopped the import."""
        if not file.is_file():
            raise CommandError(f"There is no file {file}.")
        try:
            outcome = work.from_terminal(
                _organization(organization), partial(_opened, file), file_name=file.name,
                dry_run=dry_run, skip_bad=skip_bad, tell=self._tell,
            )  # fmt: skip
        except Unreadable as error:
            self._refuse(f"line {error.line}: {error.reason}")
        except DomainError as error:
            self._refuse(str(error.sentence))
        self._say(outcome.findings.report, imported=outcome.imported)
        if options["report"]:
            options["report"].write_bytes(gzip.decompress(outcome.findings.report.all.close()))
        if outcome.findings.bad and skip_bad:
            self._write_rejects(outcome.findings.report, options["rejects"])
        if outcome.findings.bad and not skip_bad:
            self._refuse("Nothing was imported. Correct these lines, or leave them out with --skip-bad.")

    def _tell(self, lines: int) -> None:
        if self.stderr.isatty():
            self.stderr.write(".", ending="")

    def _say(self, report: Report, *, imported: bool) -> None:
        for mistake in report.mistakes:
            column = f" ({mistake.column})" if mistake.column else ""
            self.stderr.write(f"line {mistake.line}{column}: {mistake.reason}")
        more = report.counts["bad_lines"] - len({mistake.line for mistake in report.mistakes})
        if more > 0:
            self.stderr.write(f"… and {more} more lines; --report FILE writes all of them.")
        if report.head.ignored:
            self.stdout.write(f"Columns that are not used: {', '.join(report.head.ignored)}.")
        self.stdout.write("Imported:" if imported else "The file would do this:")
        nothing = "nothing" if report.counts["bad_lines"] else "nothing: everything is here already"
        for sentence in summary.of(report.counts) or [nothing]:
            self.stdout.write(f"  {sentence}")
        for name in report.new_cohorts[:SHOWN]:
            self.stdout.write(f"  new cohort: {name}")

    def _write_rejects(self, report: Report, path: Path) -> None:
        path.write_bytes(gzip.decompress(report.rejects.close()))
        self.stdout.write(f"Lines with mistakes: {report.counts['bad_lines']}, written to {path}")

    def _refuse(self, sentence: str) -> None:
        self.stderr.write(sentence)
        sys.exit(1)


def _opened(file: Path) -> BinaryIO:
    return file.open("rb")


def _organization(name: str) -> Organization:
    found = Organization.objects.filter(Q(slug=name) | Q(name__iexact=name)).order_by("pk")
    if len(found) != 1:
        raise CommandError(f"There is no organization “{name}”." if not found else f"“{name}” is not one organization.")
    return found[0]
