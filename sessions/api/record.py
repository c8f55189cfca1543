"""The record of a session: one line to keep, one to change, and the plan that both write."""

from dataclasses import dataclass
from typing import Any, ClassVar

from rest_framework import serializers

from coachhub.api.given import Given, Instant, Line, Text, Whole
from coachhub.api.shown import Composed, Shown
from programs.api.calls import Call, does, shows
from programs.api.tokens import ApiRequest
from sessions.api.doors import coached, one
from sessions.domain import closing, feedback, plans
from sessions.models import Feedback, ImprovementPlan, MicroSession

VERSION = {"min_value": 0, "max_value": 2**31 - 1, "help_text": "The one you read; 0 when there was none yet."}


@dataclass(frozen=True)
class Items:
    session: int
    keep: Feedback | None
    change: Feedback | None


class ItemShown(Shown[Feedback]):
    """One item: a line, and folded what was done, how, its impact and the next step."""

    class Meta:
        model = Feedback
        fields = ("behaviour", "line", "did", "how", "impact", "next_step", "version", "updated_at")


class FeedbackShown(Composed):
    """What the coach said. For the learner empty until the reveal: it would tell the rating."""

    route = "api:feedback"
    key = "session"
    session = serializers.IntegerField()
    keep = ItemShown(allow_null=True)
    change = ItemShown(allow_null=True)


class Item(Given):
    behaviour = Whole(
        min_value=1, max_value=2**31 - 1, required=False, help_text="One of the session's rubric. Unsaid, the focus."
    )
    line = Line(max_length=300, required=False, allow_blank=True)
    did = Text(max_length=600, required=False, allow_blank=True)
    how = Text(max_length=600, required=False, allow_blank=True)
    impact = Text(max_length=600, required=False, allow_blank=True)
    next_step = Text(max_length=600, required=False, allow_blank=True)
    version = Whole(**VERSION)  # type: ignore[arg-type]


class FeedbackRow(Call):
    tag = "Feedback and plan"

    @shows("Show the feedback of a session", gives=FeedbackShown)
    def get(self, request: ApiRequest, pk: int) -> Items:
        """One thing to keep and one to change."""
        return items_of(one(request, pk), request)


class WriteItem(Call):
    tag = "Feedback and plan"
    kind: ClassVar[str] = Feedback.Kind.KEEP

    def write(self, request: ApiRequest, pk: int, data: dict[str, Any]) -> Items:
        micro = coached(request, pk)
        feedback.write(micro, by=request.member, kind=self.kind, **data)
        return items_of(micro, request)


class Keep(WriteItem):
    @does("Write what to keep", takes=Item, gives=FeedbackShown, keyed=False)
    def put(self, request: ApiRequest, pk: int, data: dict[str, Any]) -> Items:
        """Saves the texts given, leaves the others. For the coach, until it is closed."""
        return self.write(request, pk, data)


class Change(WriteItem):
    kind = Feedback.Kind.CHANGE

    @does("Write what to change", takes=Item, gives=FeedbackShown, keyed=False)
    def put(self, request: ApiRequest, pk: int, data: dict[str, Any]) -> Items:
        """Saves the texts given, leaves the others. For the coach, until it is closed."""
        return self.write(request, pk, data)


class PlanShown(Shown[ImprovementPlan]):
    """When [cue] I will [behaviour]. `version` is 0 while nobody has begun one."""

    route = "api:plan"
    key = "micro_id"
    session = serializers.IntegerField(source="micro_id")
    updated_at = Instant(allow_null=True)

    class Meta:
        model = ImprovementPlan
        fields = ("session", "cue", "will", "measure", "next_touchpoint", "version", "updated_at")


class PlanGiven(Given):
    cue = Line(max_length=200, required=False, allow_blank=True)
    will = Line(max_length=300, required=False, allow_blank=True)
    measure = Line(max_length=300, required=False, allow_blank=True)
    next_touchpoint = Instant(required=False, allow_null=True)
    version = Whole(**VERSION)  # type: ignore[arg-type]


class PlanRow(Call):
    tag = "Feedback and plan"

    @shows("Show the plan of a session", gives=PlanShown)
    def get(self, request: ApiRequest, pk: int) -> ImprovementPlan:
        """The improvement plan that both write; never sealed."""
        return plans.draft_of(one(request, pk))

    @does(
        "Write the plan of a session", takes=PlanGiven, gives=PlanShown, keyed=False,
        example={"cue": "a complaint starts", "will": "name the feeling first", "version": 0},
    )  # fmt: skip
    def put(self, request: ApiRequest, pk: int, data: dict[str, Any]) -> ImprovementPlan:
        """Saves the fields given, leaves the others. Closes the session when this was all that it still missed."""
        micro = one(request, pk)
        plans.write(micro, by=request.member, **data)
        if micro.learner_id == request.member.pk:
            closing.close_if_ready(micro)
        return plans.draft_of(micro)


def items_of(micro: MicroSession, request: ApiRequest) -> Items:
    found = feedback.items_of(micro, by=request.member)
    return Items(micro.pk, found.get(Feedback.Kind.KEEP), found.get(Feedback.Kind.CHANGE))
