"""The lines of My learners as they are printed: every word and address ready, so that the template only places them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from sessions.domain.learners import Row
from sessions.domain.times import day, day_and_time
from sessions.views.addresses import by_pk

NONE = "–"


@dataclass(frozen=True, slots=True)
class Pill:
    """Something open, and where to see to it."""

    url: str
    icon: str
    text: str
    tone: str = "pill-warm"


@dataclass(frozen=True, slots=True)
class Shown:
    """A line: `next_url` is empty for a usual slot, `plan_url` where a session is planned or runs."""

    row: Row
    url: str
    focus: str
    last: str
    late: bool
    level: str
    level_label: str
    next: str
    next_url: str
    plan_url: str
    pills: list[Pill]


def shown(rows: Iterable[Row]) -> Iterator[Shown]:
    """In the same order."""
    urls = Urls()
    for row in rows:
        coming = row.coming
        yield Shown(
            row=row,
            url=urls.enrolment(row.pk),
            focus=row.focus_name or NONE,
            last=row.last_in_words,
            late=row.waits_long,
            level=_level(row),
            level_label=_("level") if row.level else "",
            next=day_and_time(coming.scheduled_for) if coming else _usual(row),
            next_url=urls.micro(coming.pk) if coming else "",
            plan_url="" if coming or row.running else urls.plan(row.pk),
            pills=list(_pills(row, urls)),
        )


class Urls:
    """The addresses of many rows; each route is looked up once."""

    def __init__(self) -> None:
        self.enrolment = by_pk("coach:enrolment-show")
        self.plan = by_pk("coach:micro-plan")
        self.micro = by_pk("coach:micro-show")


def _level(row: Row) -> str:
    if row.level is None:
        return NONE
    return _("%(level)s · meets") % {"level": row.level.value} if row.level.meets else str(row.level.value)


def _usual(row: Row) -> str:
    return _("usual slot %(when)s") % {"when": day_and_time(row.next_slot)} if row.next_slot else NONE


def _pills(row: Row, urls: Urls) -> Iterator[Pill]:
    if micro := row.running:
        yield Pill(reverse("coach:micro-run", args=[micro.pk]), "play", _("running"), "pill-accent")
    for micro in row.unfinished:
        words = _("finish %(day)s") % {"day": day(micro.started_at or micro.scheduled_for)}
        yield Pill(reverse("coach:micro-close", args=[micro.pk]), "clock", words)
    if row.coming and row.overdue:
        yield Pill(urls.micro(row.coming.pk), "clock", _("not started"))
    if row.coming and row.coming.move_asked_at:
        yield Pill(urls.micro(row.coming.pk), "message", _("asks to move"))
    if row.unread:
        words = ngettext("%(n)s reflection", "%(n)s reflections", row.unread) % {"n": row.unread}
        yield Pill(reverse("coach:reflection-list"), "message", words, "")
