"""Agreements: what coach and learner agreed. Only the two see it; the learner accepts it. And a program's default."""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from rest_framework import serializers

from coachhub.api.filters import Number
from coachhub.api.given import Given, Text, Whole
from coachhub.api.shown import Composed, Shown
from programs.api.calls import Call, does, shows
from programs.api.programs import program
from programs.api.shapes import PersonShown
from programs.api.tokens import ApiRequest
from programs.api.versions import Changed, known_as, values_of
from programs.domain import agreements
from programs.domain.agreements import Clauses
from programs.domain.known import checksum
from programs.models import Agreement, AgreementText, Program

CLAUSES = ("purpose", "confidential", "feedback_style", "success_measure")
OF_TEXT = (*CLAUSES, "review_after_days")


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


@dataclass(frozen=True)
class Default:
    """A program with what its pairs start from."""

    program: int
    text: AgreementText

    @property
    def version(self) -> int:
        return checksum(values_of(self.text, OF_TEXT))


class DefaultAgreementShown(Composed):
    route = "api:program-agreement"
    key = "program"
    program = serializers.IntegerField()
    purpose = serializers.CharField(source="text.purpose")
    confidential = serializers.CharField(source="text.confidential", help_text="What stays confidential.")
    feedback_style = serializers.CharField(source="text.feedback_style")
    success_measure = serializers.CharField(source="text.success_measure", help_text="How success is measured.")
    review_after_days = serializers.IntegerField(source="text.review_after_days")
    version = serializers.IntegerField(help_text="To be sent along with a change.")


class ChangedDefault(Changed):
    """Parts of it; the version always."""

    purpose = Text(max_length=600)
    confidential = Text(max_length=600)
    feedback_style = Text(max_length=400)
    success_measure = Text(max_length=400)
    review_after_days = Whole(min_value=0, max_value=32767)


class TextRead(Given):
    version = Whole(min_value=0, max_value=2**32 - 1, help_text="Of the text that the learner has read.")


class OfEnrolment(Given):
    enrolment = Number(help_text="Of one enrolment.")


class Agreements(Call):
    tag = "Enrolments"

    @shows("List agreements", gives=AgreementShown, many=True, newest_first=True, filters=OfEnrolment)
    def get(self, request: ApiRequest, enrolment: int | None = None) -> QuerySet[Agreement]:
        """Your own, drafts and ended ones too."""
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


class DefaultAgreement(Call):
    tag = "Programs"

    @shows("Show the default agreement of a program", gives=DefaultAgreementShown)
    def get(self, request: ApiRequest, pk: int) -> Default:
        """What every pair of the program starts from. For administrators."""
        return default_of(program(request, pk))

    @does(
        "Change the default agreement of a program", takes=ChangedDefault, gives=DefaultAgreementShown, partial=True,
        keyed=False,
    )  # fmt: skip
    def patch(self, request: ApiRequest, pk: int, data: dict[str, Any]) -> Default:
        """Drafts take it over; what was agreed stays. Needs the version that you read. For administrators."""
        version, found = data.pop("version"), program(request, pk)
        wanted = values_of(default_of(found).text, OF_TEXT) | data
        known, days = known_as(version, OF_TEXT, wanted), wanted.pop("review_after_days")
        agreements.revise(
            found, by=request.member, clauses=Clauses(**wanted), review_after_days=days,
            known=lambda row: known(default_of(row).text),
        )  # fmt: skip
        return default_of(program(request, pk))


def default_of(found: Program) -> Default:
    return Default(found.pk, agreements.default_of(found))


def agreements_of(request: ApiRequest) -> QuerySet[Agreement]:
    return Agreement.objects.visible_to(request.member).select_related("learner", "coach")
