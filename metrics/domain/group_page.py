"""One group of one release, with the trend of each of its figures."""

from dataclasses import dataclass

from metrics.domain.reading import Row, history_of, periods_of, places_of, rows_in
from metrics.domain.saying import Period
from metrics.domain.stories import Story, stories_of
from metrics.domain.trends import LONGEST, Trend, trend_of
from metrics.models import Group
from programs.models import Member


@dataclass(frozen=True, slots=True)
class GroupPage:
    """`periods`: those drawn, oldest first. `began`: the first block of this grouping, if there were others before."""

    row: Row
    period: Period
    periods: tuple[Period, ...]
    trends: tuple[Trend, ...]
    stories: tuple[Story, ...]
    began: Period | None

    @property
    def has_dashes(self) -> bool:
        return any(not said.is_shown for trend in self.trends for said in trend.cells)


def group_page_of(member: Member, group: Group, *, width: int, height: int) -> GroupPage:
    """The group must be visible to the member. Six queries."""
    all_periods = periods_of(member)
    upto = [each for each in all_periods if each.starts_on <= group.release.block.starts_on]
    place = next(place for place in places_of(member, group.release_id) if place.group == group)
    row = rows_in([place])[0]
    history = history_of(member, [group.identity], until=upto[0].starts_on).get(group.identity, {})
    published = {point.period.release for points in history.values() for point in points}
    first = next(each for each in reversed(upto) if each.release in published)
    return GroupPage(
        row,
        upto[0],
        tuple(reversed(upto[:LONGEST])),
        tuple(
            trend_of(said.measure, history.get(said.measure, ()), upto, width=width, height=height)
            for said in row.figures
        ),
        tuple(story for story in stories_of(member) if story.identity == group.identity),
        first if first != upto[-1] else None,
    )  # fmt: skip
