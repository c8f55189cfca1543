"""What each of the two sees of the other's view: nothing until the reveal, then both, side by side.

This is the only place that reads the other side's scores. A `Reveal` is built when, and only when, the session is
revealed; pages, exports and cards get it or None. Who has handed in is no secret (`who_is_in`), what they said is.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from programs.models import Criterion, Level, Member
from sessions.domain.criteria import focus_first
from sessions.models import MicroSession, Rating, RatingRole, Score

type Levels = dict[int, int | None]
type Anchored = dict[Criterion, dict[int, str]]


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
    name: str
    handed_in: bool = False
    late: bool = False
    levels: Levels | None = None


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
    def compared(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.gap is not None)

    @property
    def sentence(self) -> str:
        """What to look at first. "Same on 2 of 3. You differ on “Pauses before answering”. Start there." """
        return _sentence(self)

    @property
    def summary(self) -> str:
        """The same in a few words, for a line in a list."""
        if not self.own.handed_in:
            return _("Not rated by you")
        if not self.other.handed_in:
            return _("Not rated by %(name)s") % {"name": self.other.name}
        return _same(self).rstrip(".") if self.compared else _("Nothing to compare")


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


def reveals_of(micros: Iterable[MicroSession], *, by: Member) -> dict[int, Reveal]:
    """By session, those revealed to this person. Four queries for any number of sessions loaded with their people."""
    opened = [micro for micro in micros if micro.is_revealed and by.pk in (micro.coach_id, micro.learner_id)]
    if not opened:
        return {}
    sides = _sides(opened, by)
    rubrics = _rubrics(opened)
    return {micro.pk: _reveal(micro, sides[micro.pk], rubrics[micro.rubric_id], by) for micro in opened}


def _sides(micros: list[MicroSession], by: Member) -> dict[int, dict[str, Side]]:
    """Role → side of each session, with the levels of those that are in."""
    rows = list(Rating.objects.visible_to(by).filter(micro__in=micros, submitted_at__isnull=False))
    levels: dict[int, Levels] = defaultdict(dict)
    for rating, criterion, level in Score.objects.filter(rating__in=rows).values_list("rating", "criterion", "level"):
        levels[rating][criterion] = level
    found: dict[int, dict[str, Side]] = {
        micro.pk: {
            RatingRole.COACH: Side(micro.coach.name),
            RatingRole.SELF: Side(micro.learner.name),
        }
        for micro in micros
    }
    for row in rows:
        if blank := found[row.micro_id].get(row.role):
            found[row.micro_id][row.role] = Side(blank.name, True, row.late, levels[row.pk])
    return found


def _rubrics(micros: list[MicroSession]) -> dict[int, Anchored]:
    """Rubric → its criteria, each with its anchors."""
    criteria = list(
        Criterion.objects.filter(rubric__in={micro.rubric_id for micro in micros}).select_related("behaviour")
    )
    anchors: dict[int, dict[int, str]] = defaultdict(dict)
    for criterion, value, anchor in Level.objects.filter(criterion__in=criteria).values_list(
        "criterion", "value", "anchor"
    ):
        anchors[criterion][value] = anchor
    found: dict[int, Anchored] = defaultdict(dict)
    for criterion_row in criteria:
        found[criterion_row.rubric_id][criterion_row] = anchors[criterion_row.pk]
    return found


def _reveal(
    micro: MicroSession,
    sides: dict[str, Side],
    anchored: Anchored,
    by: Member,
) -> Reveal:
    coach, learner = sides[RatingRole.COACH], sides[RatingRole.SELF]
    own, other = (coach, learner) if by.pk == micro.coach_id else (learner, coach)
    assert micro.revealed_at is not None  # noqa: S101 (reveals_of lets revealed ones through only)
    lines = tuple(_line(criterion, anchored[criterion], own, other) for criterion in focus_first(micro, anchored))
    return Reveal(micro.pk, micro.revealed_at, own, other, lines)


def _line(criterion: Criterion, anchors: dict[int, str], own: Side, other: Side) -> Line:
    mine, theirs = _said(criterion, anchors, own), _said(criterion, anchors, other)
    comparable = mine.level and theirs.level and not (own.late or other.late)
    gap = mine.level - theirs.level if comparable and mine.level and theirs.level else None
    behaviour = criterion.behaviour
    return Line(behaviour.pk, criterion.position, behaviour.name, criterion.meets_level, mine, theirs, gap)


def _said(criterion: Criterion, anchors: dict[int, str], side: Side) -> Said:
    if side.levels is None or criterion.pk not in side.levels:
        return Said(text=_("Not rated"))
    level = side.levels[criterion.pk]
    return Said(level, anchors.get(level, "")) if level else Said(text=_("Not seen"))


def _sentence(reveal: Reveal) -> str:
    if not reveal.own.handed_in:
        return _("You have not rated. A rating from now on is marked late and counts nowhere.")
    if not reveal.other.handed_in:
        return _("%(name)s has not rated, so there is nothing to compare.") % {"name": reveal.other.name}
    if reveal.own.late or reveal.other.late:
        return _("One view came after the reveal, so nothing is compared.")
    if not reveal.compared:
        return _("Nothing to compare: what one of you rated, the other did not see.")
    return f"{_same(reveal)} {_differing(reveal)}".strip()


def _same(reveal: Reveal) -> str:
    every = len(reveal.compared)
    same = sum(line.same for line in reveal.compared)
    if same == every:
        return ngettext("Same on the one you both rated.", "Same on all %(n)s.", every) % {"n": every}
    return _("Same on %(same)s of %(every)s.") % {"same": same, "every": every}


def _differing(reveal: Reveal) -> str:
    """Names the widest gap; of equal ones the focus, else the first in the rubric's order."""
    apart = [line for line in reveal.compared if line.differs]
    if not apart:
        return ""
    widest = max(apart, key=lambda line: line.apart).name
    if len(apart) == 1:
        return _("You differ on “%(name)s”. Start there.") % {"name": widest}
    words = {"n": len(apart), "name": widest}
    return _("You differ on %(n)s, most on “%(name)s”. Start there.") % words
