"""An event in words: who, what kind of thing and which, which fields."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from programs.access import Role
from programs.domain.history.events import Event
from programs.domain.history.kinds import KINDS, Moment, Shows, Told
from programs.models import Member


@dataclass(frozen=True)
class Line:
    """One line of the audit. `who_url` and `url` are "" where no page is behind it."""

    at: datetime
    who: str
    who_url: str
    way: str
    kind: str
    what: str
    url: str
    done: str
    fields: list[str]

    @property
    def cells(self) -> list[str]:
        """For a file."""
        when = timezone.localtime(self.at).isoformat(sep=" ", timespec="seconds")
        return [when, self.who, self.way, self.kind, self.what, self.done, "; ".join(self.fields)]


@dataclass(frozen=True)
class Names:
    """Members of one organization by their own number and by that of their login."""

    members: Mapping[int, str]
    logins: Mapping[int, int]

    @classmethod
    def of(cls, events: Sequence[Event], organization: int) -> "Names":
        """Those whom the events name. One query."""
        people = {event.person for event in events if event.person}
        logins = set()
        for event in events:
            context = event.context or {}
            people |= {number for each in (event.before, event.now) if each and (number := each.get("coach_id"))}
            people |= {context["member"]} if context.get("member") else set()
            logins |= {context["user"]} if context.get("user") else set()
        found = Member.objects.filter(Q(pk__in=people) | Q(user__in=logins), organization=organization)
        rows = list(found.order_by().values_list("pk", "user_id", "name"))
        return cls({pk: name for pk, _user, name in rows}, {user: pk for pk, user, _name in rows})


def lines(events: Sequence[Event], organization: int) -> list[Line]:
    """In the active time zone. One query."""
    names = Names.of(events, organization)
    return [_line(event, names) for event in events]


def _line(event: Event, names: Names) -> Line:
    kind, actor = KINDS[event.kind], _actor(event.context or {}, names)
    number = [event.target] if kind.target else []
    is_there = event.exists or kind.target != "pgh_obj_id"
    return Line(
        at=event.at,
        who=names.members[actor] if actor else _without_a_name(event.context),
        who_url=reverse("manage:member-show", args=[actor]) if actor else "",
        way=_way(event.context or {}),
        kind=str(kind.label),
        what=_what(event, names),
        url=reverse(kind.page, args=number) if is_there else "",
        done=_done(event),
        fields=list(_fields(event, names)),
    )


def _actor(context: Mapping[str, Any], names: Names) -> int | None:
    """The member who did it, also while they had no membership yet to act as."""
    member = context.get("member") or names.logins.get(context.get("user") or 0)
    return member if member in names.members else None


def _without_a_name(context: Mapping[str, Any] | None) -> str:
    if not context:
        return _("By itself")
    if command := context.get("command"):
        return _("Command %(name)s") % {"name": command}
    return _("Somebody by a link, not signed in")


def _way(context: Mapping[str, Any]) -> str:
    if context.get("people_import"):
        return _("by an import")
    return _("by the API") if str(context.get("url") or "").startswith("/api/") else ""


def _what(event: Event, names: Names) -> str:
    """Its name, whose it is, or both."""
    person = names.members.get(event.person) if event.person else None
    return ", ".join(part for part in (person, event.name) if part)


def _done(event: Event) -> str:
    if not event.made:
        return _("changed")
    return _("added") if event.exists else _("added, taken away since")


def _fields(event: Event, names: Names) -> Iterator[str]:
    """Those that differ; of something new only what is told with its value."""
    if event.before is None and not event.made:  # changed before anything was kept of it
        return
    before = event.before or {}
    for column, told in KINDS[event.kind].told.items():
        old, new = before.get(column), event.now.get(column)
        if old == new:
            continue
        if isinstance(told, Moment):
            yield str(told.begun if new else told.over)
        elif told.shows is not Shows.NOTHING:
            yield _("%(field)s: %(change)s") % {"field": told.label, "change": _change(event, told, old, new, names)}
        elif not event.made:
            yield str(told.label)


def _change(event: Event, told: Told, old: Any, new: Any, names: Names) -> str:
    after = _value(told.shows, new, names)
    return after if event.made else f"{_value(told.shows, old, names)} → {after}"


def _value(shows: Shows, value: Any, names: Names) -> str:
    if not value:
        return _("none")
    if shows is Shows.ROLES:
        return ", ".join(str(Role(role).label) for role in sorted(value))
    if shows is Shows.PERSON:
        return names.members.get(value, "–")
    return date_format(date.fromisoformat(value), "j M Y")


def header() -> list[str]:
    """Of `Line.cells`."""
    words = (_("when"), _("who"), _("way"), _("kind"), _("what"), _("done"), _("fields"))
    return [capfirst(word) for word in words]
