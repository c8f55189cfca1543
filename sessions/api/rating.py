"""Ratings and ticks of one session: the own side always, the other one after the reveal."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from coachhub.api.given import Given, Instant, Key, OneOf, Row, Whole
from coachhub.api.shown import Composed
from programs.api.calls import Call, does, shows
from programs.api.tokens import ApiRequest
from programs.models import Criterion, Member, Rubric
from sessions.api.doors import coached, one
from sessions.api.sessions import behaviours_for
from sessions.domain import ratings, ticks, visibility
from sessions.domain.ticks import TickCount
from sessions.domain.visibility import Handed, Line, Reveal
from sessions.models import MicroSession, Rating, Tick

NAMES = {"level-*": "scores"}


@dataclass(frozen=True)
class Sides:
    """What one of the two sees of both ratings."""

    micro: MicroSession
    own: Rating
    scores: dict[int, int | None]
    handed_in: Handed
    reveal: Reveal | None

    @property
    def session(self) -> int:
        return self.micro.pk


class ScoreShown(serializers.Serializer[Any]):
    criterion = serializers.IntegerField()
    level = serializers.IntegerField(allow_null=True, help_text='1 to 4; null is "not seen".')


class HandedShown(serializers.Serializer[Handed]):
    """Who has handed in; what they said is sealed."""

    coach = serializers.BooleanField()
    learner = serializers.BooleanField()


class LineShown(serializers.Serializer[Line]):
    """One behaviour, both levels; null is "not seen" or not rated."""

    behaviour = serializers.IntegerField()
    name = serializers.CharField()
    meets_level = serializers.IntegerField()
    own = serializers.IntegerField(source="own.level", allow_null=True)
    other = serializers.IntegerField(source="other.level", allow_null=True)
    gap = serializers.IntegerField(allow_null=True, help_text="Own minus other; null where nothing is compared.")


class RevealShown(serializers.Serializer[Reveal]):
    """Both views, side by side."""

    revealed_at = Instant()
    sentence = serializers.CharField()
    own_late = serializers.BooleanField(source="own.late")
    other_late = serializers.BooleanField(source="other.late")
    lines = LineShown(many=True, source="in_rubric_order")


class RatingShown(Composed):
    """Your rating of a session, and both once they are revealed."""

    route = "api:rating"
    key = "session"
    session = serializers.IntegerField()
    rubric = serializers.IntegerField(source="micro.rubric_id")
    role = serializers.CharField(source="own.role")
    submitted_at = Instant(source="own.submitted_at", allow_null=True)
    late = serializers.BooleanField(source="own.late")
    scores = serializers.SerializerMethodField()
    handed_in = HandedShown()
    reveal = RevealShown(allow_null=True)

    @extend_schema_field(ScoreShown(many=True))
    def get_scores(self, sides: Sides) -> Any:
        rows = [{"criterion": pk, "level": level} for pk, level in sorted(sides.scores.items())]
        return ScoreShown(rows, many=True).data


def criteria_for(member: Member) -> QuerySet[Criterion]:
    return Criterion.objects.order_by("pk").filter(rubric__in=Rubric.objects.visible_to(member))


class ScoreGiven(Given):
    criterion = Row(
        lambda member: Criterion.objects.order_by("pk").filter(rubric__in=Rubric.objects.visible_to(member))
    )
    level = Whole(min_value=1, max_value=4, allow_null=True, help_text='Null is "not seen".')


class Scores(Given):
    scores = serializers.ListField(child=ScoreGiven(), min_length=1, max_length=20)


class RatingRow(Call):
    tag = "Ratings"

    @shows("Show the ratings of a session", gives=RatingShown)
    def get(self, request: ApiRequest, pk: int) -> Sides:
        """Your own scores; the other side's in `reveal`, which is null until both are in or the deadline has passed."""
        return sides_of(one(request, pk), request)

    @does(
        "Rate a session", takes=Scores, gives=RatingShown, keyed=False, names=NAMES,
        example={"scores": [{"criterion": 1, "level": 3}, {"criterion": 2, "level": None}]},
    )  # fmt: skip
    def put(self, request: ApiRequest, pk: int, data: dict[str, Any]) -> Sides:
        """Keeps the levels given as your draft and leaves the others; nobody else learns of it."""
        micro = one(request, pk)
        levels = {each["criterion"].pk: each["level"] for each in data["scores"]}
        ratings.score_all(micro, by=request.member, levels=levels)
        return sides_of(one(request, pk), request)


class HandIn(Call):
    tag = "Ratings"

    @does("Hand in your rating", gives=RatingShown, names=NAMES)
    def post(self, request: ApiRequest, pk: int, data: dict[str, Any]) -> Sides:
        """Sealed until the other one is in too. The focus is enough, "Not seen" is an answer to it."""
        ratings.submit(one(request, pk), by=request.member)
        return sides_of(one(request, pk), request)


class ChangeRating(Call):
    tag = "Ratings"

    @does("Change a revealed rating", gives=RatingShown)
    def post(self, request: ApiRequest, pk: int, data: dict[str, Any]) -> Sides:
        """Opens your rating again after the reveal; it is late from now on and counts in no gap and no figure."""
        ratings.change(one(request, pk), by=request.member)
        return sides_of(one(request, pk), request)


@dataclass(frozen=True)
class Taps:
    session: int
    behaviours: list[dict[str, int]]


class TapsOfBehaviour(serializers.Serializer[TickCount]):
    behaviour = serializers.IntegerField()
    saw = serializers.IntegerField()
    chance = serializers.IntegerField()


class TicksShown(Composed):
    """Taps during practice, by behaviour. For the learner empty until the reveal."""

    route = "api:ticks"
    key = "session"
    session = serializers.IntegerField()
    behaviours = TapsOfBehaviour(many=True)


class TickGiven(Given):
    behaviour = Row(behaviours_for)
    kind = OneOf(Tick.Kind.choices)
    key = Key(help_text="Made by you: the same tap sent twice counts once.")
    at = Instant(required=False)


class Ticks(Call):
    tag = "Ratings"

    @shows("Show the ticks of a session", gives=TicksShown)
    def get(self, request: ApiRequest, pk: int) -> Taps:
        """How often each behaviour was seen, or could have been."""
        return taps_of(one(request, pk), request)

    @does("Tick a behaviour", takes=TickGiven, gives=TicksShown)
    def post(self, request: ApiRequest, pk: int, data: dict[str, Any]) -> Taps:
        """ "Saw it", or "chance, not used". For the coach, until it is closed."""
        micro = coached(request, pk)
        ticks.add(micro, by=request.member, **data)
        return taps_of(micro, request)


class TickRow(Call):
    tag = "Ratings"

    @does("Take a tick back", keyed=False)
    def delete(self, request: ApiRequest, pk: int, key: UUID, data: dict[str, Any]) -> None:
        """By its key; one that is not there changes nothing. For the coach, until it is closed."""
        ticks.undo(coached(request, pk), by=request.member, key=key)


def sides_of(micro: MicroSession, request: ApiRequest) -> Sides:
    own = ratings.rating_of(micro, by=request.member)
    reveal = visibility.reveal_of(micro, by=request.member)
    return Sides(micro, own, ratings.scores_of(own), visibility.who_is_in(micro), reveal)


def taps_of(micro: MicroSession, request: ApiRequest) -> Taps:
    counts = ticks.counts(micro, by=request.member)
    rows = [{"behaviour": pk, "saw": each.saw, "chance": each.chance} for pk, each in sorted(counts.items())]
    return Taps(micro.pk, rows)
