"""Reading taps out of a post, and what templates/_parts/rating_scale.html needs to draw a criterion."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from coachhub.errors import DomainError, Invalid
from sessions.domain.criteria import Anchored, anchored_of, focus_first
from sessions.models import MicroSession

BEGINS = "level-"
NUMBER = re.compile(r"[0-9]{1,18}")
VALUE = re.compile(r"[0-4]")


class Step(NamedTuple):
    """One level of a criterion, and whether it meets what is asked for."""

    value: int
    text: str
    meets: bool


@dataclass(frozen=True, slots=True)
class Scale:
    """One criterion; `chosen` is 0 for "not seen", None while it is open."""

    pk: int
    behaviour: int
    name: str
    help: str
    levels: tuple[Step, ...]
    chosen: int | None


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a rating was not taken, and the scale that it is about (an id on the page, or "")."""

    sentence: str | Promise
    anchor: str


def problem_of(error: DomainError) -> Problem:
    return Problem(error.sentence, error.field.replace("level-", "scale-"))


def levels_in(data: Mapping[str, str]) -> dict[int, int | None]:
    """Criterion pk → level, None for "not seen" (0), of every `level-<pk>` in a post. Raises Invalid."""
    found: dict[int, int | None] = {}
    for name, value in data.items():
        if not name.startswith(BEGINS):
            continue
        number = name.removeprefix(BEGINS)
        if not (NUMBER.fullmatch(number) and VALUE.fullmatch(value)):
            raise Invalid(_("This is not a level of this rubric."), field=name)
        found[int(number)] = int(value) or None
    return found


def scales_of(micro: MicroSession, levels: Mapping[int, int | None]) -> list[Scale]:
    """The session's criteria with their anchors and what is chosen, the focus first and named. One query."""
    return [
        Scale(
            pk=criterion.pk,
            behaviour=criterion.behaviour_id,
            name=criterion.name,
            help=str(_("Focus of this session")) if criterion.behaviour_id == micro.focus_id else "",
            levels=_steps(criterion),
            chosen=(levels[criterion.pk] or 0) if criterion.pk in levels else None,
        )
        for criterion in focus_first(micro.focus_id, anchored_of([micro.rubric_id])[micro.rubric_id])
    ]


def naming(left: Mapping[int, int | None], scales: Sequence[Scale]) -> list[Scale]:
    """The same scales, with what was chosen before and not handed in named where it was."""
    words = _("You chose %(level)s before. It is not handed in.")
    return [
        replace(scale, help=words % {"level": left[scale.pk] or 0}) if scale.pk in left else scale for scale in scales
    ]


def _steps(criterion: Anchored) -> tuple[Step, ...]:
    return tuple(Step(level, text, level == criterion.meets_level) for level, text in sorted(criterion.anchors.items()))
