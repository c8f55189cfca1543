"""What each of the two sees of the other's view: nothing until the reveal, then both, side by side.

This is the only place that reads the other side's scores. A `Reveal` is built when, and only when, the session is
revealed; pages, exports and cards get it or None. Who has handed in is no secret (`who_is_in`), what they said is.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from programs.models import Member
from sessions.domain.criteria import Anchored, anchored_of, focus_first
from sessions.models import MicroSession, Rating, RatingRole

type Levels = dict[int, int | None]  # by criterion; None is "not seen"
type Ratings = dict[tuple[int, int], tuple[bool, Levels]]  # by session and rater: late, levels


class Sealable(Protocol):
    """All of a session that decides who sees what: a MicroSession has it, and a list need not load more."""

    @property
    def pk(self) -> int: ...
    @property
    def coach_id(self) -> int: ...
    @property
    def learner_id(self) -> int: ...
    @property
    def rubric_id(self) -> int: ...
    @property
    def focus_id(self) -> int: ...
    @property
    def revealed_at(self) -> datetime | None: ...
    def other_name(self, member: Member) -> str: ...


@dataclass(frozen=True, slots=True)
class Said:
    """One side's answer to one criterion; without a level it is "not seen" or was not rated."""

    level: int | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One criterion, both answers. `gap` = own minus other, in levels; None where nothing is compared."""

    behaviour: int
    position: int
    name: str
    meets_level: int
    own: Said
    other: Said
    gap: int | None

    @property
    def differs(self) -> bool:
        return bool(self.gap)

    @property
    def same(self) -> bool:
        return self.gap == 0

    @property
    def apart(self) -> int:
        """The gap without its direction, in levels; 0 where nothing is compared."""
        return abs(self.gap or 0)


@dataclass(frozen=True, slots=True)
class Side:
    """`oneself` is the learner's: what nobody saw in oneself did not come up."""

    name: str
    oneself: bool = False
    handed_in: bool = False
    late: bool = False
    levels: Levels = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reveal:
    """Both views of one session, from one person's side; the focus is the first line."""

    micro: int
    revealed_at: datetime
    own: Side
    other: Side
    lines: tuple[Line, ...]

    @property
    def in_rubric_order(self) -> list[Line]:
        """The same for every session of a rubric."""
        return sorted(self.lines, key=lambda line: line.position)

    @property
    def first_lines(self) -> list[Line]:
        """What is looked at: the focus, and where both differ; all where nothing can be compared."""
        if not self.compared:
            return list(self.lines)
        focus, *others = self.lines
        return [focus, *(line for line in others if line.differs)]

    @property
    def other_lines(self) -> list[Line]:
        """The rest: the same from both, or not rated by both."""
        return [line for line in self.lines[1:] if not line.differs] if self.compared else []

    @property
    def about_others(self) -> str:
        """Which of the two they are."""
        same = {line.same for line in self.other_lines}
        if len(same) == 2:
            return _("the same, or not rated by both")
        return _("the same") if True in same else _("not rated by both")

    @property
    def compared(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.gap is not None)

    @property
    def start(self) -> Line | None:
        """What to look at first: the widest gap; of equal ones the focus, else the first in the rubric's order."""
        return max((line for line in self.compared if line.differs), key=lambda line: line.apart, default=None)

    @property
    def sentence(self) -> str:
        """How the views lie to each other. "Same on 2 of 3. You differ on “Pauses before answering”." """
        return _sentence(self)

    @property
    def advice(self) -> str:
        """Where to begin to talk, as long as there is a talk to come."""
        if self.start is None:
            return ""
        if self.start.name in self.sentence:
            return _("Start there.")
        return _("Start with “%(name)s”.") % {"name": self.start.name}

    @property
    def around_start(self) -> tuple[str, str, str]:
        """Sentence and advice before the name of where to begin, that name with its quotation marks, and the rest;
        without one, all before."""
        name, said = self.start.name if self.start else "", f"{self.sentence} {self.advice}".strip()
        quoted = f"“{name}”"
        return said.partition(quoted if quoted in said else name) if name else (said, "", "")

    @property
    def summary(self) -> str:
        """The same in a few words, for a line in a list."""
        if not self.own.handed_in:
            return _("Not rated by you")
        if not self.other.handed_in:
            return _("Not rated by %(name)s") % {"name": self.other.name}
        return _same(self).rstrip(".") if self.compared else _("Nothing to compare")


@dataclass(frozen=True, slots=True)
class Views:
    """What one person sees of the ratings of some sessions: where their own is in, and what is revealed to them."""

    handed_in: frozenset[int]
    reveals: dict[int, Reveal]


@dataclass(frozen=True, slots=True)
class Handed:
    """Who has handed in. That it is in may be seen before the reveal; what it says may not."""

    coach: bool
    learner: bool


def who_is_in(micro: MicroSession) -> Handed:
    """Both sides' state without any content. One query."""
    roles = set(Rating.objects.filter(micro=micro, submitted_at__isnull=False).values_list("role", flat=True))
    return Handed(coach=RatingRole.COACH in roles, learner=RatingRole.SELF in roles)


def reveal_of(micro: MicroSession, *, by: Member) -> Reveal | None:
    """Both views of one session, or None before the reveal and for anybody but the two people."""
    return reveals_of([micro], by=by).get(micro.pk)


def reveals_of(micros: Iterable[Sealable], *, by: Member) -> dict[int, Reveal]:
    """By session, those revealed to this person; of the sealed ones nothing is read. Two queries at most."""
    return views_of((micro for micro in micros if micro.revealed_at), by=by).reveals


def views_of(micros: Iterable[Sealable], *, by: Member) -> Views:
    """What this person sees of ratings. Two queries for any number of sessions loaded with their people."""
    ours = [micro for micro in micros if by.pk in (micro.coach_id, micro.learner_id)]
    if not ours:
        return Views(frozenset(), {})
    ratings = _ratings(ours, by)
    rubrics = anchored_of(micro.rubric_id for micro in ours if micro.revealed_at)
    return Views(
        handed_in=frozenset(micro.pk for micro in ours if (micro.pk, by.pk) in ratings),
        reveals={
            micro.pk: _reveal(micro, micro.revealed_at, ratings, rubrics[micro.rubric_id], by)
            for micro in ours
            if micro.revealed_at
        },
    )


def _ratings(micros: Sequence[Sealable], by: Member) -> Ratings:
    """Of the ratings that are in, those that this person may see."""
    rows = Rating.objects.visible_to(by).filter(micro__in=[micro.pk for micro in micros], submitted_at__isnull=False)
    found: Ratings = {}
    for micro, rater, late, criterion, level in rows.values_list(
        "micro", "rater", "late", "scores__criterion", "scores__level"
    ):
        levels = found.setdefault((micro, rater), (late, {}))[1]
        if criterion:
            levels[criterion] = level
    return found


def _reveal(micro: Sealable, at: datetime, ratings: Ratings, rubric: Iterable[Anchored], by: Member) -> Reveal:
    other_id = micro.learner_id if by.pk == micro.coach_id else micro.coach_id
    learns = by.pk == micro.learner_id
    own = _side(Side(by.name, learns), ratings.get((micro.pk, by.pk)))
    other = _side(Side(micro.other_name(by), not learns), ratings.get((micro.pk, other_id)))
    lines = tuple(_line(criterion, own, other) for criterion in focus_first(micro.focus_id, rubric))
    return Reveal(micro.pk, at, own, other, lines)


def _side(side: Side, rating: tuple[bool, Levels] | None) -> Side:
    return Side(side.name, side.oneself, True, *rating) if rating else side


def _line(criterion: Anchored, own: Side, other: Side) -> Line:
    mine, theirs = _said(criterion, own), _said(criterion, other)
    comparable = mine.level and theirs.level and not (own.late or other.late)
    gap = mine.level - theirs.level if comparable and mine.level and theirs.level else None
    return Line(criterion.behaviour_id, criterion.position, criterion.name, criterion.meets_level, mine, theirs, gap)


def _said(criterion: Anchored, side: Side) -> Said:
    if criterion.pk not in side.levels:
        return Said(text=_("Not rated"))
    level = side.levels[criterion.pk]
    if not level:
        return Said(text=_("Did not come up") if side.oneself else _("Not seen"))
    return Said(level, criterion.anchors.get(level, ""))


def _sentence(reveal: Reveal) -> str:
    if not reveal.own.handed_in:
        return _("You did not rate within two working days, so both opened. From now on a rating counts nowhere.")
    if not reveal.other.handed_in:
        return _("%(name)s has not rated, so there is nothing to compare.") % {"name": reveal.other.name}
    if reveal.own.late or reveal.other.late:
        return _("One view came after the reveal, so nothing is compared.")
    if not reveal.compared:
        return _("Nothing to compare: what one of you rated, the other did not see.")
    if len(reveal.compared) == 1 and reveal.start:
        return _("You differ on “%(name)s”, the one you both rated.") % {"name": reveal.start.name}
    return f"{_same(reveal)} {_differing(reveal)}".strip()


def _same(reveal: Reveal) -> str:
    every = len(reveal.compared)
    same = sum(line.same for line in reveal.compared)
    if same == every:
        return ngettext("Same on the one you both rated.", "Same on all %(n)s.", every) % {"n": every}
    if every == 1:
        return _("You differ on the one you both rated.")
    if every < len(reveal.lines):
        return _("Same on %(same)s of the %(every)s you both rated.") % {"same": same, "every": every}
    return _("Same on %(same)s of %(every)s.") % {"same": same, "every": every}


def _differing(reveal: Reveal) -> str:
    """Names what is further apart than every other."""
    apart = sorted(line.apart for line in reveal.compared if line.differs)
    if reveal.start is None:
        return ""
    words = {"n": len(apart), "name": reveal.start.name}
    if len(apart) == 1:
        return _("You differ on “%(name)s”.") % words
    if apart[-1] == apart[-2]:
        return _("You differ on %(n)s.") % words
    return _("You differ on %(n)s, most on “%(name)s”.") % words
