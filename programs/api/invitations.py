"""Inviting everybody new in one go, and how far that is. For administrators."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from rest_framework import serializers

from coachhub.api.shown import Shown
from programs.api.calls import Call, does, shows
from programs.api.shapes import PersonShown
from programs.api.tokens import ApiRequest
from programs.domain import invitation_rounds
from programs.models import InvitationRound


class InvitationRoundShown(Shown[InvitationRound]):
    """`invited` of `people` so far. It runs while `finished_at` is null."""

    route = "api:invitation-round"
    by = PersonShown()
    percent = serializers.IntegerField()

    class Meta:
        model = InvitationRound
        fields = ("id", "by", "people", "invited", "percent", "created_at", "finished_at")


class InvitationRounds(Call):
    tag = "People"

    @shows("List invitation rounds", gives=InvitationRoundShown, many=True, newest_first=True)
    def get(self, request: ApiRequest) -> QuerySet[InvitationRound]:
        """Those of your organization, for administrators."""
        return rounds(request)

    @does("Invite everybody new", gives=InvitationRoundShown, status=201)
    def post(self, request: ApiRequest, data: dict[str, Any]) -> InvitationRound:
        """Mails a one-time link to every active member who has never been invited. For administrators.

        Up to 200 people are invited when this answers. More are invited in the background: read the round again to see
        how far it is. While a round runs, this answers with that one.
        """
        return invitation_rounds.begin(by=request.member)


class InvitationRoundRow(Call):
    tag = "People"

    @shows("Show an invitation round", gives=InvitationRoundShown)
    def get(self, request: ApiRequest, pk: int) -> InvitationRound:
        """How far it is."""
        return get_object_or_404(rounds(request), pk=pk)


class StopInvitationRound(Call):
    tag = "People"

    @does("Stop an invitation round", gives=InvitationRoundShown)
    def post(self, request: ApiRequest, pk: int, data: dict[str, Any]) -> InvitationRound:
        """Nobody more is invited; what was sent stays sent. For administrators."""
        return invitation_rounds.stop(get_object_or_404(rounds(request), pk=pk), by=request.member)


def rounds(request: ApiRequest) -> QuerySet[InvitationRound]:
    return InvitationRound.objects.visible_to(request.member).select_related("by")
