"""How a published figure is shown: the one dash, words in the reader's language, dates of a block."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from metrics.domain import coarse
from metrics.models import Block, Measure

DASH = "–"
WORDS = {
    coarse.UNDER_HALF: gettext_lazy("under half"),
    coarse.ABOUT_HALF: gettext_lazy("about half"),
    coarse.HALF_OR_MORE: gettext_lazy("half or more"),
    coarse.MOST: gettext_lazy("most"),
}
HEIGHTS = {
    coarse.UNDER_HALF: Decimal("0.2"),
    coarse.ABOUT_HALF: Decimal("0.5"),
    coarse.HALF_OR_MORE: Decimal("0.75"),
    coarse.MOST: Decimal("0.8"),
}
"""Where a word is drawn in a chart of shares."""
LEAST = {coarse.ABOUT_HALF: Decimal("0.4"), coarse.HALF_OR_MORE: Decimal("0.5"), coarse.MOST: Decimal("0.6")}
"""The least share that a word stands for."""
ORDER = (Measure.LEVEL, Measure.SESSIONS, Measure.KEPT, Measure.QUEUE, Measure.REFLECTED, Measure.AGREEMENT,
         Measure.ANSWERED, Measure.APPLIED, Measure.NO_CHANCE)  # fmt: skip
"""The order of measures in every table and file."""
MEANS = {
    Measure.LEVEL: gettext_lazy("The coach’s ratings from 1 to 4, once they are open to both."),
    Measure.SESSIONS: gettext_lazy(
        "Sessions in four weeks; one counts once the learner has rated, reflected or said that they met."
    ),
    Measure.KEPT: gettext_lazy("Planned sessions that took place without being moved."),
    Measure.QUEUE: gettext_lazy(
        "Planned sessions that were moved at least once for the reason “Queue”: too much was waiting."
    ),
    Measure.REFLECTED: gettext_lazy("Sessions on which the learner wrote a reflection."),
    Measure.AGREEMENT: gettext_lazy("Criteria on which coach and learner are at most one level apart."),
    Measure.ANSWERED: gettext_lazy("Questions between sessions that were answered."),
    Measure.APPLIED: gettext_lazy("Of the answers that say a chance came, those in which the plan was used."),
    Measure.NO_CHANCE: gettext_lazy("Of all answers, those that say no chance came to use the plan."),
}
"""What a measure counts, in one sentence beside its name."""
CHANGES = {
    1: gettext_lazy("a clear rise"),
    0: gettext_lazy("no clear change"),
    -1: gettext_lazy("a clear fall"),
}


@dataclass(frozen=True, slots=True)
class Said:
    """One figure as it is shown. A dash has neither value nor text, whatever the reason."""

    measure: str
    figure: int = 0
    value: Decimal | None = None
    text: str = ""

    @property
    def is_shown(self) -> bool:
        return bool(self.text)

    @property
    def shown(self) -> str:
        """ "2.50", "40 %", "about half", or the dash."""
        return str(WORDS.get(self.text, self.text)) or DASH

    @property
    def label(self) -> str:
        return str(Measure(self.measure).label)

    @property
    def meaning(self) -> str:
        return str(MEANS[Measure(self.measure)])

    @property
    def is_word(self) -> bool:
        return self.text in WORDS

    @property
    def height(self) -> Decimal | None:
        """Where it stands on its scale; None for a dash."""
        return self.value if self.value is not None else HEIGHTS.get(self.text)

    def at_least(self, share: str) -> bool:
        """Whether the figure says a share of at least that; a word only where it must be."""
        known = self.value if self.value is not None else LEAST.get(self.text)
        return known is not None and known >= Decimal(share)


def course_of(figures: Sequence[Said], change: int | None = None) -> str:
    """ "20 % → 30 % → 40 %, a clear rise"; "most, as before" where all are the same.

    `change`: 1 or -1 for a clear one, up or down, 0 for none; without it nothing is said of it.
    """
    if stands_still(figures):
        return _("%(now)s, as before") % {"now": figures[-1].shown}
    course = " → ".join(figure.shown for figure in figures)
    return course if change is None else _("%(course)s, %(change)s") % {"course": course, "change": CHANGES[change]}


def stands_still(figures: Sequence[Said]) -> bool:
    """Whether several figures are shown as the same."""
    return len(figures) > 1 and len({figure.text for figure in figures}) == 1 and figures[-1].is_shown


@dataclass(frozen=True, slots=True)
class Period:
    """The block of a release, or the running one (`release` is 0)."""

    release: int
    starts_on: date
    ends_on: date
    released_on: date | None = None

    @classmethod
    def of(cls, block: Block, release: int = 0, released_on: date | None = None) -> "Period":
        return cls(release, block.starts_on, block.ends_on, released_on)

    def __str__(self) -> str:
        """ "6 Jan – 2 Feb", with the year when it is not this one."""
        return _("%(first)s – %(last)s") % {"first": day(self.starts_on), "last": day(self.ends_on)}


def day(value: date) -> str:
    """ "6 Jan", or "6 Jan 2025" of another year."""
    this_year = value.year == timezone.localdate().year
    return date_format(value, "j M" if this_year else "j M Y")
