"""The first page of a manager: what calls for a decision, at most five cards, and the decisions that are open."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID, uuid4

from django.utils import timezone
from django.utils.translation import gettext as _

from metrics.domain.calls import Call, calls_in, direction, unbroken
from metrics.domain.comparing import Comparison, State, comparison
from metrics.domain.reading import History, Point, Row, Shown, consecutive, history_of, rows_of, shown_to
from metrics.domain.saying import Period, Said, course_of, day
from metrics.domain.stories import Story, stories_of
from metrics.models import Measure, PutAside
from programs.models import Member

MOST_CARDS = 5


@dataclass(frozen=True, slots=True)
class Insight:
    """A figure that calls for a decision, with what stands beside it. `points` is its whole trend."""

    call: Call
    period: Period
    context: str
    last_decision: str
    points: tuple[Point, ...]
    form_key: UUID = field(default_factory=uuid4)

    @property
    def figure(self) -> int:
        return self.call.said.figure

    @property
    def row(self) -> Row:
        return self.call.row


@dataclass(frozen=True, slots=True)
class Board:
    """`checks` and `insights` together are at most five; `more` calls are not shown, `answered` ones need no more."""

    shown: Shown
    checks: tuple[Story, ...]
    insights: tuple[Insight, ...]
    open_decisions: tuple[Story, ...]
    more: int = 0
    answered: int = 0

    @property
    def period(self) -> Period | None:
        """The block that the insights are of."""
        return self.shown.current

    @property
    def periods(self) -> tuple[Period, ...]:
        """For trends."""
        return self.shown.periods


def board_of(member: Member) -> Board:
    """The newest release, seen by this member; no insights where it shows nothing. A constant number of queries."""
    shown, stories = shown_to(member), stories_of(member)
    today = timezone.localdate()
    checks = tuple(story for story in stories if story.is_mine and story.is_due(today))
    standing = tuple(story for story in stories if story.is_open and story not in checks)
    if not shown.current:
        return Board(shown, checks, (), standing)
    calls, answered = _split(_calls(member, shown.every), member, stories)
    first = calls[: max(0, MOST_CARDS - len(checks))]
    history = history_of(member, {call.row.identity for call in first}, until=shown.current.starts_on)
    insights = tuple(_insight(call, shown.every, history, stories) for call in first)
    more = len(calls) - len(first)
    return Board(shown, checks, insights, standing, more=more, answered=len(answered))


def open_calls(member: Member, shown: Shown, stories: Iterable[Story]) -> list[Call]:
    """What calls for a decision and has none: not decided since the release, not put aside. Four queries.

    Nothing where the newest release shows the member nothing.
    """
    return _split(_calls(member, shown.every), member, stories)[0] if shown.current else []


def _calls(member: Member, periods: Sequence[Period]) -> list[Call]:
    """All that meets the rule in the newest release; `periods` are the organization's. Three queries."""
    rows = rows_of(member, periods[0].release)
    since = periods[:3][-1].starts_on
    history = history_of(member, {row.identity for row in rows}, until=periods[0].starts_on, since=since)
    courses: dict[tuple[str, str], list[Said]] = defaultdict(list)
    for identity, measures in history.items():
        for measure, points in measures.items():
            courses[identity, measure] = consecutive(points, periods)
    return calls_in(rows, courses)


def _split(calls: Iterable[Call], member: Member, stories: Iterable[Story]) -> tuple[list[Call], list[Call]]:
    """The open ones, then those that are decided or put aside. One query."""
    decided = {(story.identity, story.measure) for story in stories if story.is_open}
    aside = set(PutAside.objects.visible_to(member).values_list("figure", flat=True))
    waiting: list[Call] = []
    answered: list[Call] = []
    for call in calls:
        done = call.said.figure in aside or (call.row.identity, call.said.measure) in decided
        (answered if done else waiting).append(call)
    return waiting, answered


def _insight(call: Call, periods: Sequence[Period], history: History, stories: Iterable[Story]) -> Insight:
    trends = history.get(call.row.identity, {})
    decision = next((story for story in stories if story.identity == call.row.identity), None)
    return Insight(
        call,
        periods[0],
        _context(call, consecutive(trends.get(Measure.LEVEL, ()), periods)),
        _last_decision(decision, trends, call.said.measure) if decision else "",
        trends.get(call.said.measure, ()),
    )


def _context(call: Call, levels: Sequence[Said]) -> str:
    """The level beside another measure, as on its own card: "Level 2.25 → 2.50 → 2.75, a clear rise."."""
    course = unbroken(levels)
    if call.said.measure == Measure.LEVEL or len(course) < 2:
        return ""
    return _("Level %(course)s.") % {"course": course_of(course, direction(Measure.LEVEL, course))}


def _last_decision(story: Story, trends: Mapping[str, tuple[Point, ...]], measure: str) -> str:
    """ "Last decision: “Use own calls” (Dana, 16 Dec). Before and after it: 40 % → 60 %, a clear rise."."""
    words = {"name": story.name, "owner": story.owner, "day": day(story.made_on)}
    told = _("Last decision: “%(name)s” (%(owner)s, %(day)s).") % words
    found: Comparison = comparison(trends, story.measure, story.made_on)
    if found.state is not State.READY or found.main is None or not found.main.after.is_shown:
        return told
    after = ", ".join(filter(None, [found.main.course, found.main.verdict]))
    if story.measure == measure:
        return told + " " + _("Before and after it: %(course)s.") % {"course": after}
    words = {"what": story.measure_label, "course": after}
    return told + " " + _("Before and after it, “%(what)s”: %(course)s.") % words
