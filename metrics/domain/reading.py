"""What a member may read of releases, as frozen dataclasses: the only way from figures to pages, files and the API.

Reads releases, blocks, groups and figures through their doors, and nothing else.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, OuterRef
from django.http import Http404
from django.utils import timezone

from metrics.domain.saying import ORDER, Period, Said
from metrics.models import Block, Figure, Group, Release
from programs.models import Member


@dataclass(frozen=True, slots=True)
class Row:
    """One group of a release with its figures in the order of measures. `depth`: 0 pillar, 1 and 2 below it."""

    group: int
    identity: str
    node: str
    pillar: str
    name: str
    holds: str
    people: str
    merged: bool
    depth: int
    parents: tuple[str, ...]
    figures: tuple[Said, ...]

    def said(self, measure: str) -> Said:
        return next((figure for figure in self.figures if figure.measure == measure), Said(measure))

    @property
    def title(self) -> str:
        """ "De-escalation · Late + Weekend"."""
        return self.name if self.node == Group.Node.PILLAR else f"{self.pillar} · {self.name}"


@dataclass(frozen=True, slots=True)
class Point:
    period: Period
    said: Said


type History = Mapping[str, Mapping[str, tuple[Point, ...]]]
"""Identity → measure → points, oldest first."""


@dataclass(frozen=True, slots=True)
class Shown:
    """Releases of the member's organization, newest first: `every` one, and `periods` that show the member a group."""

    every: tuple[Period, ...]
    periods: tuple[Period, ...]

    @property
    def newest(self) -> Period | None:
        return self.every[0] if self.every else None

    @property
    def current(self) -> Period | None:
        """The newest release, unless it shows the member nothing: an older one tells nothing of now."""
        return self.newest if self.newest in self.periods else None

    @property
    def before(self) -> Period | None:
        """The last release that showed something to a member to whom the newest shows nothing."""
        return self.periods[0] if self.periods and not self.current else None


def shown_to(member: Member) -> Shown:
    """One query."""
    opens = Group.objects.visible_to(member).filter(release=OuterRef("pk"))
    ours = Release.objects.filter(block__organization=member.organization_id).order_by("-block__starts_on")
    rows = ours.values_list("pk", "block__starts_on", "block__ends_on", "released_at", Exists(opens))
    found = [
        (Period(release, starts_on, ends_on, timezone.localdate(at)), is_shown)
        for release, starts_on, ends_on, at, is_shown in rows
    ]
    return Shown(tuple(period for period, _shown in found), tuple(period for period, is_shown in found if is_shown))


def periods_of(member: Member) -> tuple[Period, ...]:
    """The releases that hold a group the member may open, newest first. One query."""
    return shown_to(member).periods


def period_of(member: Member, release: int) -> Period:
    """Raises Http404 for a release in which the member may open nothing."""
    found = next((period for period in periods_of(member) if period.release == release), None)
    if found is None:
        raise Http404
    return found


def running_block(member: Member) -> Block | None:
    """The block that has not been released and ends last."""
    return Block.objects.filter(organization=member.organization_id, release=None).order_by("starts_on").last()


def next_release_on(member: Member) -> date | None:
    """The Monday on which the running block is released."""
    block = running_block(member)
    return block.ends_on + timedelta(days=1) if block else None


@dataclass(frozen=True, slots=True)
class Place:
    """A group of a release and the groups above it."""

    group: Group
    above: tuple[Group, ...]


def places_of(member: Member, release: int) -> list[Place]:
    """The groups that the member may open: pillars by name, under each its programs and cohorts by name. One query."""
    groups = Group.objects.visible_to(member).filter(release=release)
    children: dict[int | None, list[Group]] = defaultdict(list)
    for group in sorted(groups, key=lambda group: (group.name.lower(), group.pk)):
        children[group.parent_id].append(group)
    found: list[Place] = []

    def walk(parent: int | None, above: tuple[Group, ...]) -> None:
        for group in children[parent]:
            found.append(Place(group, above))
            walk(group.pk, (*above, group))

    walk(None, ())
    return found


def rows_in(places: Sequence[Place]) -> list[Row]:
    """The groups with their figures. One query."""
    figures: dict[int, dict[str, Said]] = defaultdict(dict)
    rows = Figure.objects.filter(group__in=[place.group.pk for place in places])
    for pk, group, measure, value, text in rows.values_list("pk", "group", "measure", "value", "text"):
        figures[group][measure] = Said(measure, pk, value, text)
    return [_row(place.group, place.above, figures[place.group.pk]) for place in places]


def rows_of(member: Member, release: int) -> list[Row]:
    """All groups of a release that the member may open, with their figures. Two queries."""
    return rows_in(places_of(member, release))


def _row(group: Group, above: tuple[Group, ...], figures: Mapping[str, Said]) -> Row:
    return Row(
        group.pk, group.identity, group.node, above[0].name if above else group.name, group.name, group.holds,
        group.people, group.merged, len(above), tuple(each.identity for each in above),
        tuple(figures.get(measure, Said(measure)) for measure in ORDER),
    )  # fmt: skip


def history_of(member: Member, identities: Collection[str], *, until: date, since: date | None = None) -> History:
    """Figures of these groups in all releases up to the block that began on `until`; dashes too. One query.

    A trend joins the identical group only: where the grouping was another one, there is no point.
    """
    figures = Figure.objects.visible_to(member).filter(
        group__identity__in=identities, group__release__block__starts_on__lte=until
    )
    if since is not None:
        figures = figures.filter(group__release__block__starts_on__gte=since)
    found: dict[str, dict[str, list[Point]]] = defaultdict(lambda: defaultdict(list))
    rows = figures.order_by("group__release__block__starts_on").values_list(
        "group__identity", "measure", "pk", "value", "text",
        "group__release", "group__release__block__starts_on", "group__release__block__ends_on",
    )  # fmt: skip
    for identity, measure, pk, value, text, release, starts_on, ends_on in rows:
        period = Period(release, starts_on, ends_on)
        found[identity][measure].append(Point(period, Said(measure, pk, value, text)))
    return {
        identity: {measure: tuple(points) for measure, points in measures.items()}
        for identity, measures in found.items()
    }


def consecutive(points: Sequence[Point], periods: Sequence[Period]) -> list[Said]:
    """Of releases that follow each other up to the newest, oldest first; a release without the group ends it."""
    by_release = {point.period.release: point.said for point in points}
    found: list[Said] = []
    for period in periods:
        if period.release not in by_release:
            break
        found.insert(0, by_release[period.release])
    return found
