"""The shape of a library file: which keys there are and what each may hold.

What goes across several entries (how many, keys used twice, a focus that names no behaviour) is in
`checks`, so that it is reported together with what is wrong inside an entry.
"""

import hashlib
import json
import re
import unicodedata
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PrivateAttr
from pydantic_core import PydanticCustomError

from programs.domain.library.document import Document
from programs.domain.library.errors import LibraryError

_KEY = re.compile(r"[a-z][a-z0-9-]{0,39}")


def _checked(value: str, limit: int) -> str:
    if not value:
        raise PydanticCustomError("no_text", "has no text.")
    if len(value) > limit:
        words = "has {count} characters; {limit} is the most."
        raise PydanticCustomError("too_long", words, {"count": len(value), "limit": limit})
    return value


def _one_line(limit: int) -> AfterValidator:
    """Text of 1 to `limit` characters; line breaks and runs of spaces become one space."""

    def clean(value: str) -> str:
        return _checked(_tidy(value), limit)

    return AfterValidator(clean)


def _paragraphs(limit: int) -> AfterValidator:
    """Text of 1 to `limit` characters; paragraphs are parted by one empty line."""

    def clean(value: str) -> str:
        parts = [_tidy(part) for part in value.split("\n")]
        return _checked("\n\n".join(part for part in parts if part), limit)

    return AfterValidator(clean)


def _tidy(value: str) -> str:
    # Not str.split(): a no-break space between number and unit is meant.
    return re.sub(r"[ \n]+", " ", unicodedata.normalize("NFC", value)).strip(" ")


def _whole(low: int, high: int) -> AfterValidator:
    """A whole number from `low` to `high`."""

    def check(value: int) -> int:
        if not low <= value <= high:
            words = "is {value}; it must be between {low} and {high}."
            context = {"value": value, "low": low, "high": high}
            raise PydanticCustomError("out_of_range", words, context)
        return value

    return AfterValidator(check)


def _key(value: str) -> str:
    if not value:
        raise PydanticCustomError("no_text", "has no text.")
    if not _KEY.fullmatch(value):
        words = "may hold small letters, digits and “-”, 40 at most, and starts with a letter."
        raise PydanticCustomError("not_a_key", words)
    return value


Key = Annotated[str, AfterValidator(_key)]
Version = Annotated[int, _whole(1, 9999)]
Name = Annotated[str, _one_line(60)]
Line = Annotated[str, _one_line(160)]
Sentences = Annotated[str, _one_line(400)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Versioned(_Part):
    @property
    def content_hash(self) -> str:
        """SHA-256 (hex) of the content without its version: changed text shows, a new number not.

        Keys that may be left out count only when they differ from their default, so that a new one of them
        leaves every stored hash as it is. Wrapping, spaces, comments and the order of keys do not count;
        the order of entries does.
        """
        content = self.model_dump(by_alias=True, exclude={"version"}, exclude_defaults=True)
        canonical = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()


class Pillar(_Part):
    """One skill, and the business outcome it serves. `short` stands in lists."""

    key: Key
    name: Name
    short: Annotated[str, _one_line(20)]
    outcome: Line
    purpose: Annotated[str, _one_line(200)]


class Criterion(_Part):
    """How to know the behaviour when it happens: how often, when, in what tone, towards whom."""

    frequency: Line
    timing: Line
    tone: Line
    audience: Line


class Levels(_Part):
    """The four anchors: what one can see or hear at each level."""

    one: Annotated[str, _one_line(110)] = Field(alias="1")
    two: Annotated[str, _one_line(110)] = Field(alias="2")
    three: Annotated[str, _one_line(110)] = Field(alias="3")
    four: Annotated[str, _one_line(110)] = Field(alias="4")


class Behaviour(_Part):
    """An observable action with its criterion and its four anchored levels.

    `success` is a ready success criterion for one session, `example` one line as it may sound.
    """

    key: Key
    name: Name
    what: Sentences
    criterion: Criterion
    success: Annotated[str, _one_line(140)]
    example: Annotated[str, _one_line(200)] = ""
    meets_level: Annotated[int, _whole(2, 4)] = 3
    levels: Levels

    @property
    def anchors(self) -> dict[int, str]:
        """The level (1 to 4) and its text."""
        texts = (self.levels.one, self.levels.two, self.levels.three, self.levels.four)
        return dict(enumerate(texts, start=1))


class Rubric(_Versioned):
    """One version of the three to five behaviours of a pillar."""

    version: Version
    behaviours: tuple[Behaviour, ...]


class Blueprint(_Versioned):
    """The template of a micro-session; `focus` is the key of a behaviour of the same file."""

    key: Key
    version: Version
    title: Name
    difficulty: Annotated[int, _whole(1, 4)]
    focus: Key
    minutes: Annotated[int, _whole(10, 20)]
    objective: Line
    opening: Annotated[str, _one_line(200)]
    case: Annotated[str, _paragraphs(1800)]
    coach_plays: Annotated[str, _paragraphs(600)]
    constraint: Line
    demonstration: Annotated[str, _paragraphs(800)]
    look_for: tuple[Line, ...]
    job_aid: tuple[Annotated[str, _one_line(100)], ...]
    transfer: Sentences
    debrief: tuple[Line, ...]


class Question(_Part):
    """A follow-up question; it is shown beside the learner's own plan."""

    key: Key
    text: Annotated[str, _one_line(140)]


class PillarFile(_Part):
    """One file of the library: a pillar, its rubric, its blueprints, its follow-up questions."""

    pillar: Pillar
    rubric: Rubric
    blueprints: tuple[Blueprint, ...]
    questions: tuple[Question, ...]

    _document: Document = PrivateAttr(default_factory=lambda: Document(file="?"))

    def problem(self, sentence: str, *place: str | int) -> LibraryError:
        """A problem found later, at a place such as ("blueprints", 0, "version")."""
        return LibraryError(self._document.file, self._document.line_of(place), sentence)
