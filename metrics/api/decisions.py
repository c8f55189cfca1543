"""Decisions: made from a figure, told to learners, compared and closed at the check date."""

from typing import Any
from uuid import uuid4

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from rest_framework import serializers

from coachhub.api.filters import YesNo
from coachhub.api.given import Day, Given, Line, OneOf, Row, Whole
from coachhub.api.shown import Shown
from coachhub.errors import Invalid
from metrics.api.figures import figures_for, published
from metrics.domain import decisions, proposals
from metrics.domain.decisions import Terms
from metrics.models import Decision, Group
from programs.api.calls import Call, does, shows
from programs.api.shapes import PersonShown
from programs.api.tokens import ApiRequest
from programs.models import Member

TERMS = ("insight", "adjustment", "what", "owner", "check_on", "told_to_learners")


class DecisionShown(Shown[Decision]):
    route = "api:decision"
    owner = PersonShown()
    outcome = serializers.ChoiceField(Decision.Outcome.choices, allow_blank=True)

    class Meta:
        model = Decision
        fields = (
            "id", "group_identity", "group_name", "measure", *TERMS, "created_at", "shared_at", "closed_at", "outcome",
            "outcome_note", "version",
        )  # fmt: skip


class ToldShown(Shown[Decision]):
    """What learners are told."""

    route = "api:decision"

    class Meta:
        model = Decision
        fields = ("id", "told_to_learners", "shared_at")


class Decided(Given):
    """One adjustment at a time: only then can the next figures tell whether it helped."""

    insight = Line(max_length=300, required=False, help_text="Else the figure as a sentence.")
    adjustment = OneOf(Decision.Adjustment.choices)
    what = Line(max_length=200, required=False, allow_blank=True, help_text="What changes; not for `leave`.")
    owner = Whole(min_value=1, required=False, help_text="A member; else yourself.")
    check_on = Day(required=False, help_text="Else the day of the first figures after it.")
    told_to_learners = Line(max_length=200, required=False, allow_blank=True)


class NewDecision(Decided):
    figure = Row(figures_for)


class EditedDecision(Decided):
    always = ("version",)
    adjustment = OneOf(Decision.Adjustment.choices, required=False)
    version = Whole(min_value=1, max_value=2**31 - 1, help_text="The one you read.")


class Read(Given):
    version = Whole(min_value=1, max_value=2**31 - 1, help_text="The one you read: another one is answered by 409.")


class Outcome(Read):
    outcome = OneOf(Decision.Outcome.choices)
    outcome_note = Line(max_length=300, required=False, allow_blank=True, help_text="What you saw.")


class DecisionFilters(Given):
    open = YesNo()


class Decisions(Call):
    tag = "Figures and decisions"

    @shows("List decisions", gives=DecisionShown, many=True, newest_first=True, filters=DecisionFilters)
    def get(self, request: ApiRequest, open: bool | None = None) -> QuerySet[Decision]:
        """Your own, and those about groups of which you manage a cohort."""
        found = decisions_of(request)
        return found if open is None else found.filter(closed_at__isnull=open)

    @does(
        "Make a decision", takes=NewDecision, gives=DecisionShown, status=201,
        example={"figure": 1, "adjustment": "relevance", "what": "Practise on own calls"},
    )  # fmt: skip
    def post(self, request: ApiRequest, data: dict[str, Any]) -> Decision:
        """About one published figure. For managers. The terms of an open one of yours give that one, not a second."""
        figure = data.pop("figure")
        proposal = proposals.propose(figure, request.member)
        start = {
            "insight": proposal.insight, "check_on": proposal.check_on, "what": "", "owner": request.member,
            "told_to_learners": "",
        }  # fmt: skip
        terms = Terms(**(start | with_owner(data, figure.group, request.member)))
        return decisions.make(figure, by=request.member, terms=terms, form_key=uuid4())


class DecisionRow(Call):
    tag = "Figures and decisions"

    @shows("Show a decision", gives=DecisionShown)
    def get(self, request: ApiRequest, pk: int) -> Decision:
        """From its insight to its outcome."""
        return one(request, pk)

    @does("Edit a decision", takes=EditedDecision, gives=DecisionShown, keyed=False)
    def patch(self, request: ApiRequest, pk: int, data: dict[str, Any]) -> Decision:
        """Other terms of an open one. Needs the version that you read. For its owner and whoever made it."""
        decision, version = one(request, pk), data.pop("version")
        decisions.check_can_change(request.member, decision)
        now = {name: getattr(decision, name) for name in TERMS}
        terms = Terms(**(now | with_owner(data, decision.group, request.member)))
        return decisions.edit(decision, by=request.member, terms=terms, version=version)


class Leave(Call):
    tag = "Figures and decisions"

    @does("Leave a figure as it is", gives=DecisionShown, status=201)
    def post(self, request: ApiRequest, pk: int, data: dict[str, Any]) -> Decision:
        """A decision too: it is checked like any other. For managers."""
        figure = published(request, pk)
        insight = proposals.propose(figure, request.member).insight
        return decisions.leave(figure, by=request.member, insight=insight, form_key=uuid4())


class Share(Call):
    tag = "Figures and decisions"

    @does("Share a decision", takes=Read, gives=DecisionShown, example={"version": 1})
    def post(self, request: ApiRequest, pk: int, data: dict[str, Any]) -> Decision:
        """Learners of its cohorts read the sentence that you read on Today. For its owner and whoever made it."""
        return decisions.share(one(request, pk), by=request.member, version=data["version"])


class TakeBack(Call):
    tag = "Figures and decisions"

    @does("Take back what was shared", gives=DecisionShown)
    def post(self, request: ApiRequest, pk: int, data: dict[str, Any]) -> Decision:
        """Within ten minutes. For its owner and whoever made it."""
        return decisions.take_back(one(request, pk), by=request.member)


class CloseDecision(Call):
    tag = "Figures and decisions"

    @does("Close a decision", takes=Outcome, gives=DecisionShown, example={"outcome": "keep", "version": 1})
    def post(self, request: ApiRequest, pk: int, data: dict[str, Any]) -> Decision:
        """Keep, change or drop, with what was seen. Needs the version that you read. For its owner and whoever made it.

        One that somebody has closed in other words is answered by 409 with both; who has read that version may send
        it along for ten minutes to put the own words in its place.
        """
        return decisions.close(
            one(request, pk), by=request.member, outcome=data["outcome"], note=data.get("outcome_note", ""),
            version=data["version"],
        )  # fmt: skip


class Reopen(Call):
    tag = "Figures and decisions"

    @does("Reopen a decision", takes=Read, gives=DecisionShown, example={"version": 2})
    def post(self, request: ApiRequest, pk: int, data: dict[str, Any]) -> Decision:
        """Within ten minutes. For its owner and whoever made it."""
        return decisions.reopen(one(request, pk), by=request.member, version=data["version"])


class Told(Call):
    tag = "Figures and decisions"

    @shows("List what learners are told", gives=ToldShown, many=True, newest_first=True)
    def get(self, request: ApiRequest) -> QuerySet[Decision]:
        """Decisions shared back to cohorts in which you learn."""
        return Decision.objects.shared_with(request.member)


def decisions_of(request: ApiRequest) -> QuerySet[Decision]:
    return Decision.objects.visible_to(request.member).select_related("owner", "group")


def one(request: ApiRequest, pk: int) -> Decision:
    return get_object_or_404(decisions_of(request), pk=pk)


def with_owner(data: dict[str, Any], group: Group | None, by: Member) -> dict[str, Any]:
    """The terms given, with the owner as a member. Raises Invalid for somebody who may not open the figure."""
    if "owner" not in data:
        return data
    owner = decisions.owners_for(group, by=by).filter(pk=data["owner"]).first()
    if owner is None:
        raise Invalid(_("Choose a manager who may open this figure."), field="owner")
    return data | {"owner": owner}
