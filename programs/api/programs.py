"""Programs and cohorts, for administrators."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from rest_framework import serializers

from coachhub.api.filters import Number, YesNo
from coachhub.api.given import Day, Given, Line, Row, Whole
from programs.api.calls import Call, does, shows
from programs.api.shapes import PersonShown, PillarName, ProgramName
from programs.api.tokens import ApiRequest
from programs.api.versions import Changed, Versioned, known_as
from programs.domain import curriculum
from programs.models import Cohort, Member, Pillar, Program

NUMBERS = ("sessions_per_month", "minutes", "horizon_days", "target_level")
OF_PROGRAM = ("name", *NUMBERS)
OF_COHORT = ("name", "starts_on", "ends_on", "managers")


class ProgramShown(Versioned[Program]):
    route = "api:program"
    settable = OF_PROGRAM
    pillar = PillarName()

    class Meta:
        model = Program
        fields = ("id", "name", "pillar", *NUMBERS, "archived_at", "version")


class CohortShown(Versioned[Cohort]):
    route = "api:cohort"
    settable = OF_COHORT
    program = ProgramName()
    managers = PersonShown(many=True)

    class Meta:
        model = Cohort
        fields = ("id", "name", "program", "starts_on", "ends_on", "managers", "version")


class ProgramSettings(Given):
    name = Line(max_length=120)
    sessions_per_month = Whole(min_value=1, max_value=20, required=False, help_text="Per learner, in four weeks.")
    minutes = Whole(min_value=10, max_value=20, required=False)
    horizon_days = Whole(min_value=7, max_value=730, required=False)
    target_level = Whole(min_value=1, max_value=4, required=False)


class ChangedProgram(Changed, ProgramSettings):
    """Parts of it; the version always."""


class NewProgram(ProgramSettings):
    pillar = Row(Pillar.objects.visible_to)


class CohortSettings(Given):
    name = Line(max_length=80)
    starts_on = Day()
    ends_on = Day(required=False, allow_null=True)
    managers = serializers.ListField(child=Row(Member.objects.visible_to), required=False, max_length=50)


class ChangedCohort(Changed, CohortSettings):
    """Parts of it; the version always."""


class NewCohort(CohortSettings):
    program = Row(Program.objects.visible_to)


class ProgramFilters(Given):
    pillar = Number()
    archived = YesNo()


class CohortFilters(Given):
    program = Number()


class Programs(Call):
    tag = "Programs"

    @shows("List programs", gives=ProgramShown, many=True, filters=ProgramFilters)
    def get(self, request: ApiRequest, pillar: int | None = None, archived: bool | None = None) -> QuerySet[Program]:
        """Those of your organization, for administrators; others reach theirs through their enrolments."""
        found = programs(request)
        if pillar:
            found = found.filter(pillar=pillar)
        return found if archived is None else found.filter(archived_at__isnull=not archived)

    @does("Create a program", takes=NewProgram, gives=ProgramShown, status=201)
    def post(self, request: ApiRequest, data: dict[str, Any]) -> Program:
        """A pillar taught with a cadence, a horizon and a target level. For administrators."""
        return curriculum.create_program(request.member.organization, by=request.member, **data)


class ProgramRow(Call):
    tag = "Programs"

    @shows("Show a program", gives=ProgramShown)
    def get(self, request: ApiRequest, pk: int) -> Program:
        """One program."""
        return program(request, pk)

    @does("Change a program", takes=ChangedProgram, gives=ProgramShown, partial=True, keyed=False)
    def patch(self, request: ApiRequest, pk: int, data: dict[str, Any]) -> Program:
        """Name, cadence, horizon and target; the pillar stays. Needs the version that you read. For administrators."""
        known = known_as(data.pop("version"), OF_PROGRAM, data)
        return curriculum.change_program(program(request, pk), by=request.member, known=known, **data)


class ArchiveProgram(Call):
    tag = "Programs"

    @does("Archive a program", gives=ProgramShown)
    def post(self, request: ApiRequest, pk: int, data: dict[str, Any]) -> Program:
        """Out of the lists, once nobody learns in it. For administrators."""
        return curriculum.archive_program(program(request, pk), by=request.member)


class RestoreProgram(Call):
    tag = "Programs"

    @does("Restore a program", gives=ProgramShown)
    def post(self, request: ApiRequest, pk: int, data: dict[str, Any]) -> Program:
        """Back into the lists. For administrators."""
        return curriculum.restore_program(program(request, pk), by=request.member)


class Cohorts(Call):
    tag = "Programs"

    @shows("List cohorts", gives=CohortShown, many=True, filters=CohortFilters)
    def get(self, request: ApiRequest, program: int | None = None) -> QuerySet[Cohort]:
        """Those of your organization, for administrators."""
        return cohorts(request).filter(program=program) if program else cohorts(request)

    @does(
        "Create a cohort", takes=NewCohort, gives=CohortShown, status=201,
        example={"program": 1, "name": "North, autumn", "starts_on": "2026-09-07", "managers": []},
    )  # fmt: skip
    def post(self, request: ApiRequest, data: dict[str, Any]) -> Cohort:
        """The group of learners of one run of a program, with its managers. For administrators."""
        return curriculum.create_cohort(data.pop("program"), by=request.member, **data)


class CohortRow(Call):
    tag = "Programs"

    @shows("Show a cohort", gives=CohortShown)
    def get(self, request: ApiRequest, pk: int) -> Cohort:
        """One cohort."""
        return get_object_or_404(cohorts(request), pk=pk)

    @does("Change a cohort", takes=ChangedCohort, gives=CohortShown, partial=True, keyed=False)
    def patch(self, request: ApiRequest, pk: int, data: dict[str, Any]) -> Cohort:
        """Name, dates and managers. Needs the version that you read. For administrators."""
        known, cohort = known_as(data.pop("version"), OF_COHORT, data), get_object_or_404(cohorts(request), pk=pk)
        return curriculum.change_cohort(cohort, by=request.member, known=known, **data)


def programs(request: ApiRequest) -> QuerySet[Program]:
    return Program.objects.visible_to(request.member).select_related("pillar")


def program(request: ApiRequest, pk: int) -> Program:
    return get_object_or_404(programs(request), pk=pk)


def cohorts(request: ApiRequest) -> QuerySet[Cohort]:
    return Cohort.objects.visible_to(request.member).select_related("program").with_managers()
