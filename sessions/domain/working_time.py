"""A member's working calendar, and the deadlines that hang on it."""

from datetime import datetime
from zoneinfo import ZoneInfo

from programs.models import Member
from sessions.domain.calendar import WorkingCalendar, holiday_container

SEALED_WORKING_DAYS = 2


def calendar_of(member: Member) -> WorkingCalendar:
    """Zone, work days, hours and public holidays; the organization's region where the member names none."""
    region = member.holiday_region or member.organization.holiday_region
    country, _, subdivision = region.partition("-")
    return WorkingCalendar(
        timezone=ZoneInfo(member.timezone),
        work_days=frozenset(member.work_days),
        work_start=member.work_start,
        work_end=member.work_end,
        holidays=holiday_container(country, subdivision) if country else frozenset(),
        best_time=member.prompt_time,
    )


def seal_deadline(learner: Member, *, ended_at: datetime, logged_at: datetime) -> datetime:
    """When ratings open even without both: the end of the learner's second working day (DESIGN.md §5.3)."""
    return calendar_of(learner).end_of_nth_working_day_after(max(ended_at, logged_at), SEALED_WORKING_DAYS)
