"""People: oneself, and for administrators everybody of the organization."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from rest_framework import serializers

from coachhub.api.filters import YesNo
from coachhub.api.given import Email, Flag, Given, Line, OneOf, WallTime, Whole
from programs.access import Permission, Role, check
from programs.api.calls import Call, does, shows
from programs.api.shapes import OrganizationShown, sorted_once
from programs.api.tokens import ApiRequest
from programs.api.versions import Changed, Versioned, known_as
from programs.domain import addresses, invitations, members
from programs.domain.mail_addresses import validate_can_get_mail
from programs.models import Member
from programs.models.organizations import validate_timezone

TIMES = ("timezone", "holiday_region", "work_days", "work_start", "work_end")
SETTABLE = ("user.email", "name", "roles", "external_id", *TIMES)


class MemberShown(Versioned[Member]):
    route = "api:member"
    settable = SETTABLE
    email = serializers.EmailField(source="user.email")
    roles = serializers.ListField(child=serializers.ChoiceField(Role.choices))
    work_days = serializers.ListField(child=serializers.IntegerField(), help_text="0 is Monday.")
    work_start = WallTime()
    work_end = WallTime()

    class Meta:
        model = Member
        fields = (
            "id", "name", "email", "roles", "external_id", *TIMES, "invited_at", "joined_at", "deactivated_at",
            "version",
        )  # fmt: skip


class MeShown(MemberShown):
    route = "api:me"
    key = ""
    organization = OrganizationShown()
    prompt_time = WallTime(allow_null=True)

    class Meta:
        model = Member
        fields = (
            "id", "name", "email", "roles", "organization", *TIMES, "prompt_time", "keeps_words_out_of_mail",
            "prompts_paused_until", "prompts_stopped_at", "welcomed_at",
        )  # fmt: skip


class WorkingTimes(Given):
    """Name, zone and working hours."""

    name = Line(max_length=120)
    timezone = Line(max_length=64, required=False, validators=[validate_timezone], help_text="Such as Europe/Berlin.")
    holiday_region = Line(max_length=12, required=False, allow_blank=True, help_text="DE or DE-BY.")
    work_days = serializers.ListField(
        child=Whole(min_value=0, max_value=6), min_length=1, max_length=7, required=False, help_text="0 is Monday."
    )
    work_start = WallTime(required=False)
    work_end = WallTime(required=False)

    def validate_work_days(self, value: list[int]) -> list[int]:
        return sorted_once(value)


class OwnSettings(WorkingTimes):
    """What everybody sets for themselves."""

    prompt_time = WallTime(required=False, allow_null=True)
    keeps_words_out_of_mail = Flag(required=False)


class MemberSettings(WorkingTimes):
    """What an administrator sets on somebody."""

    roles = serializers.ListField(child=OneOf(Role.choices), min_length=1, max_length=4)
    external_id = Line(max_length=80, required=False, allow_blank=True)

    def validate_roles(self, value: list[str]) -> list[str]:
        return sorted_once(value)


class NewMember(MemberSettings):
    email = Email(max_length=254, validators=[validate_can_get_mail])


class ChangedMember(Changed, NewMember):
    """Parts of it; the version always."""


class MemberFilters(Given):
    role = OneOf(Role.choices, required=False)
    active = YesNo()
    email = Line(max_length=254, required=False)
    external_id = Line(max_length=80, required=False, help_text="The number that your own records know them by.")


class Me(Call):
    tag = "People"

    @shows("Show yourself", gives=MeShown)
    def get(self, request: ApiRequest) -> Member:
        """The member whose token this is."""
        return request.member

    @does("Change your own settings", takes=OwnSettings, gives=MeShown, partial=True, keyed=False)
    def patch(self, request: ApiRequest, data: dict[str, Any]) -> Member:
        """Name, time zone, working hours, the time of prompts, and how much stands in mails."""
        return members.change_own(request.member, by=request.member, **data)


class Welcome(Call):
    tag = "People"

    @does("Say that you have read who sees what", gives=MeShown)
    def post(self, request: ApiRequest, data: dict[str, Any]) -> Member:
        """A learner's first screen is then not shown by itself again. For learners."""
        check(request.member, Permission.LEARN)
        members.welcome(by=request.member)
        return reached(request).get(pk=request.member.pk)


class Members(Call):
    tag = "People"

    @shows("List people", gives=MemberShown, many=True, filters=MemberFilters)
    def get(
        self, request: ApiRequest, role: str = "", active: bool | None = None, email: str = "", external_id: str = ""
    ) -> QuerySet[Member]:
        """Administrators see everybody of their organization, others themselves."""
        wanted = {
            "roles__contains": [role] if role else None,
            "deactivated_at__isnull": active,
            "user__email__iexact": email or None,
            "external_id__iexact": external_id or None,
        }
        return reached(request).filter(**{lookup: value for lookup, value in wanted.items() if value is not None})

    @does(
        "Add a member", takes=NewMember, gives=MemberShown, status=201,
        example={"email": "noor@example.com", "name": "Noor Ali", "roles": ["learner"]},
    )  # fmt: skip
    def post(self, request: ApiRequest, data: dict[str, Any]) -> Member:
        """A new member, not yet invited. For administrators."""
        return members.add(request.member.organization, by=request.member, **data)


class MemberRow(Call):
    tag = "People"

    @shows("Show a member", gives=MemberShown)
    def get(self, request: ApiRequest, pk: int) -> Member:
        """One person of your organization; for others than administrators, oneself."""
        return one(request, pk)

    @does("Change a member", takes=ChangedMember, gives=MemberShown, partial=True, keyed=False)
    def patch(self, request: ApiRequest, pk: int, data: dict[str, Any]) -> Member:
        """Address, name, roles, personnel number, zone, working hours. Needs the version that you read.

        A new address signs in from now on, first by e-mailed code; the old one does not, and is told by mail. Password,
        sessions and API tokens end. Where `joined_at` is null afterwards, the new one needs an invitation first. For
        administrators; the last one keeps theirs.
        """
        known = known_as(data.pop("version"), SETTABLE, data)
        change = addresses.change_person if "email" in data else members.change
        return change(one(request, pk), by=request.member, known=known, **data)


class DeactivateMember(Call):
    tag = "People"

    @does("Deactivate a member", gives=MemberShown)
    def post(self, request: ApiRequest, pk: int, data: dict[str, Any]) -> Member:
        """Ends logins, tokens, prompts and enrolments at once; the history stays. For administrators."""
        return members.deactivate(one(request, pk), by=request.member)


class ReactivateMember(Call):
    tag = "People"

    @does("Reactivate a member", gives=MemberShown)
    def post(self, request: ApiRequest, pk: int, data: dict[str, Any]) -> Member:
        """Lets somebody back in with the roles they had. For administrators."""
        return members.reactivate(one(request, pk), by=request.member)


class InviteMember(Call):
    tag = "People"

    @does("Invite a member", gives=MemberShown)
    def post(self, request: ApiRequest, pk: int, data: dict[str, Any]) -> Member:
        """Mails a one-time link that is good for 14 days; an earlier one stops working. For administrators."""
        invitations.invite(one(request, pk), by=request.member)
        return one(request, pk)


def reached(request: ApiRequest) -> QuerySet[Member]:
    return Member.objects.visible_to(request.member).select_related("user", "organization")


def one(request: ApiRequest, pk: int) -> Member:
    return get_object_or_404(reached(request), pk=pk)
