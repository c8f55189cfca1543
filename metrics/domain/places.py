"""What Insights says where there are no figures: not yet, not here, or too small a place (PRIVACY.md rule 13)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.utils import timezone

from metrics.domain import reading
from metrics.domain.reading import Shown
from metrics.domain.release import check_can_publish
from metrics.models import Group
from programs.access import allows
from programs.domain.rosters import Plan, plans_of
from programs.models import Member


class Situation(StrEnum):
    FIGURES = "figures"
    FIRST_WEEKS = "first_weeks"  # nothing has been released yet
    SMALL_PLACE = "small_place"  # something has, but the newest release holds nothing that the member may open
    NAMED_SINCE = "named_since"  # the same, and it holds groups of a cohort that the member manages since
    NOT_HERE = "not_here"  # rule version 0 outside the demo


@dataclass(frozen=True, slots=True)
class Place:
    situation: Situation
    next_release_on: date | None
    smallest: int
    least_people: int
    plans: tuple[Plan, ...] = ()

    @property
    def days_left(self) -> int:
        """Days until the next release; 0 where it is due or none is known."""
        return max(0, (self.next_release_on - timezone.localdate()).days) if self.next_release_on else 0


def situation_of(member: Member, shown: Shown) -> Place:
    """At most three queries; cohorts, and whether one was published, only where there are no figures to show."""
    following, organization = reading.next_release_on(member), member.organization
    situation = Situation.FIGURES if shown.current else _without_figures(member, shown)
    plans = () if shown.current else plans_of(member)
    if situation == Situation.NOT_HERE:
        following = None
    return Place(situation, following, organization.smallest_group, organization.least_people, plans)


def _without_figures(member: Member, shown: Shown) -> Situation:
    if not allows(check_can_publish, member.organization):
        return Situation.NOT_HERE
    if shown.newest is None:
        return Situation.FIRST_WEEKS
    since = Group.objects.published_without(member).filter(release=shown.newest.release)
    return Situation.NAMED_SINCE if since.exists() else Situation.SMALL_PLACE
