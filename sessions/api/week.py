"""A coach's week from usual slots: what is proposed, accepting it, taking it back."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.urls import reverse
from django.utils import timezone
from rest_framework import serializers

from coachhub.api.given import Day, Given, Instant, Whole
from coachhub.api.shown import Composed
from programs.access import Permission, check
from programs.api.calls import Call, does, shows
from programs.api.shapes import PersonShown
from programs.api.tokens import ApiRequest
from sessions.api.sessions import FocusShown, SessionShown
from sessions.domain import week, week_undo
from sessions.domain.week import Item, LeftOut, Week


@dataclass(frozen=True)
class Found:
    """A week, with how many of its sessions can still be taken back and until when."""

    week: Week
    untold: int
    told_at: datetime | None

    @property
    def monday(self) -> date:
        return self.week.monday


class WeekItemShown(serializers.Serializer[Item]):
    """A session that is proposed, ready to be accepted as it is."""

    enrolment = serializers.IntegerField(source="proposal.enrolment.pk")
    learner = PersonShown(source="proposal.enrolment.learner")
    scheduled_for = Instant(source="proposal.at")
    minutes_planned = serializers.IntegerField(source="proposal.minutes")
    focus = FocusShown(source="proposal.criterion")
    because = serializers.CharField(source="proposal.because")
    blueprint = serializers.IntegerField(source="proposal.blueprint.pk", allow_null=True, default=None)
    success_criterion = serializers.CharField(source="proposal.success")
    difficulty = serializers.IntegerField(source="proposal.difficulty")
    clash = serializers.CharField(help_text="What is in its way; empty when nothing is.")
    taken = serializers.BooleanField(help_text="Whether the page would tick it: not where something is in its way.")


class LeftOutShown(serializers.Serializer[LeftOut]):
    """A usual slot that is not proposed."""

    enrolment = serializers.IntegerField(source="enrolment.pk")
    learner = PersonShown(source="enrolment.learner")
    scheduled_for = Instant(source="at")
    why = serializers.CharField()


class WeekShown(Composed):
    route = "api:week"
    monday = serializers.DateField()
    proposals = WeekItemShown(many=True, source="week.items")
    planned = SessionShown(many=True, source="week.planned")
    left_out = LeftOutShown(many=True, source="week.left_out")
    without_slot = serializers.SerializerMethodField(help_text="Enrolments that have no usual slot.")
    untold = serializers.IntegerField(help_text="How many of its sessions can still be taken back.")
    told_at = Instant(allow_null=True, help_text="When the first learner is told; until then it can be taken back.")

    @classmethod
    def address(cls, row: Found) -> str:
        return f"{reverse(cls.route)}?day={row.monday}"

    def get_without_slot(self, found: Found) -> list[int]:
        return [enrolment.pk for enrolment in found.week.without_slot]


class ChosenWeek(Given):
    day = Day(required=False, help_text="Any day of the week; without one, next week.")


class Wanted(Given):
    enrolment = Whole(min_value=1, max_value=2**63 - 1)
    scheduled_for = Instant()


class Accepted(Given):
    day = Day(help_text="Any day of the week.")
    take = serializers.ListField(child=Wanted(), min_length=1, max_length=500, help_text="Proposals of that week.")


class TakenBack(Given):
    day = Day(help_text="Any day of the week.")


class WeekRow(Call):
    tag = "Sessions"

    @shows("Propose a week", gives=WeekShown, filters=ChosenWeek, also=(403, 409))
    def get(self, request: ApiRequest, day: date | None = None) -> Found:
        """From the usual slots of all your learners, with what is planned already and what is left out. For coaches.

        This week and the next 26; another one is answered by 409.
        """
        return found_in(request, day)


class AcceptWeek(Call):
    tag = "Sessions"

    @does(
        "Accept a week", takes=Accepted, gives=WeekShown,
        example={"day": "2026-03-02", "take": [{"enrolment": 1, "scheduled_for": "2026-03-05T14:10:00+01:00"}]},
    )  # fmt: skip
    def post(self, request: ApiRequest, data: dict[str, Any]) -> Found:
        """Plans the proposals that you name, all or none. What is no longer proposed is left out. For coaches.

        Learners are told after ten minutes; who meets within two hours is told at once.
        """
        check(request.member, Permission.COACH)
        wanted = [(each["enrolment"], each["scheduled_for"]) for each in data["take"]]
        week.accept(request.member, week.monday_of(data["day"]), wanted)
        return found_in(request, data["day"])


class TakeBackWeek(Call):
    tag = "Sessions"

    @does("Take back a week", takes=TakenBack, gives=WeekShown, example={"day": "2026-03-02"})
    def post(self, request: ApiRequest, data: dict[str, Any]) -> Found:
        """What was accepted and no learner has been told of, as if it had never been planned. For coaches."""
        check(request.member, Permission.COACH)
        week_undo.take_back(request.member, week.monday_of(data["day"]))
        return found_in(request, data["day"])


def found_in(request: ApiRequest, day: date | None) -> Found:
    check(request.member, Permission.COACH)
    monday = week.monday_of(day or timezone.localdate() + timedelta(weeks=1))
    untold = week_undo.untold(request.member, monday).count()
    return Found(week.propose_week(request.member, monday), untold, week_undo.told_at(request.member, monday))
