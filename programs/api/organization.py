"""Settings of the organization. For administrators."""

from typing import Any

from rest_framework import serializers

from coachhub.api.given import Day, Line, Text, Whole
from programs.access import Permission, check
from programs.api.calls import Call, does, shows
from programs.api.tokens import ApiRequest
from programs.api.versions import Changed, Versioned, known_as
from programs.domain import people
from programs.models import Organization
from programs.models.organizations import validate_timezone

SETTINGS = (
    "name", "timezone", "holiday_region", "smallest_group", "sponsor_name", "sponsor_statement", "sponsor_signed_on",
)  # fmt: skip


class SettingsShown(Versioned[Organization]):
    route = "api:organization"
    key = ""
    settable = SETTINGS
    least_people = serializers.IntegerField(help_text="How many people a published group has at the least.")

    class Meta:
        model = Organization
        fields = ("id", *SETTINGS, "least_people", "version")


class ChangedSettings(Changed):
    """Parts of it; the version always."""

    name = Line(max_length=120)
    timezone = Line(max_length=64, validators=[validate_timezone], help_text="Such as Europe/Berlin.")
    holiday_region = Line(max_length=12, allow_blank=True, help_text="DE or DE-BY.")
    smallest_group = Whole(min_value=5, max_value=32767, help_text="Besides the one who looks.")
    sponsor_name = Line(max_length=120, allow_blank=True)
    sponsor_statement = Text(max_length=600, allow_blank=True)
    sponsor_signed_on = Day(allow_null=True)


class Settings(Call):
    tag = "People"

    @shows("Show the settings of the organization", gives=SettingsShown, also=(403,))
    def get(self, request: ApiRequest) -> Organization:
        """Name, time zone, public holidays, the smallest group, who stands behind it. For administrators."""
        check(request.member, Permission.MANAGE_PEOPLE)
        return request.member.organization

    @does(
        "Change the settings of the organization", takes=ChangedSettings, gives=SettingsShown, partial=True, keyed=False
    )
    def patch(self, request: ApiRequest, data: dict[str, Any]) -> Organization:
        """Needs the version that you read. For administrators."""
        known = known_as(data.pop("version"), SETTINGS, data)
        return people.change_organization(request.member.organization, by=request.member, known=known, **data)
