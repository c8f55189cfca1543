"""What calls for a decision, and what came after one: as the pages of Insights say it, by the same functions."""

from dataclasses import dataclass
from datetime import date

from rest_framework import serializers

from coachhub.api.shown import Composed
from metrics.api.decisions import one
from metrics.api.figures import FigureShown, GroupName, PeriodShown
from metrics.domain.calls import Rule
from metrics.domain.comparing import Comparison, Pair, State, compare
from metrics.domain.insights import Board, Insight, board_of
from metrics.domain.places import Situation, situation_of
from metrics.domain.saying import Period
from metrics.domain.stories import Story
from programs.access import Permission, check
from programs.api.calls import Call, shows
from programs.api.tokens import ApiRequest


class CheckShown(serializers.Serializer[Story]):
    """A decision of yours whose check date has come, by the first rule."""

    rule = serializers.SerializerMethodField(help_text="`check`.")
    because = serializers.SerializerMethodField(help_text="The rule as it is printed on the page.")
    decision = serializers.IntegerField(source="pk")
    name = serializers.CharField()
    about = serializers.CharField(help_text="The group.")
    insight = serializers.CharField()
    made_on = serializers.DateField()
    check_on = serializers.DateField()

    def get_rule(self, story: Story) -> str:
        return Rule.CHECK.key

    def get_because(self, story: Story) -> str:
        return Rule.CHECK.printed


class CardShown(serializers.Serializer[Insight]):
    """A figure that calls for a decision."""

    rule = serializers.ChoiceField([rule.key for rule in Rule if rule], source="call.rule.key")
    because = serializers.CharField(source="call.rule.printed", help_text="The rule as it is printed on the page.")
    headline = serializers.CharField(source="call.headline")
    meaning = serializers.CharField(source="call.said.meaning", help_text="What the measure counts.")
    group = GroupName(source="row")
    figure = FigureShown(source="call.said", help_text="Its `proposal/` starts a decision.")
    course = serializers.SerializerMethodField(help_text="It and those just before it, oldest first, at most three.")
    level = serializers.CharField(source="context", help_text="The level beside another measure, or nothing.")
    last_decision = serializers.CharField(help_text="What became of the last decision about the group, or nothing.")

    def get_course(self, insight: Insight) -> list[str]:
        return [said.shown for said in insight.call.course]


@dataclass(frozen=True, slots=True)
class Home:
    """The first page of Insights, as one member sees it."""

    situation: Situation
    next_release_on: date | None
    board: Board


class InsightsShown(Composed):
    """`checks` and `cards` together are at most five."""

    route = "api:insights"
    key = ""
    situation = serializers.ChoiceField([each.value for each in Situation], help_text="Why there are no cards, if so.")
    release = PeriodShown(source="board.period", allow_null=True, help_text="The newest, unless it shows you nothing.")
    last_release = PeriodShown(
        source="board.shown.before",
        allow_null=True,
        help_text="The last that showed you something, where the newest does not.",
    )
    next_release_on = serializers.DateField(allow_null=True)
    checks = CheckShown(source="board.checks", many=True)
    cards = CardShown(source="board.insights", many=True)
    more = serializers.IntegerField(source="board.more", help_text="Figures that meet a rule and are not among these.")
    answered = serializers.IntegerField(source="board.answered", help_text="Those that are decided or put aside.")


class BlockShown(serializers.Serializer[Period]):
    """The block of a release."""

    release = serializers.IntegerField()
    starts_on = serializers.DateField()
    ends_on = serializers.DateField()


class PairShown(serializers.Serializer[Pair]):
    """One measure before and after."""

    before = FigureShown()
    after = FigureShown()
    course = serializers.CharField(help_text="“40 % → 60 %”, or “60 %, as before”.")
    verdict = serializers.CharField(help_text="A clear rise or fall, no clear change, or nothing.")


@dataclass(frozen=True, slots=True)
class Compared:
    decision: int
    found: Comparison


class ComparisonShown(Composed):
    """The figures of the same group, before the decision and in the newest full block after it."""

    route = "api:decision-comparison"
    key = "decision"
    decision = serializers.IntegerField()
    state = serializers.ChoiceField([each.value for each in State], source="found.state")
    before = BlockShown(source="found.before", allow_null=True)
    after = BlockShown(source="found.after", allow_null=True)
    main = PairShown(source="found.main", allow_null=True, help_text="Of the measure that was decided on.")
    others = PairShown(source="found.others", many=True)


class Insights(Call):
    tag = "Figures and decisions"

    @shows("Show what calls for a decision", gives=InsightsShown, also=(403,))
    def get(self, request: ApiRequest) -> Home:
        """Checks that are due, then figures of the newest release that meet a printed rule. For managers."""
        check(request.member, Permission.SEE_FIGURES)
        board = board_of(request.member)
        place = situation_of(request.member, board.shown)
        return Home(place.situation, place.next_release_on, board)


class DecisionComparison(Call):
    tag = "Figures and decisions"

    @shows("Compare before and after a decision", gives=ComparisonShown)
    def get(self, request: ApiRequest, pk: int) -> Compared:
        """`waiting` until a block that began after it is released; `regrouped` where the group is another by now."""
        story = Story.of(one(request, pk), request.member)
        found = compare(story.identity, story.measure, made_on=story.made_on, member=request.member)
        return Compared(story.pk, found)
