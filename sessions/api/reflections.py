"""Reflections: the learner's own; the coach's to read and answer once saved and revealed."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from coachhub.api.filters import YesNo
from coachhub.api.given import Given, Instant, Line, OneOf, Text, Whole
from coachhub.api.shown import Shown
from programs.api.calls import Call, does, shows
from programs.api.tokens import ApiRequest
from sessions.api.doors import learned
from sessions.api.record import VERSION
from sessions.domain import reflections, replies
from sessions.models import Reflection, Reply


class ReplyShown(Shown[Reply]):
    class Meta:
        model = Reply
        fields = ("id", "kind", "text", "created_at", "seen_at")


class ReflectionShown(Shown[Reflection]):
    route = "api:reflection"
    key = "micro_id"
    session = serializers.IntegerField(source="micro_id")
    updated_at = Instant(allow_null=True)
    replies = serializers.SerializerMethodField()

    class Meta:
        model = Reflection
        fields = (
            "session", "what_changed", "why_it_matters", "confidence", "saved_at", "read_at", "version", "updated_at",
            "replies",
        )  # fmt: skip

    @extend_schema_field(ReplyShown(many=True))
    def get_replies(self, reflection: Reflection) -> Any:
        rows = reflection.replies.all() if reflection.pk else ()
        return ReplyShown(rows, many=True).data


class Words(Given):
    what_changed = Text(max_length=2000, required=False, allow_blank=True)
    why_it_matters = Text(max_length=2000, required=False, allow_blank=True)
    confidence = OneOf(Reflection.Confidence.choices, required=False, allow_blank=True)
    version = Whole(**VERSION)  # type: ignore[arg-type]


class Shared(Words):
    cue = Line(max_length=200, allow_blank=True)
    will = Line(max_length=300, allow_blank=True)
    plan_version = Whole(**VERSION)  # type: ignore[arg-type]


class ReplyGiven(Given):
    kind = OneOf(Reply.Kind.choices)
    text = Text(max_length=1000, required=False, allow_blank=True, help_text="For `words`.")


class ReflectionFilters(Given):
    unread = YesNo(help_text="For the coach: not answered and not put aside.")


class Reflections(Call):
    tag = "Reflections"

    @shows("List reflections", gives=ReflectionShown, many=True, newest_first=True, filters=ReflectionFilters)
    def get(self, request: ApiRequest, unread: bool | None = None) -> QuerySet[Reflection]:
        """Your own, and the shared ones of sessions you coached."""
        if unread is None:
            return reflections_of(request)
        waiting = Reflection.objects.unread_by(request.member).values("pk")
        mine = reflections_of(request).filter(micro__coach=request.member)
        return mine.filter(pk__in=waiting) if unread else mine.exclude(pk__in=waiting)


class ReflectionRow(Call):
    tag = "Reflections"

    @shows("Show the reflection on a session", gives=ReflectionShown)
    def get(self, request: ApiRequest, pk: int) -> Reflection:
        """For the learner also the draft, and version 0 when there is none; for the coach once shared and revealed."""
        own = request.member.own_sessions.filter(pk=pk).first()
        return reflections.reflection_of(own) if own else shared(request, pk)

    @does("Keep a draft of your reflection", takes=Words, gives=ReflectionShown, keyed=False)
    def put(self, request: ApiRequest, pk: int, data: dict[str, Any]) -> Reflection:
        """Only yours until you share it."""
        micro, version = learned(request, pk), data.pop("version")
        reflections.keep_draft(micro, by=request.member, fields=data, version=version, plan_version=0)
        return reflections.reflection_of(micro)


class ShareReflection(Call):
    tag = "Reflections"

    @does(
        "Share your reflection", takes=Shared, gives=ReflectionShown,
        example={
            "what_changed": "I let her finish.", "why_it_matters": "She calmed down.", "confidence": "fairly",
            "cue": "a complaint starts", "will": "name the feeling first", "version": 0, "plan_version": 0,
        },
    )  # fmt: skip
    def post(self, request: ApiRequest, pk: int, data: dict[str, Any]) -> Reflection:
        """With the plan. The coach reads it once both ratings are open; it may close the session."""
        micro = learned(request, pk)
        reflections.save(micro, by=request.member, **data)
        return reflections.reflection_of(micro)


class Replies(Call):
    tag = "Reflections"

    @does("Reply to a reflection", takes=ReplyGiven, gives=ReflectionShown, example={"kind": "thanks"})
    def post(self, request: ApiRequest, pk: int, data: dict[str, Any]) -> Reflection:
        """Thanks, keep doing this ("use_this"), talk about it next time, or words. For the coach; marks it as read."""
        replies.reply(shared(request, pk), by=request.member, **data)
        return shared(request, pk)


class ReplyRow(Call):
    tag = "Reflections"

    @does("Take a reply back", keyed=False)
    def delete(self, request: ApiRequest, pk: int, reply: int, data: dict[str, Any]) -> None:
        """For ten minutes, until the learner has seen it. For the coach."""
        answer = get_object_or_404(shared(request, pk).replies.select_related("reflection__micro"), pk=reply)
        replies.take_back(answer, by=request.member)


class MarkRead(Call):
    tag = "Reflections"

    @does("Mark a reflection as read", gives=ReflectionShown)
    def post(self, request: ApiRequest, pk: int, data: dict[str, Any]) -> Reflection:
        """Puts it aside without an answer. For the coach."""
        replies.mark_read(shared(request, pk), by=request.member)
        return shared(request, pk)


class SeeReplies(Call):
    tag = "Reflections"

    @does("Mark replies as seen", gives=ReflectionShown)
    def post(self, request: ApiRequest, pk: int, data: dict[str, Any]) -> Reflection:
        """For the learner."""
        micro = learned(request, pk)
        reflections.mark_replies_seen(micro, by=request.member)
        return reflections.reflection_of(micro)


def reflections_of(request: ApiRequest) -> QuerySet[Reflection]:
    answers = Prefetch("replies", Reply.objects.order_by("created_at"))
    return Reflection.objects.visible_to(request.member).select_related("micro").prefetch_related(answers)


def shared(request: ApiRequest, pk: int) -> Reflection:
    """A reflection on a session that the member coached, once it is there to read. Raises Http404."""
    return get_object_or_404(reflections_of(request), micro=pk, micro__coach=request.member)
