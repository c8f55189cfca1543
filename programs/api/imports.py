"""People from a CSV file: a dry run first, then the import, both in the background. For administrators."""

import gzip
from typing import Any

from django.core.files.base import File
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.parsers import MultiPartParser

from coachhub.api.given import Flag, Given
from coachhub.api.shown import Shown
from programs.api.calls import Call, FileCall, does, hands_out, shows
from programs.api.shapes import PersonShown
from programs.api.tokens import ApiRequest
from programs.domain.people_import import progress, work
from programs.models import PeopleImport

RUNNING = "checking and importing run in the background; checked waits for you."


class MistakeShown(serializers.Serializer[Any]):
    """Why a line stays out."""

    line = serializers.IntegerField()
    column = serializers.CharField()
    reason = serializers.CharField()


class EffectShown(serializers.Serializer[Any]):
    """What a line does to whom."""

    line = serializers.IntegerField()
    who = serializers.CharField()
    what = serializers.CharField()


class PeopleImportShown(Shown[PeopleImport]):
    """One file: its dry run, then what it did. The lines go after 7 days, the numbers stay."""

    route = "api:people-import"
    status = serializers.ChoiceField(PeopleImport.Status.choices, help_text=RUNNING)
    by = PersonShown(allow_null=True)
    percent = serializers.SerializerMethodField(help_text="While it runs; null when that is not known.")
    counts = serializers.DictField(child=serializers.IntegerField(), help_text="`bad_lines`, `people_new` and others.")
    mistakes = serializers.SerializerMethodField(help_text="The first 100.")
    changes = serializers.SerializerMethodField(help_text="The first 100.")
    new_cohorts = serializers.SerializerMethodField()
    unused_columns = serializers.SerializerMethodField()

    class Meta:
        model = PeopleImport
        fields = (
            "id", "file_name", "status", "by", "percent", "skips_bad", "counts", "mistakes", "changes", "new_cohorts",
            "unused_columns", "trouble", "created_at", "finished_at",
        )  # fmt: skip

    def get_percent(self, found: PeopleImport) -> int | None:
        return progress.percent(found.pk) if found.is_running else None

    @extend_schema_field(MistakeShown(many=True))
    def get_mistakes(self, found: PeopleImport) -> Any:
        return MistakeShown(found.shown.get("mistakes", []), many=True).data

    @extend_schema_field(EffectShown(many=True))
    def get_changes(self, found: PeopleImport) -> Any:
        return EffectShown(found.shown.get("changes", []), many=True).data

    def get_new_cohorts(self, found: PeopleImport) -> list[str]:
        return list(found.shown.get("new_cohorts", []))

    def get_unused_columns(self, found: PeopleImport) -> list[str]:
        return list(found.shown.get("ignored", []))


class CsvFile(serializers.FileField):
    """Not larger than an import may be, before any of it is read."""

    def to_internal_value(self, data: Any) -> "File[Any]":
        file = super().to_internal_value(data)
        work.check_size(file.size or 0)
        return file


class Upload(Given):
    file = CsvFile(max_length=200, allow_empty_file=True, use_url=False, help_text="CSV in UTF-8, at most 10 MB.")


class Run(Given):
    skip_bad = Flag(required=False, help_text="Leave out lines with mistakes; otherwise they stop it.")


class PeopleImports(Call):
    tag = "People"
    parser_classes = [MultiPartParser]

    @shows("List imports of people", gives=PeopleImportShown, many=True, newest_first=True)
    def get(self, request: ApiRequest) -> QuerySet[PeopleImport]:
        """Files of your organization, for administrators."""
        return imports(request)

    @does("Check a file of people", takes=Upload, gives=PeopleImportShown, status=201)
    def post(self, request: ApiRequest, data: dict[str, Any]) -> PeopleImport:
        """A dry run: nobody is changed. Read the import again until it is `checked`. For administrators.

        One file at a time; the columns stand in docs/import-people.md and in the example on the page.
        """
        file = data["file"]
        file.seek(0)
        return work.receive(by=request.member, file_name=file.name, content=file.read())


class PeopleImportRow(Call):
    tag = "People"

    @shows("Show an import of people", gives=PeopleImportShown)
    def get(self, request: ApiRequest, pk: int) -> PeopleImport:
        """How far it is, and the report by line."""
        return one(request, pk)

    @does("Discard an import of people", keyed=False)
    def delete(self, request: ApiRequest, pk: int, data: dict[str, Any]) -> None:
        """The file is deleted, nobody is changed; not once it was imported. For administrators."""
        work.discard(one(request, pk), by=request.member)


class RunPeopleImport(Call):
    tag = "People"

    @does("Import a checked file of people", takes=Run, gives=PeopleImportShown, example={"skip_bad": True})
    def post(self, request: ApiRequest, pk: int, data: dict[str, Any]) -> PeopleImport:
        """All of it or nothing. Nobody is invited by it. For administrators."""
        work.confirm(one(request, pk), by=request.member, skip_bad=data.get("skip_bad", False))
        return one(request, pk)


class PeopleImportReport(FileCall):
    tag = "People"

    @hands_out("Download the report of an import of people")
    def get(self, request: ApiRequest, pk: int) -> bytes:
        """Every line with what it does or why it stays out, as CSV; for 7 days."""
        return unpacked(get_object_or_404(imports(request), pk=pk, report__isnull=False).report)


class PeopleImportRejects(FileCall):
    tag = "People"

    @hands_out("Download the rejects of an import of people")
    def get(self, request: ApiRequest, pk: int) -> bytes:
        """The lines with mistakes as they were sent, each with its reasons, as CSV to be corrected; for 7 days."""
        return unpacked(get_object_or_404(imports(request), pk=pk, rejects__isnull=False).rejects)


def unpacked(packed: bytes | memoryview | None) -> bytes:
    return gzip.decompress(packed or b"")


def imports(request: ApiRequest) -> QuerySet[PeopleImport]:
    return PeopleImport.objects.visible_to(request.member).light().select_related("by")


def one(request: ApiRequest, pk: int) -> PeopleImport:
    return get_object_or_404(imports(request), pk=pk)
