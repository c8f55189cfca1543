"""Which figures call for a decision: the printed rule. Reads published figures only, so it can tell nothing else."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import IntEnum
from itertools import pairwise

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from metrics.domain import coarse
from metrics.domain.coarse import SCALES
from metrics.domain.reading import Row
from metrics.domain.saying import Said, course_of
from metrics.models import Measure

QUEUE_SHARE, NO_CHANCE_SHARE = "0.3", "0.4"
LAST = 3


class Rule(IntEnum):
    """In the order in which they are printed and shown; CHECK is for decisions, the others for figures."""

    CHECK = 0
    QUEUE = 1
    CHANGE = 2
    HALVED = 3
    NO_CHANCE = 4

    @property
    def key(self) -> str:
        return self.name.lower()

    @property
    def printed(self) -> str:
        return str(PRINTED[self])


PRINTED = {
    Rule.CHECK: gettext_lazy("the check date of a decision has come"),
    Rule.QUEUE: gettext_lazy("30 % or more of the sessions were moved because of the queue"),
    Rule.CHANGE: gettext_lazy("a clear change since the last block, or over the last three"),
    Rule.HALVED: gettext_lazy("sessions per learner halved"),
    Rule.NO_CHANCE: gettext_lazy("no chance came to use the plan, 40 % or more"),
}


@dataclass(frozen=True, slots=True)
class Call:
    """A figure that calls for a decision. `course`: it and those just before it, oldest first, at most three."""

    rule: Rule
    row: Row
    course: tuple[Said, ...]

    @property
    def said(self) -> Said:
        return self.course[-1]

    @property
    def headline(self) -> str:
        """ "Mean level: 2.50 → 3.00, a clear rise"; the name stands apart, so that any fits."""
        if self.rule == Rule.HALVED:
            words = {"what": self.said.label, "course": course_of(self.course[-2:])}
            return _("%(what)s: %(course)s, halved") % words
        change = direction(self.said.measure, self.course) if self.rule == Rule.CHANGE else None
        return _("%(what)s: %(course)s") % {"what": self.said.label, "course": course_of(self.course, change)}


type Courses = Mapping[tuple[str, str], Sequence[Said]]
"""Identity and measure → figures of releases that follow each other, oldest first, the newest release last."""


def calls_in(rows: Iterable[Row], courses: Courses) -> list[Call]:
    """By rule, then in the order of rows. A group is left out where one inside it calls for the same."""
    found = [call for each in rows for call in _calls_of(each, courses)]
    inside = {(parent, call.rule, call.said.measure) for call in found for parent in call.row.parents}
    left = [call for call in found if (call.row.identity, call.rule, call.said.measure) not in inside]
    return sorted(left, key=lambda call: call.rule)


def _calls_of(each: Row, courses: Courses) -> list[Call]:
    found = []
    for said in each.figures:
        course = unbroken(courses.get((each.identity, said.measure), ()))
        if course and (rule := rule_of(said.measure, course)):
            found.append(Call(rule, each, course))
    return found


def unbroken(course: Sequence[Said]) -> tuple[Said, ...]:
    """The last figures without a dash between them; nothing where the newest is a dash."""
    found: list[Said] = []
    for said in reversed(course[-LAST:]):
        if not said.is_shown:
            break
        found.insert(0, said)
    return tuple(found)


def rule_of(measure: str, course: Sequence[Said]) -> Rule | None:
    """The first rule that the newest figure meets."""
    newest = course[-1]
    if measure == Measure.QUEUE and newest.at_least(QUEUE_SHARE):
        return Rule.QUEUE
    if measure == Measure.SESSIONS and halved(course):
        return Rule.HALVED
    if direction(measure, course):
        return Rule.CHANGE
    if measure == Measure.NO_CHANCE and newest.at_least(NO_CHANCE_SHARE):
        return Rule.NO_CHANCE
    return None


def halved(course: Sequence[Said]) -> bool:
    before, now = (course[-2].value, course[-1].value) if len(course) > 1 else (None, None)
    return before is not None and now is not None and now <= before / 2


def direction(measure: str, course: Sequence[Said]) -> int:
    """1 or -1 for a clear change, up or down; 0 for "no clear change".

    Clear is two steps or more since the last release (0.5 in level, 20 points in a share), or the same direction in
    three blocks. Of words, only "under half" and "most" are clearly apart.
    """
    if len(course) < 2:
        return 0
    last = _clear(measure, course[-2], course[-1])
    if last or len(course) < LAST:
        return last
    values = [said.value for said in course[-LAST:]]
    steps = [_sign(later - earlier) for earlier, later in pairwise(values) if earlier is not None and later is not None]
    return steps[0] if len(steps) == LAST - 1 and len(set(steps)) == 1 else 0


def _clear(measure: str, before: Said, now: Said) -> int:
    if before.value is not None and now.value is not None:
        change = now.value - before.value
        return _sign(change) if abs(change) >= SCALES[measure].clear else 0
    if {before.text, now.text} == {coarse.UNDER_HALF, coarse.MOST}:
        return 1 if now.text == coarse.MOST else -1
    return 0


def _sign(number: Decimal) -> int:
    return (number > 0) - (number < 0)
