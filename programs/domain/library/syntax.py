"""Says in plain words what PyYAML could not read, and on which line the author should look."""

from yaml.error import MarkedYAMLError
from yaml.reader import ReaderError

# What PyYAML says (a part of it) → what the author can do. The first match counts.
_SENTENCES = (
    (
        "mapping values are not allowed here",
        "“: ” does not fit here; put a text that contains a colon in quotes, or line up the key with the ones above.",
    ),
    ("found unexpected end of stream", "a quotation mark opens here and is never closed."),
    (
        "could not find expected ':'",
        "a colon is missing after the key, or the text belongs to the line above and must be indented more.",
    ),
    (
        "expected <block end>",
        "the line does not fit here: it is indented differently from the lines above,"
        " or a text goes on after its closing quotation mark.",
    ),
    ("expected ',' or ']'", "a “[” is not closed, or a text that begins with it needs quotes."),
    ("expected ',' or '}'", "a “{” is not closed, or a text that begins with it needs quotes."),
    ("found another document", "“---” starts a second part; keep everything in one."),
    ("expected a comment or a line break", "after “>” the text starts on the next line, indented."),
    ("expected chomping", "after “>” the text starts on the next line, indented."),
    ("found unknown escape", "a backslash between double quotes is not text; use single quotes."),
    ("too many values", "the file holds more than 5,000 keys and values; a pillar needs about 400."),
    ("too deep", "the lines are indented too deep; check the spaces at the start of the lines."),
)
# Where the trouble began, not where the reader noticed it.
_BEGAN_EARLIER = (
    "found unexpected end of stream",
    "could not find expected ':'",
    "expected ',' or",
)


def sentence_for(error: ReaderError | MarkedYAMLError, text: str) -> tuple[int, str]:
    """The line (from 1) and the sentence for a YAML error in `text`."""
    if isinstance(error, ReaderError):
        line = text.count("\n", 0, error.position) + 1
        code = f"U+{ord(text[error.position]):04X}"
        return line, f"there is a character that cannot be shown ({code}); delete it."
    return _line(error), _sentence(error, text)


def _line(error: MarkedYAMLError) -> int:
    mark = error.problem_mark or error.context_mark
    problem = error.problem or ""
    if error.context_mark and any(part in problem for part in _BEGAN_EARLIER):
        mark = error.context_mark
    return mark.line + 1 if mark else 1


def _sentence(error: MarkedYAMLError, text: str) -> str:
    problem = error.problem or ""
    for part, sentence in _SENTENCES:
        if part in problem:
            return sentence
    sign = _sign(error, text)
    if sign:
        return f"text that begins with “{sign}” must stand in quotes."
    return f"the line cannot be read as YAML ({problem})."


def _sign(error: MarkedYAMLError, text: str) -> str:
    """The special character that a text must not begin with, or nothing."""
    mark = error.context_mark or error.problem_mark
    if "cannot start any token" in (error.problem or ""):
        mark = error.problem_mark
    sign = text[mark.index : mark.index + 1] if mark else ""
    return sign if sign and sign in "@`%&*!|>?" else ""
