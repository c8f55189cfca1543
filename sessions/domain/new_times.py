"""When somebody's zone, holidays, working days, hours or best time change: what waits for its time is timed anew.

Local time is a wall time in a zone: the instant is computed at planning and again when either changes (TRUST.md
section 1, rule 6). Questions in a message stay in it: whether it may still go out is judged right before sending.
"""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction
from django.db.models.functions import Now

from programs.models import Member
from sessions.domain.bell import ring
from sessions.domain.spacing import NoWorkingDay, WorkingCalendar, first_prompt
from sessions.domain.spacing.times import prompt_on, sending_hours
from sessions.domain.working_time import calendar_of
from sessions.models import Delivery, Prompt

RETIME = """
UPDATE coaching_prompt p SET due_at = s.due_at
FROM unnest(%s::bigint[], %s::timestamptz[]) AS s (id, due_at)
WHERE p.id = s.id
"""


@transaction.atomic
def follow(members: Sequence[Member]) -> None:
    """Of one or hundreds, whose rows are locked: questions in no message get their new time, and deliveries that
    wait for the working hours are judged again. Three statements at most.
    """
    _retime_questions(members)
    waiting = Delivery.objects.filter(message__recipient__in=members, state=Delivery.State.DUE, attempts=0)
    if waiting.exclude(reason="").update(next_try_at=Now()):
        transaction.on_commit(ring, robust=True)


def _retime_questions(members: Sequence[Member]) -> None:
    planned = Prompt.objects.filter(status=Prompt.Status.PLANNED, message=None, follow_up__ended_at=None)
    related = planned.select_related("follow_up__learner__organization", "follow_up__plan__micro")
    rows = related.filter(follow_up__learner__in=members).select_for_update(of=("self",)).order_by("pk")
    timed = [(prompt.pk, _time_of(prompt)) for prompt in rows]
    if timed:
        with connection.cursor() as cursor:
            cursor.execute(RETIME, [list(column) for column in zip(*timed, strict=True)])


def _time_of(prompt: Prompt) -> datetime:
    """On the working day for which it is planned, as that is now; who works on no day keeps the old time."""
    calendar = calendar_of(prompt.follow_up.learner)
    try:
        at = _on_its_day(prompt, calendar)
        ended_at = prompt.follow_up.plan.micro.ended_at
        if prompt.sequence == 1 and ended_at:
            first = first_prompt(ended_at, calendar).at  # has a day to come in, so its time depends on the session's
            return first if calendar.working_date(first) == calendar.working_date(at) else at
    except NoWorkingDay:
        return prompt.due_at
    return at


def _on_its_day(prompt: Prompt, calendar: WorkingCalendar) -> datetime:
    earliest = prompt.not_before
    day = calendar.working_day_on_or_after(calendar.working_date(prompt.due_at))
    while earliest and sending_hours(day, calendar)[1] < earliest:
        day = calendar.next_working_day(day)
    at = prompt_on(day, calendar)
    return max(at, earliest) if earliest else at
