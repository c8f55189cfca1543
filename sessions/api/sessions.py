"""Micro-sessions: listing, planning, logging, editing. What a coach prepared is shown to that coach alone."""

from typing import Any
from uuid import uuid4

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from coachhub.api.filters import Moment, Number
from coachhub.api.given import Given, Instant, Line, OneOf, Row, Text, Whole
from coachhub.api.shown import Shown
from programs.api.calls import Call, does, shows
from programs.api.library import OwnWords
from programs.api.shapes import PersonShown
from programs.api.tokens import ApiRequest
from programs.models import Behaviour, Blueprint, Enrolment, Member, Pillar
from sessions.api.doors import coached, one, sessions_of
from sessions.domain import logging_held, planning
from sessions.domain.content import Content
from sessions.domain.texts import Kept
from sessions.models import MicroSession, PractiseOn, Status

PREPARED = ("blueprint", "difficulty", "difficulty_reason", "demonstration", "job_aid", "constraint")
DETAILS = ("minutes_planned", "focus", "success_criterion", "practise_on", "reference", *PREPARED)
NAMES = {"when": "scheduled_for"}


class FocusShown(OwnWords):
    """The behaviour that a session is about, called as its rubric calls it."""

    class Meta(OwnWords.Meta):
        fields = ("id", "key", "name")


class Prepared(Shown[MicroSession]):
    """What the coach chose and prepared."""

    class Meta:
        model = MicroSession
        fields = PREPARED


class SessionShown(Shown[MicroSession]):
    route = "api:micro"
    learner = PersonShown()
    coach = PersonShown()
    focus = FocusShown(source="focus_criterion")
    prepared = serializers.SerializerMethodField(help_text="For its coach; null for the learner.")
    move_asked_note = serializers.SerializerMethodField(help_text="What the learner says to a wish that is open.")
    goal_version = serializers.SerializerMethodField(help_text="To be sent along with another goal; 0 for none.")

    class Meta:
        model = MicroSession
        fields = (
            "id", "enrolment", "learner", "coach", "status", "scheduled_for", "minutes_planned", "rubric", "focus",
            "success_criterion", "practise_on", "reference", "prepared", "schedule_sequence", "move_asked_at",
            "move_asked_note", "extra", "logged", "phase", "phase_started_at", "learner_goal", "goal_version",
            "started_at", "ended_at", "minutes_actual", "ended_by_itself", "opens_at", "revealed_at", "closed_at",
            "met_confirmed_at", "cancelled_at", "cancel_note", "missed_at", "version",
        )  # fmt: skip

    @extend_schema_field(Prepared(allow_null=True))
    def get_prepared(self, micro: MicroSession) -> Any:
        return Prepared(micro).data if micro.coach_id == self.context["member"].pk else None

    def get_move_asked_note(self, micro: MicroSession) -> str:
        return micro.move_asked_note if micro.move_asked_at else ""

    def get_goal_version(self, micro: MicroSession) -> int:
        return Kept(micro.learner_goal).version


def planned_by(member: Member) -> QuerySet[Enrolment]:
    """Enrolments for which one may plan today, with what planning reads."""
    found = Enrolment.objects.planned_by(member, on=timezone.localdate())
    people = found.select_related("learner__organization", "coach", "program", "pillar")
    return people.prefetch_related("usual_slots", "substitutes")


def behaviours_for(member: Member) -> QuerySet[Behaviour]:
    return Behaviour.objects.order_by("pk").filter(pillar__in=Pillar.objects.visible_to(member))


class Plan(Given):
    """What a session is about; texts left out come from the behaviour and the case, on "work" only its job aid."""

    minutes_planned = Whole(min_value=10, max_value=20, required=False, help_text="Else the program's.")
    focus = Row(behaviours_for)
    blueprint = Row(Blueprint.objects.visible_to, required=False, allow_null=True)
    success_criterion = Line(max_length=300, required=False, allow_blank=True)
    practise_on = OneOf(PractiseOn.choices, required=False)
    reference = Line(max_length=200, required=False, allow_blank=True)
    difficulty = Whole(min_value=1, max_value=4, required=False)
    difficulty_reason = Line(max_length=200, required=False, allow_blank=True)
    demonstration = Text(max_length=800, required=False, allow_blank=True)
    job_aid = Text(max_length=800, required=False, allow_blank=True)
    constraint = Line(max_length=200, required=False, allow_blank=True)


class NewSession(Plan):
    enrolment = Row(planned_by)
    scheduled_for = Instant()


class HeldSession(Plan):
    enrolment = Row(planned_by)
    held_at = Instant(help_text="When it started.")
    minutes = Whole(min_value=1, max_value=180, help_text="Those it really took.")


class EditedSession(Plan):
    always = ("version",)
    focus = Row(behaviours_for, required=False)
    version = Whole(min_value=1, max_value=2**31 - 1, help_text="The one you read.")


class SessionFilters(Given):
    status = OneOf(Status.choices, required=False)
    enrolment = Number()
    scheduled_from = Moment()
    scheduled_to = Moment(help_text="Not included.")


class Sessions(Call):
    tag = "Sessions"

    @shows("List sessions", gives=SessionShown, many=True, newest_first=True, filters=SessionFilters)
    def get(self, request: ApiRequest, **chosen: Any) -> QuerySet[MicroSession]:
        """Those you coach or are coached in."""
        fields = {"scheduled_from": "scheduled_for__gte", "scheduled_to": "scheduled_for__lt"}
        return sessions_of(request).filter(**{fields.get(name, name): value for name, value in chosen.items()})

    @does(
        "Plan a session", takes=NewSession, gives=SessionShown, status=201, names=NAMES,
        example={"enrolment": 1, "scheduled_for": "2026-03-05T14:10:00+01:00", "focus": 1, "practise_on": "work"},
    )  # fmt: skip
    def post(self, request: ApiRequest, data: dict[str, Any]) -> MicroSession:
        """The learner is told, with a calendar entry. For the coach of the enrolment, or who stands in on that day."""
        enrolment, at = data.pop("enrolment"), data.pop("scheduled_for")
        micro = planning.plan(
            enrolment, by=request.member, scheduled_for=at, details=content(data, enrolment), form_key=uuid4()
        )
        return one(request, micro.pk)


class LogSession(Call):
    tag = "Sessions"

    @does(
        "Log a session that was held", takes=HeldSession, gives=SessionShown, status=201, names=NAMES,
        example={"enrolment": 1, "held_at": "2026-03-05T14:10:00+01:00", "minutes": 14, "focus": 1},
    )  # fmt: skip
    def post(self, request: ApiRequest, data: dict[str, Any]) -> MicroSession:
        """It was not started here and enters at "to finish"; the learner is asked to rate and reflect."""
        enrolment, at, minutes = (data.pop(name) for name in ("enrolment", "held_at", "minutes"))
        details = content(data, enrolment)
        micro = logging_held.log_held(
            enrolment, by=request.member, held_at=at, minutes=minutes, details=details, form_key=uuid4()
        )
        return one(request, micro.pk)


class SessionRow(Call):
    tag = "Sessions"

    @shows("Show a session", gives=SessionShown)
    def get(self, request: ApiRequest, pk: int) -> MicroSession:
        """One session; ratings, feedback, plan and reflection have addresses of their own."""
        return one(request, pk)

    @does("Edit a planned session", takes=EditedSession, gives=SessionShown, keyed=False, names=NAMES)
    def patch(self, request: ApiRequest, pk: int, data: dict[str, Any]) -> MicroSession:
        """What it is about; its time is moved, not edited. Needs the version that you read."""
        micro = coached(request, pk)
        version = data.pop("version")
        now = {name: getattr(micro, name) for name in DETAILS}
        planning.edit(micro, by=request.member, details=Content(**(now | data)), version=version)
        return one(request, pk)


def content(data: dict[str, Any], enrolment: Enrolment) -> Content:
    """The plan, with the program's minutes unless others are given."""
    return Content(**({"minutes_planned": enrolment.program.minutes} | data))
