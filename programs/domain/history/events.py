"""Reading events: those of one organization, newest first, a page at a time, in one query for all tables.

Each table is read backwards by its own number, which stands for the order of writing, until the page is full; so a page
of a long history costs no more than one of a short one. `Place` says how far each table was read.
"""

import heapq
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Any, NamedTuple, Self

from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce, JSONObject
from pghistory.models import Context

from programs.access import Permission, has_permission
from programs.domain.history.kinds import KINDS, Kind
from programs.models import Cohort, Enrolment, Member

NUMBER = models.BigIntegerField()
TEXT = models.CharField()
JSON = models.JSONField()


class Event(NamedTuple):
    """One change: `before` and `now` hold the told columns, `before` is None where nothing is known of it."""

    kind: str
    pk: int
    at: datetime
    made: bool
    exists: bool
    target: int | None
    person: int | None
    name: str | None
    context: dict[str, Any] | None
    before: dict[str, Any] | None
    now: dict[str, Any]


@dataclass(frozen=True)
class Place:
    """How far each table was read, as it stands in an address: "person-120.cohort-7"."""

    reached: tuple[tuple[str, int], ...] = ()

    @classmethod
    def of(cls, text: str) -> Self:
        """The beginning for what is none."""
        if not re.fullmatch(r"[a-z]+-[0-9]{1,18}(\.[a-z]+-[0-9]{1,18})*", text):
            return cls()
        pairs = [part.split("-") for part in text.split(".")]
        return cls(tuple(sorted({key: int(number) for key, number in pairs if key in KINDS}.items())))

    def __str__(self) -> str:
        return ".".join(f"{key}-{number}" for key, number in self.reached)

    def after(self, events: list[Event]) -> Self:
        """Behind these, which come in the order of reading."""
        return replace(self, reached=tuple(sorted({**dict(self.reached), **{e.kind: e.pk for e in events}}.items())))


@dataclass(frozen=True)
class Wanted:
    """What is asked for. `people` are those whom a change is about, or who made it; None is everybody."""

    people: "QuerySet[Member] | None" = None
    kind: str = ""
    since: datetime | None = None


def newest(member: Member, wanted: Wanted, *, place: Place, number: int) -> tuple[list[Event], Place | None]:
    """The next changes of the member's organization, and where the ones after them begin. One query."""
    if not has_permission(member, Permission.SEE_AUDIT):
        return [], None
    reached = dict(place.reached)
    tables = [
        _rows(kind, member.organization_id, wanted, reached.get(kind.key))[: number + 1]
        for kind in KINDS.values()
        if wanted.kind in ("", kind.key)
    ]
    first, *others = tables
    found = [Event(*row) for row in (first.union(*others, all=True) if others else first)]
    page = list(islice(_merged(found), number))
    return page, place.after(page) if len(found) > number else None


def _merged(found: list[Event]) -> Iterator[Event]:
    """By time, each table in the order in which it was written."""
    tables: dict[str, list[Event]] = {key: [] for key in KINDS}
    for event in sorted(found, key=lambda event: -event.pk):
        tables[event.kind].append(event)
    return heapq.merge(*tables.values(), key=lambda event: event.at, reverse=True)


def of_kind(member: Member, wanted: Wanted) -> "QuerySet[Any]":
    """Rows of the history of one kind, which has to be named, each with what is told of it.

    `now` and `before` as in `Event`, `by` is who of the organization did it, `command` which command.
    """
    rows = _changes(KINDS[wanted.kind], member.organization_id, wanted)
    here = Member.objects.filter(organization=member.organization_id).order_by().values("pk")
    acting = here.filter(pk=Cast(KeyTextTransform("member", OuterRef("pgh_context__metadata")), NUMBER))
    signed_in = here.filter(user=Cast(KeyTextTransform("user", OuterRef("pgh_context__metadata")), NUMBER))
    found: QuerySet[Any] = rows.annotate(
        by=Coalesce(Subquery(acting), Subquery(signed_in)),
        command=Coalesce(KeyTextTransform("command", "pgh_context__metadata"), Value(""), output_field=TEXT),
    )
    return found if has_permission(member, Permission.SEE_AUDIT) else found.none()


def _rows(kind: Kind, organization: int, wanted: Wanted, reached: int | None) -> "QuerySet[Any, Any]":
    """Newest first, from where the reading stands."""
    rows = _changes(kind, organization, wanted)
    if reached is not None:
        rows = rows.filter(pgh_id__lt=reached)
    return _told(kind, rows.order_by("-pgh_id"))


def _changes(kind: Kind, organization: int, wanted: Wanted) -> "QuerySet[Any]":
    """Additions, and changes of a field that is told."""
    columns = JSONObject(**{field: F(field) for field in kind.told}) if kind.told else Value({}, JSON)
    events = kind.events._default_manager.filter(**{kind.owner: organization})
    earlier = kind.events._default_manager.filter(pgh_obj_id=OuterRef("pgh_obj_id"), pgh_id__lt=OuterRef("pgh_id"))
    rows: QuerySet[Any] = events.annotate(
        now=columns, before=Subquery(earlier.order_by("-pgh_id").values_list(columns)[:1], output_field=JSON)
    ).filter(Q(pgh_label="insert") | ~Q(before=F("now")))
    if wanted.since:
        rows = rows.filter(pgh_created_at__gte=wanted.since)
    if wanted.people is not None:
        rows = rows.filter(_of(kind, wanted.people))
    return rows


def _of(kind: Kind, people: "QuerySet[Member]") -> Q:
    """Changes of these people, of what they have or had a part in, and by them.

    Without a join: what is cheap to tell of a row is then asked before what stood there earlier.
    """
    wanted = people.order_by().values("pk")
    acting = Context.objects.annotate(member=Cast(KeyTextTransform("member", "metadata"), NUMBER))
    about = Q(pgh_context_id__in=acting.filter(member__in=wanted).values("pk"))
    for column in kind.people:
        about |= Q(**{f"{column}__in": wanted})
    if "coach_id" in kind.told:
        coached = kind.events._default_manager.filter(coach_id__in=wanted)
        about |= Q(pgh_obj_id__in=coached.values("pgh_obj_id"))
    if kind.key == "substitute":
        about |= Q(enrolment_id__in=Enrolment.objects.filter(learner__in=wanted).values("pk"))
    return about


def _told(kind: Kind, rows: "QuerySet[Any]") -> "QuerySet[Any, Any]":
    """The columns of `Event`, the same for all tables."""
    target = Cast(F(kind.target), NUMBER) if kind.target else Value(None, NUMBER)
    alive = kind.model._default_manager.filter(pk=OuterRef("pgh_obj_id"))
    made = Case(When(pgh_label="insert", then=True), default=False, output_field=models.BooleanField())
    return rows.values_list(
        Value(kind.key, TEXT), "pgh_id", "pgh_created_at", made, Exists(alive), target, _person(kind), _name(kind),
        Cast("pgh_context__metadata", JSON), "before", "now",
    )  # fmt: skip


def _person(kind: Kind) -> Any:
    """Whose row it is."""
    if kind.key == "substitute":
        learner = Enrolment.objects.filter(pk=OuterRef("enrolment_id")).values("learner_id")
        return Cast(Subquery(learner), NUMBER)
    return Cast(F(kind.people[0]), NUMBER) if kind.people else Value(None, NUMBER)


def _name(kind: Kind) -> Any:
    """What it is called, or the cohort it belongs to."""
    if kind.key in ("manager", "enrolment"):
        cohort = Cohort.objects.filter(pk=OuterRef("cohort_id")).order_by().values("name")
        return Cast(Subquery(cohort), TEXT)
    return Cast(F("name"), TEXT) if "name" in kind.told else Value(None, TEXT)
