"""Reading the file line by line: UTF-8 with or without a mark, comma or semicolon, one person a line.

A line is one line of text: cells hold no line breaks, so that a forgotten quotation mark spoils its own line only, and
the number of a line is the one that an editor shows. Bytes that are not UTF-8 are carried along as surrogates, so that
a line that stays out comes back with the letters that were sent.
"""

import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import TextIOWrapper
from itertools import batched
from typing import BinaryIO

from django.utils.translation import gettext as _

from programs.cells import plain
from programs.domain.people_import.columns import ADDED_TO_REJECTS, COLUMNS, OPTIONAL

Source = Callable[[], BinaryIO]
CHUNK = 500
LONGEST = 20_000  # characters of one line; so many are not a person's
TO_FIND_IT = 200  # characters that are kept of a longer one
NOT_TEXT = re.compile(r"[\ud800-\udfff]")
UNSTORABLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u2028\u2029\ufffd]")  # the last is a letter lost by another program


class Unreadable(Exception):
    """Nothing of the file can be used: `line` and `column` say where, `reason` why, in words for the person."""

    def __init__(self, reason: str, *, line: int = 1, column: str = "") -> None:
        super().__init__(reason)
        self.reason, self.line, self.column = reason, line, column


@dataclass(frozen=True, slots=True)
class Head:
    """The first line: the names of the columns as written, where ours stand, and which are not ours."""

    delimiter: str
    names: list[str]
    places: dict[str, int]
    ignored: list[str]


@dataclass(frozen=True, slots=True)
class Row:
    """One line: our cells by column, all cells as written, and why it cannot be read, if so."""

    line: int
    cells: dict[str, str]
    raw: list[str]
    problem: str = ""


def chunks(source: Source) -> Iterator[tuple[Row, ...]]:
    """All lines but the first and empty ones, `CHUNK` at a time. Raises Unreadable."""
    yield from batched(rows(source), CHUNK)


def head_of(source: Source) -> Head:
    """What the first line names. Raises Unreadable."""
    with _opened(source) as file:
        return _head(file)


def rows(source: Source) -> Iterator[Row]:
    """Every line but the first and empty ones. Raises Unreadable."""
    with _opened(source) as file:
        head = _head(file)
        number = 1
        while line := file.readline(LONGEST):
            number += 1
            whole = line.endswith("\n") or len(line) < LONGEST
            while not whole:
                rest = file.readline(LONGEST)
                whole = not rest or rest.endswith("\n")
            row = _row(number, line, head)
            if row.problem or any(row.raw):
                yield row


def _opened(source: Source) -> TextIOWrapper:
    return TextIOWrapper(source(), encoding="utf-8-sig", errors="surrogateescape", newline=None)


def _head(file: TextIOWrapper) -> Head:
    line = file.readline(LONGEST)
    if not line.strip():
        raise Unreadable(_("The file is empty."))
    if NOT_TEXT.search(line) or "\x00" in line:
        raise Unreadable(_not_utf8())
    if len(line) >= LONGEST:
        words = {"most": LONGEST}
        raise Unreadable(_("The first line is too long: %(most)s characters or more. Name only our columns.") % words)
    heads = [_head_with(line, delimiter) for delimiter in (",", ";")]
    head = max(heads, key=lambda each: len(each.places))
    if not head.places:
        raise Unreadable(_("The first line has to name the columns: %(all)s.") % {"all": ", ".join(COLUMNS)})
    missing = [name for name in COLUMNS if name not in head.places and name not in OPTIONAL]
    if missing:
        raise Unreadable(_("This column is missing: %(names)s.") % {"names": ", ".join(missing)}, column=missing[0])
    twice = next((name for name in COLUMNS if head.names.count(name) > 1), "")
    if twice:
        raise Unreadable(_("This column is there twice: %(name)s.") % {"name": twice}, column=twice)
    return head


def _head_with(line: str, delimiter: str) -> Head:
    try:
        names = [name.strip().lower() for name in next(csv.reader([line], delimiter=delimiter))]
    except csv.Error:
        names = []
    places = {name: names.index(name) for name in COLUMNS if name in names}
    others = [name for name in names if name and name not in COLUMNS and name not in ADDED_TO_REJECTS]
    return Head(delimiter, names, places, others)


def _row(number: int, line: str, head: Head) -> Row:
    if len(line) >= LONGEST:
        words = {"most": LONGEST, "kept": TO_FIND_IT}
        sentence = _("This line is too long: %(most)s characters or more. Only the first %(kept)s are kept.") % words
        return Row(number, {}, [line[:TO_FIND_IT]], sentence)
    try:
        raw = [cell.strip() for cell in next(csv.reader([line], delimiter=head.delimiter, strict=True), [])]
    except csv.Error:
        sentence = _("A quotation mark is opened and not closed. A cell cannot hold a line break.")
        return Row(number, {}, [line.strip()], _not_utf8() if NOT_TEXT.search(line) else sentence)
    if NOT_TEXT.search(line):
        return Row(number, {}, raw, _not_utf8())
    if UNSTORABLE.search("".join(raw)):
        return Row(number, {}, raw, _("A cell holds a character that is not text."))
    if any(raw[len(head.names) :]):
        words = {"cells": len(raw), "columns": len(head.names)}
        sentence = _("There are %(cells)s cells for %(columns)s columns. A cell with a comma needs quotation marks.")
        return Row(number, {}, raw, sentence % words)
    found = {name: plain(raw[at]) if at < len(raw) else "" for name, at in head.places.items()}
    return Row(number, found, raw)


def _not_utf8() -> str:
    return _("This is not UTF-8 text. In Excel, save as “CSV UTF-8”.")
