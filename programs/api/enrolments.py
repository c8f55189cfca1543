"""Enrolments: who learns with whom. Administrators assign; coach and learner see their own."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from rest_framework import serializers

from coachhub.api.filters import Number, YesNo
from coachhub.api.given import Day, Flag, Given, Line, Row, WallTime, Whole
from coachhub.api.shown import Shown
from programs.api.calls import Call, does, shows
from programs.api.shapes import CohortName, PersonShown, PillarName, ProgramName
from programs.api.tokens import ApiRequest
from programs.domain import cohort_moves, enrolments
from programs.domain.enrolments import Slot
from programs.models import Cohort, Enrolment, Member, Substitute, UsualSlot
from programs.models.organizations import validate_timezone

MOST_SLOTS = 5


class SlotShown(Shown[UsualSlot]):
    """A wall time that holds, in its zone."""

    starts_at = WallTime()

    class Meta:
        model = UsualSlot
        fields = ("id", "weekday", "starts_at", "timezone")


class SubstituteShown(Shown[Substitute]):
    """Another coach for a time."""

    coach = PersonShown()

    class Meta:
        model = Substitute
        fields = ("id", "coach", "starts_on", "ends_on")


class EnrolmentShown(Shown[Enrolment]):
    route = "api:enrolment"
    learner = PersonShown()
    coach = PersonShown(allow_null=True)
    cohort = CohortName()
    program = ProgramName()
    pillar = PillarName()
    usual_slots = SlotShown(many=True)
    substitutes = SubstituteShown(many=True)

    class Meta:
        model = Enrolment
        fields = (
            "id", "learner", "coach", "cohort", "program", "pillar", "starts_on", "ended_on", "usual_slots",
            "substitutes", "shares_past_with_new_coach",
        )  # fmt: skip


class SlotGiven(Given):
    weekday = Whole(min_value=0, max_value=6, help_text="0 is Monday.")
    starts_at = WallTime()
    timezone = Line(max_length=64, validators=[validate_timezone])


class NewEnrolment(Given):
    cohort = Row(Cohort.objects.visible_to)
    learner = Row(Member.objects.visible_to)
    coach = Row(Member.objects.visible_to, required=False, allow_null=True)
    starts_on = Day(required=False, allow_null=True)
    slots = serializers.ListField(child=SlotGiven(), required=False, max_length=MOST_SLOTS)


class NewCoach(Given):
    coach = Row(Member.objects.visible_to, allow_null=True)


class OtherCohort(Given):
    cohort = Row(Cohort.objects.visible_to)


class NewSubstitute(Given):
    coach = Row(Member.objects.visible_to)
    starts_on = Day()
    ends_on = Day()


class SharePast(Given):
    share = Flag()


class EnrolmentFilters(Given):
    cohort = Number()
    learner = Number()
    coach = Number()
    active = YesNo()
    without_coach = YesNo()


class Enrolments(Call):
    tag = "Enrolments"

    @shows("List enrolments", gives=EnrolmentShown, many=True, filters=EnrolmentFilters)
    def get(
        self, request: ApiRequest, active: bool | None = None, without_coach: bool | None = None, **chosen: int
    ) -> QuerySet[Enrolment]:
        """Those you coach, stand in for or learn in; for administrators all of the organization."""
        empty = {"ended_on__isnull": active, "coach__isnull": without_coach}
        return reached(request).filter(**chosen, **{name: asked for name, asked in empty.items() if asked is not None})

    @does(
        "Enrol a learner", takes=NewEnrolment, gives=EnrolmentShown, status=201,
        example={
            "cohort": 1, "learner": 3, "coach": 2,
            "slots": [{"weekday": 3, "starts_at": "14:10", "timezone": "Europe/Berlin"}],
        },
    )  # fmt: skip
    def post(self, request: ApiRequest, data: dict[str, Any]) -> Enrolment:
        """A learner joins a cohort, with a draft of the agreement once there is a coach. For administrators."""
        slots = slots_of(data.pop("slots", []))
        made = enrolments.enrol(data.pop("cohort"), by=request.member, slots=slots, **data)
        return one(request, made.pk)


class EnrolmentRow(Call):
    tag = "Enrolments"

    @shows("Show an enrolment", gives=EnrolmentShown)
    def get(self, request: ApiRequest, pk: int) -> Enrolment:
        """Who learns what with whom, since when, and at which usual times."""
        return one(request, pk)


class Reassign(Call):
    tag = "Enrolments"

    @does("Reassign an enrolment", takes=NewCoach, gives=EnrolmentShown)
    def post(self, request: ApiRequest, pk: int, data: dict[str, Any]) -> Enrolment:
        """Another coach, or none for now. Planned sessions move along, closed ones stay. For administrators."""
        enrolments.reassign(managed(request, pk), by=request.member, coach=data["coach"])
        return one(request, pk)


class Move(Call):
    tag = "Enrolments"

    @does("Move an enrolment to another cohort", takes=OtherCohort, gives=EnrolmentShown)
    def post(self, request: ApiRequest, pk: int, data: dict[str, Any]) -> Enrolment:
        """Another cohort of the same pillar, from today on. Coach, sessions, plan and questions go on.

        For administrators.
        """
        cohort_moves.move(managed(request, pk), to=data["cohort"], by=request.member)
        return one(request, pk)


class EndEnrolment(Call):
    tag = "Enrolments"

    @does("End an enrolment", gives=EnrolmentShown)
    def post(self, request: ApiRequest, pk: int, data: dict[str, Any]) -> Enrolment:
        """It ends today; its record stays. For administrators."""
        enrolments.end(managed(request, pk), by=request.member)
        return one(request, pk)


class ShareThePast(Call):
    tag = "Enrolments"

    @does("Share the past with a new coach", takes=SharePast, gives=EnrolmentShown)
    def post(self, request: ApiRequest, pk: int, data: dict[str, Any]) -> Enrolment:
        """Whether a new coach sees when the two met, the plans and last levels. The learner decides."""
        enrolments.share_past(one(request, pk), by=request.member, share=data["share"])
        return one(request, pk)


class Substitutes(Call):
    tag = "Enrolments"

    @does("Name a substitute", takes=NewSubstitute, gives=EnrolmentShown)
    def post(self, request: ApiRequest, pk: int, data: dict[str, Any]) -> Enrolment:
        """Another coach for a time, who sees the plan and the last levels, nothing else. For administrators.

        Sessions that are planned for those days go to them, and the learner is told.
        """
        enrolments.name_substitute(managed(request, pk), by=request.member, **data)
        return one(request, pk)


class SubstituteRow(Call):
    tag = "Enrolments"

    @does("Remove a substitute", keyed=False)
    def delete(self, request: ApiRequest, pk: int, substitute: int, data: dict[str, Any]) -> None:
        """The usual coach is back, and holds what is still planned. For administrators."""
        row = get_object_or_404(managed(request, pk).substitutes.all(), pk=substitute)
        enrolments.remove_substitute(row, by=request.member)


def reached(request: ApiRequest) -> QuerySet[Enrolment]:
    """Own ones, those of a substitute while they stand in, and for administrators all."""
    member, doors = request.member, Enrolment.objects
    ours = doors.visible_to(member).distinct() | doors.planned_by(member, on=timezone.localdate())
    found = ours | doors.managed_by(member).distinct()
    return found.select_related("learner", "coach", "cohort", "program", "pillar").prefetch_related(
        "usual_slots", "substitutes__coach"
    )


def one(request: ApiRequest, pk: int) -> Enrolment:
    return get_object_or_404(reached(request), pk=pk)


def managed(request: ApiRequest, pk: int) -> Enrolment:
    return get_object_or_404(Enrolment.objects.managed_by(request.member), pk=pk)


def slots_of(given: list[dict[str, Any]]) -> list[Slot]:
    return [Slot(**each) for each in given]
