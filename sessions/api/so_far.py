"""What was: the learner's own record, the coach's timeline of an enrolment, and how every behaviour went."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from rest_framework import serializers

from coachhub.api.given import Instant
from coachhub.api.shown import Composed
from programs.api.calls import Call, shows
from programs.api.tokens import ApiRequest
from programs.models import Enrolment
from sessions.api.rating import RevealShown
from sessions.domain import overview, so_far
from sessions.domain.chances import Chances
from sessions.domain.overview import Held, Path
from sessions.domain.so_far import Moved
from sessions.domain.trajectories import TRAJECTORY_SESSIONS, Point, Trajectory
from sessions.models import MicroSession, MoveReason, Status


class ChancesShown(serializers.Serializer[Chances]):
    """How often a plan was applied when a chance came. Never a score."""

    applied = serializers.IntegerField()
    came = serializers.IntegerField()


class PointShown(serializers.Serializer[Point]):
    """One session; null is "not seen", not rated or rated late."""

    session = serializers.IntegerField(source="micro")
    at = Instant()
    own = serializers.IntegerField(allow_null=True)
    other = serializers.IntegerField(allow_null=True)
    gap = serializers.IntegerField(allow_null=True, help_text="Own minus other.")


class TrajectoryShown(serializers.Serializer[Trajectory]):
    """One behaviour over revealed sessions, the oldest first."""

    behaviour = serializers.IntegerField()
    name = serializers.CharField()
    meets_level = serializers.IntegerField()
    points = PointShown(many=True)
    trend = serializers.CharField(help_text="Of the gap, in words; empty until two sessions can be compared.")


class PathShown(serializers.Serializer[Path]):
    """One enrolment of the learner."""

    enrolment = serializers.IntegerField()
    pillar = serializers.CharField()
    coach = serializers.CharField()
    sessions = serializers.IntegerField()
    chances = ChancesShown()
    trajectories = TrajectoryShown(many=True)


@dataclass(frozen=True)
class Paths:
    paths: Sequence[Path]


class OwnTrajectoriesShown(Composed):
    paths = PathShown(many=True)


class RecordLineShown(Composed):
    """One held session as its learner sees it; `reveal` is null before the reveal."""

    session = serializers.IntegerField(source="micro.pk")
    enrolment = serializers.IntegerField(source="micro.enrolment_id")
    started_at = Instant(source="micro.started_at")
    pillar = serializers.CharField(source="micro.pillar")
    coach = serializers.CharField(source="micro.coach")
    focus = serializers.CharField(source="micro.focus")
    rated = serializers.BooleanField(help_text="Whether your own rating is in.")
    reveal = RevealShown(allow_null=True)
    plan = serializers.CharField(help_text="As one sentence; empty until both parts are there.")
    chances = ChancesShown()
    answered = serializers.BooleanField(help_text="Whether the coach replied and you have not read it.")


class MovedShown(serializers.Serializer[Moved]):
    moved_from = Instant(source="since")
    reason = serializers.ChoiceField(MoveReason.choices)


class TimelineEntryShown(Composed):
    """One past session as the coach of the enrolment sees it. Of a former coach's, `plan` and levels alone."""

    session = serializers.IntegerField(source="micro.pk")
    status = serializers.ChoiceField(Status.choices, source="micro.status")
    scheduled_for = Instant(source="micro.scheduled_for")
    started_at = Instant(source="micro.began", allow_null=True)
    minutes = serializers.IntegerField(source="micro.minutes", allow_null=True)
    coach = serializers.CharField(source="micro.coach")
    mine = serializers.BooleanField(help_text="Whether you held it.")
    focus = serializers.CharField(source="micro.focus")
    cancel_note = serializers.CharField(source="micro.cancel_note")
    moves = MovedShown(many=True)
    plan = serializers.CharField(source="micro.plan")
    chances = ChancesShown(allow_null=True)
    reveal = RevealShown(allow_null=True)


@dataclass(frozen=True)
class OfEnrolment:
    enrolment: int
    trajectories: Sequence[Trajectory]


class TrajectoriesShown(Composed):
    enrolment = serializers.IntegerField()
    trajectories = TrajectoryShown(many=True)


def lines_of(rows: Sequence[Any], request: ApiRequest) -> Sequence[overview.Line]:
    return overview.overview_of([Held(*row) for row in rows], [], learner=request.member).lines


def entries_of(rows: Sequence[Any], request: ApiRequest, pk: int) -> Sequence[so_far.Told]:
    return so_far.told(rows, coached(request, pk), by=request.member)


class OwnRecord(Call):
    tag = "Record"

    @shows("List your record", gives=RecordLineShown, many=True, newest_first=True, told=lines_of)
    def get(self, request: ApiRequest) -> QuerySet[MicroSession, Any]:
        """Held sessions in which you learn, with what was shared and what came of the plans."""
        return overview.rows_of(request.member).values_list(*overview.COLUMNS, named=True)


class OwnTrajectories(Call):
    tag = "Record"

    @shows("Show your trajectories", gives=OwnTrajectoriesShown)
    def get(self, request: ApiRequest) -> Paths:
        """By enrolment, how each behaviour went over its newest 12 sessions, and how often plans were applied."""
        return Paths(overview.overview_of([], overview.sessions_of(request.member), learner=request.member).paths)


class Timeline(Call):
    tag = "Record"

    @shows("List the timeline of an enrolment", gives=TimelineEntryShown, many=True, newest_first=True, told=entries_of)
    def get(self, request: ApiRequest, pk: int) -> QuerySet[MicroSession, Any]:
        """What was held, cancelled or missed. For the coach of the enrolment, also of an ended one."""
        found = so_far.past(coached(request, pk), by=request.member)
        return found.values_list(*so_far.COLUMNS, named=True)


class Trajectories(Call):
    tag = "Record"

    @shows("Show the trajectories of an enrolment", gives=TrajectoriesShown)
    def get(self, request: ApiRequest, pk: int) -> OfEnrolment:
        """How each behaviour went over the newest 12 sessions. For the coach of the enrolment."""
        enrolment = coached(request, pk)
        newest = so_far.past(enrolment, by=request.member)[:TRAJECTORY_SESSIONS]
        return OfEnrolment(pk, so_far.trajectories(so_far.told(newest, enrolment, by=request.member)))


def coached(request: ApiRequest, pk: int) -> Enrolment:
    """An enrolment whose coach the member is now, ended ones too. Raises Http404."""
    return get_object_or_404(Enrolment.objects.coached_by(request.member).select_related("learner"), pk=pk)
