"""Figures as they were released: whole releases, no filter and no range (PRIVACY.md)."""

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework import serializers

from coachhub.api.shown import Composed, Shown
from metrics.domain import decisions, proposals, reading
from metrics.domain.reading import Row
from metrics.domain.saying import Period, Said
from metrics.models import Decision, Figure, Measure, Release
from programs.api.calls import Call, does, shows
from programs.api.shapes import PersonShown
from programs.api.tokens import ApiRequest
from programs.models import Member


class ReleaseName(Shown[Release]):
    """A frozen publication: its block, of which both days are part, and the day on which it came out."""

    route = "api:release"
    starts_on = serializers.DateField(source="block.starts_on")
    ends_on = serializers.DateField(source="block.ends_on")
    released_on = serializers.SerializerMethodField()

    class Meta:
        model = Release
        fields = ("id", "starts_on", "ends_on", "released_on")

    def get_released_on(self, release: Release) -> date:
        return timezone.localdate(release.released_at)


@dataclass(frozen=True, slots=True)
class Whole:
    """A release as one member may read it."""

    release: int
    period: Period
    groups: tuple[Row, ...]


class FigureShown(serializers.Serializer[Said]):
    """One published number. What is not published, to protect people, has neither figure nor value."""

    id = serializers.SerializerMethodField(help_text="Null when it is not published.")
    measure = serializers.ChoiceField(Measure.choices)
    label = serializers.CharField()  # type: ignore[assignment]  # a figure has one
    value = serializers.FloatField(allow_null=True)
    shown = serializers.CharField(help_text="As on the page: “2.50”, “40 %”, “about half”, or a dash.")

    def get_id(self, said: Said) -> int | None:
        return said.figure if said.is_shown else None


class GroupName(serializers.Serializer[Row]):
    """A pillar, program or cohort, or several shown together."""

    id = serializers.IntegerField(source="group")
    identity = serializers.CharField(help_text="The same grouping in every release.")
    node = serializers.CharField()
    pillar = serializers.CharField()
    name = serializers.CharField()
    holds = serializers.CharField()
    people = serializers.CharField(help_text="A band, never a number.")
    merged = serializers.BooleanField()
    depth = serializers.IntegerField(help_text="0 for a pillar, 1 and 2 below it.")


class GroupShown(GroupName):
    """With its figures."""

    figures = FigureShown(many=True)


class PeriodShown(serializers.Serializer[Period]):
    """What the list says of a release, too."""

    id = serializers.IntegerField(source="release")
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()
    released_on = serializers.DateField()


class ReleaseShown(Composed):
    """What the list says of it, and everything that you may open of it."""

    route = "api:release"
    key = "release"
    id = serializers.IntegerField(source="release")
    starts_on = serializers.DateField(source="period.starts_on")
    ends_on = serializers.DateField(source="period.ends_on")
    released_on = serializers.DateField(source="period.released_on")
    groups = GroupShown(many=True)


@dataclass(frozen=True, slots=True)
class Start:
    """What a decision about a figure could start with."""

    figure: int
    insight: str
    adjustment: str
    check_on: date
    owners: tuple[Member, ...]
    examples: tuple[dict[str, str], ...]


class ExampleShown(serializers.Serializer[dict[str, str]]):
    """Something that could change."""

    adjustment = serializers.ChoiceField(Decision.Adjustment.choices)
    what = serializers.CharField()


class StartShown(Composed):
    route = "api:figure-proposal"
    key = "figure"
    figure = serializers.IntegerField()
    insight = serializers.CharField()
    adjustment = serializers.ChoiceField(Decision.Adjustment.choices, allow_blank=True)
    check_on = serializers.DateField()
    owners = PersonShown(many=True, help_text="Who may own it.")
    examples = ExampleShown(many=True)


class Releases(Call):
    tag = "Figures and decisions"

    @shows("List releases", gives=ReleaseName, many=True, newest_first=True)
    def get(self, request: ApiRequest) -> QuerySet[Release]:
        """Those that hold a group with one of your cohorts."""
        return Release.objects.visible_to(request.member).select_related("block")


class ReleaseRow(Call):
    tag = "Figures and decisions"

    @shows("Show the figures of a release", gives=ReleaseShown)
    def get(self, request: ApiRequest, pk: int) -> Whole:
        """Pillars by name, under each its programs and cohorts. Whole: there is nothing to filter by."""
        return Whole(pk, reading.period_of(request.member, pk), tuple(reading.rows_of(request.member, pk)))


class StartDecision(Call):
    tag = "Figures and decisions"

    @shows("Propose a decision", gives=StartShown)
    def get(self, request: ApiRequest, pk: int) -> Start:
        """The insight as a sentence, the day of the first figures after it, who may own it, and what could change."""
        figure = published(request, pk)
        proposal = proposals.propose(figure, request.member)
        owners = tuple(decisions.owners_for(figure.group, by=request.member))
        examples = tuple({"adjustment": kind.value, "what": str(what)} for kind, what in proposals.EXAMPLES)
        return Start(figure.pk, proposal.insight, proposal.adjustment, proposal.check_on, owners, examples)


class PutAside(Call):
    tag = "Figures and decisions"

    @does("Put a figure aside")
    def post(self, request: ApiRequest, pk: int, data: dict[str, object]) -> None:
        """Ask again next release."""
        decisions.put_aside(published(request, pk), by=request.member)


def published(request: ApiRequest, pk: int) -> Figure:
    """A published figure of a group that the member may open. Raises Http404."""
    return get_object_or_404(figures_for(request.member), pk=pk)


def figures_for(member: Member) -> QuerySet[Figure]:
    return Figure.objects.visible_to(member).exclude(text="").select_related("group__release__block")
