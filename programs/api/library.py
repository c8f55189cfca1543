"""The library: pillars with their behaviours, frozen rubric versions, blueprints. Read only; it comes from files."""

from django.db.models import Prefetch, QuerySet
from django.shortcuts import get_object_or_404
from rest_framework import serializers

from coachhub.api.filters import Number
from coachhub.api.given import Given
from coachhub.api.shown import Shown
from programs.api.calls import Call, shows
from programs.api.tokens import ApiRequest
from programs.models import Behaviour, Blueprint, Criterion, Level, Pillar, Question, Rubric

WORDED = ("id", "key", "name", "what", "frequency", "timing", "tone", "audience", "success", "example")


class BehaviourShown(Shown[Behaviour]):
    """An observable action in its newest words: what one sees or hears, and when it counts."""

    class Meta:
        model = Behaviour
        fields = WORDED


class QuestionShown(Shown[Question]):
    """A follow-up question."""

    class Meta:
        model = Question
        fields = ("key", "text")


class PillarShown(Shown[Pillar]):
    route = "api:pillar"
    behaviours = BehaviourShown(many=True)
    questions = QuestionShown(many=True)
    rubric = serializers.SerializerMethodField(help_text="The newest published version.")

    class Meta:
        model = Pillar
        fields = ("id", "key", "name", "short", "outcome", "purpose", "rubric", "behaviours", "questions")

    def get_rubric(self, pillar: Pillar) -> int | None:
        return next((rubric.pk for rubric in pillar.rubrics.all()), None)


class LevelShown(Shown[Level]):
    class Meta:
        model = Level
        fields = ("value", "anchor")


class OwnWords(Shown[Criterion]):
    """The same as its rubric words it."""

    id = serializers.IntegerField(source="behaviour_id")
    key = serializers.SlugField(source="behaviour.key")  # type: ignore[assignment]  # a field, taken off the class

    class Meta:
        model = Criterion
        fields: tuple[str, ...] = WORDED


class CriterionShown(Shown[Criterion]):
    """One behaviour with its four anchored levels."""

    behaviour = OwnWords(source="*")
    levels = LevelShown(many=True)

    class Meta:
        model = Criterion
        fields = ("id", "position", "meets_level", "behaviour", "levels")


class RubricShown(Shown[Rubric]):
    route = "api:rubric"
    criteria = CriterionShown(many=True)

    class Meta:
        model = Rubric
        fields = ("id", "pillar", "version", "published_at", "criteria")


class BlueprintShown(Shown[Blueprint]):
    route = "api:blueprint"
    look_for = serializers.ListField(child=serializers.CharField())
    job_aid = serializers.ListField(child=serializers.CharField())
    debrief = serializers.ListField(child=serializers.CharField())

    class Meta:
        model = Blueprint
        fields = (
            "id", "pillar", "key", "version", "title", "difficulty", "focus", "minutes", "objective", "opening",
            "case", "coach_plays", "constraint", "demonstration", "look_for", "job_aid", "transfer", "debrief",
            "based_on", "published_at", "retired_at",
        )  # fmt: skip


class OfPillar(Given):
    pillar = Number(help_text="Of one pillar.")


class Pillars(Call):
    tag = "Library"

    @shows("List pillars", gives=PillarShown, many=True)
    def get(self, request: ApiRequest) -> QuerySet[Pillar]:
        """The standard library and your organization's own."""
        return pillars(request)


class PillarRow(Call):
    tag = "Library"

    @shows("Show a pillar", gives=PillarShown)
    def get(self, request: ApiRequest, pk: int) -> Pillar:
        """One skill with its behaviours and follow-up questions."""
        return get_object_or_404(pillars(request), pk=pk)


class Rubrics(Call):
    tag = "Library"

    @shows("List rubrics", gives=RubricShown, many=True, filters=OfPillar)
    def get(self, request: ApiRequest, pillar: int | None = None) -> QuerySet[Rubric]:
        """Published versions, each frozen for ever."""
        return rubrics(request).filter(pillar=pillar) if pillar else rubrics(request)


class RubricRow(Call):
    tag = "Library"

    @shows("Show a rubric", gives=RubricShown)
    def get(self, request: ApiRequest, pk: int) -> Rubric:
        """One published version with its criteria and levels."""
        return get_object_or_404(rubrics(request), pk=pk)


class Blueprints(Call):
    tag = "Library"

    @shows("List blueprints", gives=BlueprintShown, many=True, filters=OfPillar)
    def get(self, request: ApiRequest, pillar: int | None = None) -> QuerySet[Blueprint]:
        """The newest version of each that is not retired."""
        seen = Blueprint.objects.visible_to(request.member)
        return (seen.filter(pillar=pillar) if pillar else seen).newest()


class BlueprintRow(Call):
    tag = "Library"

    @shows("Show a blueprint", gives=BlueprintShown)
    def get(self, request: ApiRequest, pk: int) -> Blueprint:
        """One published version, also an older or a retired one."""
        return get_object_or_404(Blueprint.objects.visible_to(request.member).exclude(published_at=None), pk=pk)


def pillars(request: ApiRequest) -> QuerySet[Pillar]:
    published = Prefetch("rubrics", Rubric.objects.visible_to(request.member).exclude(published_at=None))
    asked = Prefetch("questions", Question.objects.order_by("position").filter(retired=False))
    return Pillar.objects.visible_to(request.member).prefetch_related("behaviours", asked, published)


def rubrics(request: ApiRequest) -> QuerySet[Rubric]:
    criteria = Prefetch("criteria", Criterion.objects.select_related("behaviour").prefetch_related("levels"))
    return Rubric.objects.visible_to(request.member).exclude(published_at=None).prefetch_related(criteria)
