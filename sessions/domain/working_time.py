"""A member's working calendar, and the deadlines that hang on it."""

from collections.abc import Iterable
from datetime import datetime, time
from zoneinfo import ZoneInfo

from programs.domain.working_times import COLUMNS
from programs.models import Member, Organization
from sessions.domain.calendar import WorkingCalendar, holiday_container

SEALED_WORKING_DAYS = 2


def calendar_of(member: Member) -> WorkingCalendar:
    """Zone, work days, hours and public holidays; the organization's region where the member names none."""
    return calendar_in(member.organization, *(getattr(member, column) for column in COLUMNS))


def calendar_in(
    organization: Organization,
    zone: str,
    region: str,
    work_days: Iterable[int],
    work_start: time,
    work_end: time,
    prompt_time: time | None,
) -> WorkingCalendar:
    """The same from COLUMNS of a member of that organization."""
    country, _, subdivision = (region or organization.holiday_region).partition("-")
    return WorkingCalendar(
        timezone=ZoneInfo(zone),
        work_days=frozenset(work_days),
        work_start=work_start,
        work_end=work_end,
        holidays=holiday_container(country, subdivision) if country else frozenset(),
        best_time=prompt_time,
    )


def seal_deadline(learner: Member, *, ended_at: datetime, logged_at: datetime) -> datetime:
    """When ratings open even without both: the end of the learner's second working day (DESIGN.md §5.3)."""
    return calendar_of(learner).end_of_nth_working_day_after(max(ended_at, logged_at), SEALED_WORKING_DAYS)
