"""Who changed what, for administrators: which row, who, which fields. Never what stood in them."""

from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from rest_framework import serializers

from coachhub.api.filters import Moment, Number
from coachhub.api.given import Given, Instant, OneOf
from coachhub.api.shown import Composed
from programs.api.calls import Call, shows
from programs.api.tokens import ApiRequest
from programs.domain.history import events
from programs.domain.history.kinds import choices
from programs.models import Member


class ChangeShown(Composed):
    """One change of one row. `by` is null for what CoachHub, a command or somebody by a link did."""

    id = serializers.IntegerField(source="pk")
    at = Instant(source="pgh_created_at")
    row = serializers.IntegerField(source="pgh_obj_id", help_text="The number of the person, enrolment and so on.")
    added = serializers.SerializerMethodField()
    by = serializers.IntegerField(allow_null=True, help_text="A member.")
    command = serializers.CharField(help_text="Which command did it, or nothing.")
    fields_changed = serializers.SerializerMethodField(help_text="Their names; none where the row was added.")

    def get_added(self, event: Any) -> bool:
        return bool(event.pgh_label == "insert")

    def get_fields_changed(self, event: Any) -> list[str]:
        before = event.before or {}
        changed = [name for name, value in event.now.items() if before.get(name) != value]
        names = ["email" if name == "user_id" else name.removesuffix("_id") for name in changed]
        return names if before else []


class ChangeFilters(Given):
    kind = OneOf(choices(), default="person")
    member = Number(help_text="Changes of this member, of what they have or had a part in, and by them.")
    since = Moment()


class Audit(Call):
    tag = "People"

    @shows("List changes", gives=ChangeShown, many=True, newest_first=True, filters=ChangeFilters)
    def get(
        self, request: ApiRequest, kind: str = "person", member: int | None = None, since: datetime | None = None
    ) -> QuerySet[Any]:
        """Who changed what in your organization, one kind at a time, without what stood there. For administrators."""
        people = Member.objects.visible_to(request.member)
        one = people.filter(pk=member) if member else None
        return events.of_kind(request.member, events.Wanted(people=one, kind=kind, since=since))
