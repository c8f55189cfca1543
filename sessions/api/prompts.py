"""Prompts and answers: the learner's own; their coach reads them. And pausing, stopping, starting them."""

from collections.abc import Callable
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from rest_framework import serializers

from coachhub.api.filters import Number
from coachhub.api.given import Given, OneOf, Text, Whole
from coachhub.api.shown import Shown
from programs.api.calls import Call, does, shows
from programs.api.people import MeShown
from programs.api.shapes import PersonShown
from programs.api.tokens import ApiRequest
from programs.models import Member
from sessions.api.doors import coached
from sessions.domain import prompts, told, wishes
from sessions.domain.wishes import Wish
from sessions.models import ImprovementPlan, Prompt

OF_A_PROMPT = [(wish.value, wish.value) for wish in (Wish.FEWER, Wish.NEW_PLAN, Wish.SNOOZE)]


class PlanOfPrompt(Shown[ImprovementPlan]):
    """What the question is about."""

    session = serializers.IntegerField(source="micro_id")

    class Meta:
        model = ImprovementPlan
        fields = ("session", "cue", "will", "measure")


class PromptShown(Shown[Prompt]):
    route = "api:prompt"
    enrolment = serializers.IntegerField(source="follow_up.enrolment_id")
    plan = PlanOfPrompt(source="follow_up.plan")
    told_to = PersonShown(
        allow_null=True, help_text="The coach who noted the answer in a talk; null where the learner gave it."
    )
    rate = serializers.IntegerField(source="follow_up.stretch", help_text="1, doubled by each wish for fewer.")

    class Meta:
        model = Prompt
        fields = (
            "id", "enrolment", "plan", "sequence", "question", "status", "due_at", "asked_at", "answer",
            "answered_at", "told_to", "note", "rate",
        )  # fmt: skip


class AnswerGiven(Given):
    answer = OneOf(Prompt.Answer.choices)
    note = Text(max_length=600, required=False, allow_blank=True)


class WishGiven(Given):
    wish = OneOf(OF_A_PROMPT)
    rate = Whole(min_value=1, max_value=8, required=False, help_text="With `fewer`: the one you read.")


class PromptFilters(Given):
    status = OneOf(Prompt.Status.choices, required=False)
    enrolment = Number()


class Prompts(Call):
    tag = "Prompts"

    @shows("List prompts", gives=PromptShown, many=True, newest_first=True, filters=PromptFilters)
    def get(self, request: ApiRequest, status: str = "", enrolment: int | None = None) -> QuerySet[Prompt]:
        """Your own, and those about plans of sessions you coached."""
        found = prompts_of(request)
        found = found.filter(status=status) if status else found
        return found.filter(follow_up__enrolment=enrolment) if enrolment else found


class PromptRow(Call):
    tag = "Prompts"

    @shows("Show a prompt", gives=PromptShown)
    def get(self, request: ApiRequest, pk: int) -> Prompt:
        """One question about one plan, with its answer."""
        return get_object_or_404(prompts_of(request), pk=pk)


class AnswerPrompt(Call):
    tag = "Prompts"

    @does("Answer a prompt", takes=AnswerGiven, gives=PromptShown, example={"answer": "as_planned"})
    def post(self, request: ApiRequest, pk: int, data: dict[str, Any]) -> Prompt:
        """The next one is planned; within 24 hours another answer takes its place. For the learner."""
        prompts.answer(get_object_or_404(prompts_of(request), pk=pk), by=request.member, **data)
        return get_object_or_404(prompts_of(request), pk=pk)


class ToldGiven(Given):
    answer = OneOf(Prompt.Answer.choices)


class Told(Call):
    tag = "Prompts"

    @does("Note what the learner told you", takes=ToldGiven, gives=PromptShown, example={"answer": "as_planned"})
    def post(self, request: ApiRequest, pk: int, data: dict[str, Any]) -> Prompt:
        """How the last plan went, said in this session; another answer takes its place. For its coach."""
        noted = told.note(coached(request, pk), by=request.member, **data)
        return get_object_or_404(prompts_of(request), pk=noted.pk)

    @does("Take out what the learner told you", keyed=False)
    def delete(self, request: ApiRequest, pk: int, data: dict[str, Any]) -> None:
        """The question waits as before; with nothing noted, nothing changes. For its coach."""
        told.take_out(coached(request, pk), by=request.member)


class WishAboutPrompt(Call):
    tag = "Prompts"

    @does("Say what you want of a prompt", takes=WishGiven, gives=PromptShown, example={"wish": "snooze"})
    def post(self, request: ApiRequest, pk: int, data: dict[str, Any]) -> Prompt:
        """Fewer of these, another plan, or not today. For the learner."""
        prompt = get_object_or_404(prompts_of(request), pk=pk)
        wishes.grant(prompt, by=request.member, wish=data["wish"], seen=str(data.get("rate", "")))
        return get_object_or_404(prompts_of(request), pk=pk)


def of_oneself(summary: str, about: str, do: Callable[..., Member]) -> type[Call]:
    """A call about all of one's prompts."""

    def post(self: Call, request: ApiRequest, data: dict[str, Any]) -> Member:
        do(by=request.member)
        request.member.refresh_from_db()
        return request.member

    post.__doc__ = about
    call = does(summary, gives=MeShown)(post)
    return type("".join(word.title() for word in summary.split()), (Call,), {"tag": "Prompts", "post": call})


Pause = of_oneself("Pause your prompts", "None for a week; the open ones come back afterwards.", wishes.pause)
Stop = of_oneself("Stop your prompts", "None until you start them again.", wishes.stop)
Begin = of_oneself("Start your prompts", "They come again: after a stop, a pause, or silence.", wishes.start)


def prompts_of(request: ApiRequest) -> QuerySet[Prompt]:
    return Prompt.objects.visible_to(request.member).select_related("told_to", "follow_up__plan")
