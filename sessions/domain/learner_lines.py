"""My learners as lines of a CSV file: the same as on the page, in plain text."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from sessions.domain.learners import Row


def lines_of(rows: Iterable[Row], cohorts: Mapping[int, str]) -> Iterator[list[str]]:
    """A heading, then one line a learner; times as "2026-01-15 14:10" in the active zone."""
    yield [
        _("Learner"), _("Program"), _("Cohort"), _("Focus"), _("Last session"), _("Days since"), _("Next session"),
        _("Next usual slot"), _("Last level"), _("To finish"), _("Reflections to read"),
    ]  # fmt: skip
    for row in rows:
        yield [
            row.learner,
            row.program.name,
            cohorts.get(row.pk, ""),
            row.focus_name,
            _stamp(row.last_at),
            str(row.days),
            _stamp(row.coming.scheduled_for if row.coming else None),
            _stamp(row.next_slot),
            str(row.level.value) if row.level else "",
            str(len(row.unfinished)),
            str(row.unread),
        ]


def _stamp(at: datetime | None) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}" if at else ""
