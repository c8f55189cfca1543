"""Turns what pydantic found in a library file into sentences for the person who edits it."""

import difflib
from collections.abc import Iterator

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from programs.domain.library.document import Place, Plain
from programs.domain.library.format import (
    Behaviour,
    Blueprint,
    Criterion,
    Levels,
    Pillar,
    PillarFile,
    Question,
    Rubric,
)

type Problem = tuple[Place, str]

# The keys that lead to a group (positions in lists left out) → what the group must look like.
_MODELS: dict[Place, type[BaseModel]] = {
    (): PillarFile,
    ("pillar",): Pillar,
    ("rubric",): Rubric,
    ("rubric", "behaviours"): Behaviour,
    ("rubric", "behaviours", "criterion"): Criterion,
    ("rubric", "behaviours", "levels"): Levels,
    ("blueprints",): Blueprint,
    ("questions",): Question,
}
_ENTRIES: dict[Place, tuple[str, str]] = {
    ("rubric", "behaviours"): ("behaviour", "name"),
    ("blueprints",): ("blueprint", "title"),
    ("questions",): ("question", "key"),
}


def problems_inside(error: ValidationError, data: Plain) -> Iterator[Problem]:
    """One sentence for each thing that pydantic found, with its place in `data`."""
    found = error.errors(include_url=False)
    misspelt = dict(_misspelt(found, data))
    explained = {(*place[:-1], near) for place, near in misspelt.items()}
    for one in found:
        place: Place = one["loc"]
        if one["type"] == "missing" and place in explained:
            continue  # said already: "did you mean"
        yield place, _sentence(one, data, misspelt.get(place, ""))


def owner(place: Place, data: Plain) -> str:
    """What a group is called in a sentence: the pillar, behaviour “Asks first”, blueprint 2."""
    if not place:
        return "the file"
    if isinstance(place[-1], int):
        return _entry(place, data)
    if _steps(place)[:-1] == ("rubric", "behaviours"):
        return f"the {place[-1]} of {_entry(place[:-1], data)}"
    return f"the {place[-1]}"


def subject(place: Place, data: Plain) -> str:
    """What a value is called in a sentence: “minutes” of blueprint “The late parcel”."""
    if isinstance(place[-1], int):
        if _steps(place) in _ENTRIES:
            return _entry(place, data)
        return f"entry {place[-1] + 1} of {subject(place[:-1], data)}"
    if _is_level(place):
        return f"level {place[-1]} of {_entry(place[:-2], data, bare=True)}"
    if len(place) == 1:
        return f"“{place[0]}”"
    return f"“{place[-1]}” of {owner(place[:-1], data)}"


def _entry(place: Place, data: Plain, *, bare: bool = False) -> str:
    """behaviour “Asks first”; without a name its position counts: behaviour 2."""
    thing, naming = _ENTRIES[_steps(place)]
    value = _value(data, place)
    name = value.get(naming) or value.get("key") if isinstance(value, dict) else None
    if isinstance(name, str) and name.strip():
        quoted = f"“{_short(' '.join(name.split()))}”"
        return quoted if bare else f"{thing} {quoted}"
    return f"{thing} {int(place[-1]) + 1}"


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:59]}…"


def _steps(place: Place) -> Place:
    return tuple(step for step in place if isinstance(step, str))


def _is_level(place: Place) -> bool:
    return _steps(place)[:-1] == ("rubric", "behaviours", "levels")


def _value(data: Plain, place: Place) -> Plain:
    for step in place:
        data = data[str(step)] if isinstance(data, dict) else data[int(step)]
    return data


def _known(place: Place) -> list[str]:
    fields = _MODELS[_steps(place)].model_fields
    return [field.alias or name for name, field in fields.items()]


def _misspelt(found: list[ErrorDetails], data: Plain) -> Iterator[tuple[Place, str]]:
    """The unknown keys that come near a known key which is not in use there."""
    for one in found:
        if one["type"] == "extra_forbidden" and not _is_level(one["loc"]):
            place: Place = one["loc"]
            group = _value(data, place[:-1])
            free = [key for key in _known(place[:-1]) if key not in group]
            for near in difflib.get_close_matches(str(place[-1]).lower(), free, n=1):
                yield place, near


def _sentence(one: ErrorDetails, data: Plain, near: str) -> str:
    place: Place = one["loc"]
    who = subject(place, data) if place else "the file"
    match one["type"]:
        case "missing":
            return _missing(place, data)
        case "extra_forbidden":
            return _unknown(place, data, near)
        case "string_type":
            return f"{who} must be text; put a text that contains a colon in quotes."
        case "tuple_type":
            return f"{who} must be a list; begin each line with “- ”."
        case "model_type":
            return f"{who} must have keys of its own: {', '.join(_known(place))}."
        case kind if kind.startswith("int_"):
            value = f", not “{_short(one['input'])}”" if isinstance(one["input"], str) else ""
            return f"{who} must be a whole number{value}."
    return f"{who} {one['msg']}"


def _missing(place: Place, data: Plain) -> str:
    if _is_level(place):
        who = _entry(place[:-2], data, bare=True)
        return f"{who} has no level {place[-1]}; it needs levels 1, 2, 3 and 4."
    return f"{owner(place[:-1], data)} has no “{place[-1]}”."


def _unknown(place: Place, data: Plain, near: str) -> str:
    if _is_level(place):
        who = _entry(place[:-2], data, bare=True)
        return f"{who} has a level “{_short(str(place[-1]))}”; the levels are 1, 2, 3 and 4."
    said = f"{owner(place[:-1], data)} has an unknown key “{_short(str(place[-1]))}”"
    if near:
        return f"{said}; did you mean “{near}”?"
    return f"{said}; the keys here are {', '.join(_known(place[:-1]))}."
