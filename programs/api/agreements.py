"""Agreements: what coach and learner agreed. Only the two see it; the learner accepts it."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from rest_framework import serializers

from coachhub.api.filters import Number
from coachhub.api.given import Given, Whole
from coachhub.api.shown import Shown
from programs.api.calls import Call, does, shows
from programs.api.shapes import PersonShown
from programs.api.tokens import ApiRequest
from programs.domain import agreements
from programs.models import Agreement

CLAUSES = ("purpose", "confidential", "feedback_style", "success_measure")


class AgreementShown(Shown[Agreement]):
    route = "api:agreement"
    learner = PersonShown()
    coach = PersonShown()
    version = serializers.IntegerField(help_text="Of the text, to be sent along when it is accepted.")

    class Meta:
        model = Agreement
        fields = (
            "id", "enrolment", "learner", "coach", "status", *CLAUSES, "version", "review_on", "signed_at", "ended_at",
        )  # fmt: skip


class TextRead(Given):
    version = Whole(min_value=0, max_value=2**32 - 1, help_text="Of the text that the learner has read.")


class OfEnrolment(Given):
    enrolment = Number(help_text="Of one enrolment.")


class Agreements(Call):
    tag = "Enrolments"

    @shows("List agreements", gives=AgreementShown, many=True, newest_first=True, filters=OfEnrolment)
    def get(self, request: ApiRequest, enrolment: int | None = None) -> QuerySet[Agreement]:
        """Your own, drafts and ended ones too, newest first."""
        return agreements_of(request).filter(enrolment=enrolment) if enrolment else agreements_of(request)


class AgreementRow(Call):
    tag = "Enrolments"

    @shows("Show an agreement", gives=AgreementShown)
    def get(self, request: ApiRequest, pk: int) -> Agreement:
        """What the two agreed; a signed text never changes."""
        return get_object_or_404(agreements_of(request), pk=pk)


class AcceptAgreement(Call):
    tag = "Enrolments"

    @does("Accept an agreement", takes=TextRead, gives=AgreementShown)
    def post(self, request: ApiRequest, pk: int, data: dict[str, Any]) -> Agreement:
        """The learner's one tap; from then on the text is frozen."""
        found = get_object_or_404(agreements_of(request), pk=pk)
        return agreements.accept(found, by=request.member, version=data["version"])


def agreements_of(request: ApiRequest) -> QuerySet[Agreement]:
    return Agreement.objects.visible_to(request.member).select_related("learner", "coach")
