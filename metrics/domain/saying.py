"""How a published figure is shown: the one dash, words in the reader's language, dates of a block."""

from collections.abc import Iterable
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


def course_of(figures: Iterable[Said]) -> str:
    """ "20 % → 30 % → 40 %"."""
    return " → ".join(figure.shown for figure in figures)


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
