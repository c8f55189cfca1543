"""What is wrong in the library files, in words for the person who edits them."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class LibraryError:
    """One problem: the file's name, the line (from 1; None: no line applies), a plain sentence."""

    file: str
    line: int | None
    sentence: str

    def __str__(self) -> str:
        place = self.file if self.line is None else f"{self.file}, line {self.line}"
        return f"{place}: {self.sentence}"


class LibraryErrors(Exception):
    """Every problem of every file that was read, in the order of file and line."""

    def __init__(self, errors: Iterable[LibraryError]) -> None:
        self.errors = sorted(errors, key=lambda error: (error.file, error.line or 0))
        super().__init__("\n".join(str(error) for error in self.errors))
