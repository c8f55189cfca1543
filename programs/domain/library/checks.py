"""What must hold across the entries of one file, checked on the plain data.

On plain data, so that a key used twice is reported even while another entry has no text.
"""

from collections.abc import Iterator

from programs.domain.library.document import Place, Plain
from programs.domain.library.sentences import Problem, owner, subject

# List → fewest, most, what it holds. "*" stands for every entry.
_COUNTS: dict[Place, tuple[int, int, str]] = {
    ("rubric", "behaviours"): (3, 5, "behaviours"),
    ("blueprints",): (1, 12, "blueprints"),
    ("questions",): (3, 12, "questions"),
    ("blueprints", "*", "look_for"): (2, 4, "things to look for"),
    ("blueprints", "*", "job_aid"): (3, 5, "lines in its job aid"),
    ("blueprints", "*", "debrief"): (2, 3, "questions in its debrief"),
}
_KEYED: tuple[tuple[Place, str], ...] = (
    (("rubric", "behaviours"), "behaviour"),
    (("blueprints",), "blueprint"),
    (("questions",), "question"),
)


def problems_across(data: Plain) -> Iterator[Problem]:
    """Wrong counts, keys used twice, levels that say the same, a focus without behaviour."""
    yield from _counts(data)
    yield from _keys_used_twice(data)
    yield from _levels_alike(data)
    yield from _focus_unknown(data)


def _at(data: Plain, pattern: Place) -> Iterator[tuple[Place, Plain]]:
    """Every place that matches the pattern, with what stands there; wrong shapes are passed by."""
    if not pattern:
        yield (), data
        return
    entries: list[tuple[str | int, Plain]] = []
    if pattern[0] == "*" and isinstance(data, list):
        entries = list(enumerate(data))
    elif pattern[0] == "*" and isinstance(data, dict):
        entries = list(data.items())
    elif isinstance(data, dict) and pattern[0] in data:
        entries = [(pattern[0], data[str(pattern[0])])]
    for name, value in entries:
        for place, found in _at(value, pattern[1:]):
            yield (name, *place), found


def _texts(data: Plain, pattern: Place) -> Iterator[tuple[Place, str]]:
    for place, value in _at(data, pattern):
        if isinstance(value, str) and value.strip():
            yield place, " ".join(value.split())


def _counts(data: Plain) -> Iterator[Problem]:
    for pattern, (low, high, things) in _COUNTS.items():
        for place, value in _at(data, pattern):
            if isinstance(value, list) and not low <= len(value) <= high:
                who = owner(place[:-1], data)
                yield place, f"{who} has {len(value)} {things}; it needs {low} to {high}."


def _keys_used_twice(data: Plain) -> Iterator[Problem]:
    for pattern, thing in _KEYED:
        seen: set[str] = set()
        for place, key in _texts(data, (*pattern, "*", "key")):
            if key in seen:
                yield place, f"another {thing} above has the key “{key}” already."
            seen.add(key)


def _levels_alike(data: Plain) -> Iterator[Problem]:
    for group, levels in _at(data, ("rubric", "behaviours", "*", "levels")):
        seen: dict[str, str | int] = {}
        for (level,), text in _texts(levels, ("*",)):
            if text in seen:
                place = (*group, level)
                yield place, f"{subject(place, data)} says the same as level {seen[text]}."
            seen.setdefault(text, level)


def _focus_unknown(data: Plain) -> Iterator[Problem]:
    known = [key for _, key in _texts(data, ("rubric", "behaviours", "*", "key"))]
    for place, focus in _texts(data, ("blueprints", "*", "focus")):
        if focus not in known:
            who = owner(place[:-1], data)
            names = ", ".join(known) or "none"
            yield place, f"the focus “{focus}” of {who} is no behaviour of this file ({names})."
