"""From a file on disk to text: size, encoding, and the spaces that YAML trips over."""

import re
from pathlib import Path

from programs.domain.library.document import Document
from programs.domain.library.nodes import fill

MAX_BYTES = 1_000_000

_ODD_INDENT = re.compile(r"^[ ]*(?P<space>[^\S ])")
# YAML counts these as line breaks, editors do not: every line after one would be off.
_RARE_BREAKS = str.maketrans({"\x85": " ", "\u2028": " ", "\u2029": " "})


def read(path: Path) -> Document:
    """Read a file of at most 1 MB; what is wrong goes to `problems`, nothing is raised."""
    document = Document(file=path.name)
    raw, problem = _bytes(path)
    if problem:
        document.problems.append((1, problem))
        return document
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        document.problems.append((line, "the file is not saved as UTF-8; save it again as UTF-8."))
        return document
    text = text.replace("\r\n", "\n").replace("\r", "\n").translate(_RARE_BREAKS)
    _refuse_odd_spaces(text, document)
    if not document.problems:
        fill(document, text)
    return document


def _bytes(path: Path) -> tuple[bytes, str]:
    """The content, or nothing and the reason."""
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        return b"", f"the file cannot be read ({error.strerror})."
    if len(raw) > MAX_BYTES:
        return b"", "the file is larger than 1 MB; a pillar needs far less."
    return raw, ""


def _refuse_odd_spaces(text: str, document: Document) -> None:
    for number, line in enumerate(text.split("\n"), start=1):
        if "\t" in line:
            document.problems.append((number, "there is a tab on this line; use spaces."))
        elif line.strip() and (found := _ODD_INDENT.match(line)):
            code = f"U+{ord(found['space']):04X}"
            sentence = f"the line starts with a special space ({code}); use plain spaces."
            document.problems.append((number, sentence))
