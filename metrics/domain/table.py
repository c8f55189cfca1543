"""All figures of a release as one table; page, print and file are made of the same rows."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from metrics.domain.reading import Row
from metrics.domain.saying import ORDER, Period
from metrics.models import Group, Measure
from programs.cells import harmless

NODES = Group.Node


def header() -> list[str]:
    """The columns of the file; the page has the same, with pillar and kind as its grouping."""
    measures = [str(Measure(measure).label) for measure in ORDER]
    return [_("Pillar"), _("Kind"), _("Group"), _("People"), _("Holds"), _("From"), _("Until"), *measures]


def lines(rows: Sequence[Row], period: Period) -> Iterator[list[str]]:
    """One line per group, cell by cell as the page shows it."""
    for row in rows:
        yield [
            harmless(row.pillar),
            str(NODES(row.node).label),
            harmless(row.name),
            row.people,
            harmless(row.holds),
            period.starts_on.isoformat(),
            period.ends_on.isoformat(),
            *(said.shown for said in row.figures),
        ]
