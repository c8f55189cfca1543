"""What a manager reads of their cohorts, as on the page: who learns there, what is planned, and nothing anybody did."""

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from rest_framework import serializers

from coachhub.api.shown import Shown
from programs.api.calls import Call, shows
from programs.api.shapes import ProgramName
from programs.api.tokens import ApiRequest
from programs.domain import rosters
from programs.models import Cohort, Enrolment
from programs.models.enrolments import joined_on


class ManagedCohortShown(Shown[Cohort]):
    route = "api:managed-cohort"
    program = ProgramName()
    sessions_per_month = serializers.IntegerField(source="program.sessions_per_month")
    minutes = serializers.IntegerField(source="program.minutes")
    review_after_days = serializers.IntegerField(
        source="program.agreement_text.review_after_days",
        allow_null=True,
        help_text="After how many days the default agreement is looked at again.",
    )

    class Meta:
        model = Cohort
        fields = ("id", "name", "program", "starts_on", "ends_on", "sessions_per_month", "minutes", "review_after_days")


class RosteredShown(Shown[Enrolment]):
    """Somebody who learns there."""

    route = "api:managed-cohort-learners"
    key = "cohort_id"
    name = serializers.CharField(source="learner.name")
    joined_on = serializers.DateField()

    class Meta:
        model = Enrolment
        fields = ("name", "joined_on")


class ManagedCohorts(Call):
    tag = "Programs"

    @shows("List the cohorts that you manage", gives=ManagedCohortShown, many=True)
    def get(self, request: ApiRequest) -> QuerySet[Cohort]:
        """Those that run, and those that have ended while somebody learns there. For managers."""
        return rosters.managed_now(request.member).select_related("program__agreement_text")


class ManagedCohort(Call):
    tag = "Programs"

    @shows("Show a cohort that you manage", gives=ManagedCohortShown)
    def get(self, request: ApiRequest, pk: int) -> Cohort:
        """What is planned there. For its managers."""
        managed = Cohort.objects.reported_to(request.member).select_related("program__agreement_text")
        return get_object_or_404(managed, pk=pk)


class ManagedCohortLearners(Call):
    tag = "Programs"

    @shows("List who learns in a cohort that you manage", gives=RosteredShown, many=True)
    def get(self, request: ApiRequest, pk: int) -> QuerySet[Enrolment]:
        """By name, and since when; nothing of what anybody did. For its managers."""
        rosters.plan_of(request.member, pk)
        return rosters.rostered(request.member, pk).select_related("learner").annotate(joined_on=joined_on())
