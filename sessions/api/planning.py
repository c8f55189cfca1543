"""Before planning: what the next session could be, and the usual slots of an enrolment."""

from typing import Any

from django.shortcuts import get_object_or_404
from rest_framework import serializers

from coachhub.api.given import Given, Instant, WallTime, Whole
from coachhub.api.shown import Composed
from programs.api import enrolments
from programs.api.calls import Call, does, shows
from programs.api.enrolments import EnrolmentShown
from programs.api.tokens import ApiRequest
from programs.models import Enrolment
from sessions.api.sessions import FocusShown, planned_by
from sessions.domain import policies, proposals, slots
from sessions.domain.proposals import Focus, Proposal


class FocusChoice(serializers.Serializer[Focus]):
    behaviour = FocusShown(source="criterion")
    because = serializers.CharField()


class Topic(serializers.Serializer[Any]):
    """A reply "talk about it next time" that still waits."""

    id = serializers.IntegerField(source="pk")
    session = serializers.IntegerField(source="reflection.micro_id")


class ProposalShown(Composed):
    """Ready to be planned as it is."""

    route = "api:proposal"
    enrolment = serializers.IntegerField(source="enrolment.pk")
    scheduled_for = Instant(source="at")
    usual = serializers.BooleanField(help_text="Whether this is a usual slot.")
    minutes_planned = serializers.IntegerField(source="minutes")
    focus = FocusShown(source="criterion")
    because = serializers.CharField()
    blueprint = serializers.IntegerField(source="blueprint.pk", allow_null=True, default=None)
    success_criterion = serializers.CharField(source="success")
    difficulty = serializers.IntegerField()
    difficulty_because = serializers.CharField()
    choices = FocusChoice(many=True)
    topics = Topic(many=True)


class NewSlot(Given):
    weekday = Whole(min_value=0, max_value=6, help_text="0 is Monday.")
    starts_at = WallTime(help_text="On the learner's clock.")


class NextSession(Call):
    tag = "Sessions"

    @shows("Propose the next session", gives=ProposalShown, also=(409,))
    def get(self, request: ApiRequest, pk: int) -> Proposal:
        """When, which case, which behaviour and why; from revealed sessions only. For who may plan.

        An enrolment that has ended is answered by 409.
        """
        enrolment = get_object_or_404(planned_by(request.member), pk=pk)
        policies.check_can_plan(request.member, enrolment)
        return proposals.propose(enrolment, by=request.member)


class Slots(Call):
    tag = "Enrolments"

    @does("Add a usual slot", takes=NewSlot, gives=EnrolmentShown, example={"weekday": 3, "starts_at": "14:10"})
    def post(self, request: ApiRequest, pk: int, data: dict[str, Any]) -> Enrolment:
        """The same again changes nothing. For the coach."""
        slots.add(get_object_or_404(planned_by(request.member), pk=pk), by=request.member, **data)
        return enrolments.one(request, pk)


class SlotRow(Call):
    tag = "Enrolments"

    @does("Remove a usual slot", keyed=False)
    def delete(self, request: ApiRequest, pk: int, slot: int, data: dict[str, Any]) -> None:
        """What is planned stays. For the coach."""
        enrolment = get_object_or_404(planned_by(request.member), pk=pk)
        row = get_object_or_404(enrolment.usual_slots.select_related("enrolment"), pk=slot)
        slots.remove(row, by=request.member)
