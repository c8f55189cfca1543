"""`manage.py load_library [DIR]`: the standard library from its files."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

import programs
from programs.domain import publishing
from programs.domain.library import LibraryErrors, load_directory

STANDARD = Path(programs.__file__).parent / "library"


class Command(BaseCommand):
    help = "Load pillars, rubrics, blueprints and questions from a folder of files. Loading twice changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", nargs="?", type=Path, default=STANDARD, help="default: the standard library")

    def handle(self, *args: Any, folder: Path, **options: Any) -> None:
        """Print a sentence per change; what is wrong goes to stderr with file and line, exit status 1."""
        try:
            changes = publishing.load(load_directory(folder))
        except LibraryErrors as errors:
            for error in errors.errors:
                self.stderr.write(str(error))
            sys.exit(1)
        for change in changes:
            self.stdout.write(change)
        if not changes:
            self.stdout.write("The library is up to date.")
