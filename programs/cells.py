"""Cells of CSV files that leave CoachHub, and how they come back."""

import re
from functools import cache

FORMULA = r'[ "]*[=+\-@]'
SEPARATORS = ",;\t"  # quotation marks keep only the file's own inside a cell: a spreadsheet may split at another
RISKY = re.compile(rf"\A(?=[\t\r]|{FORMULA})")
OURS = re.compile(rf"(?:\A|(?<=[{SEPARATORS}\r\n]))'(?=[\t\r]|{FORMULA})")


def harmless(cell: str, delimiter: str = ",") -> str:
    """What a spreadsheet would take for a formula gets an apostrophe in front, wherever it may split the cell."""
    return _begins(delimiter).sub("'", cell)


def plain(cell: str) -> str:
    """The words of a cell without the apostrophes that make them harmless."""
    return OURS.sub("", cell)


@cache
def _begins(delimiter: str) -> re.Pattern[str]:
    others = SEPARATORS.replace(delimiter, "")
    return re.compile(rf"{RISKY.pattern}|(?<=[{others}\r\n])(?={FORMULA})")
