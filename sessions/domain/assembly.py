"""Turning due prompts into messages: at most one a learner and day, four a week, one to three questions in each.

Nothing is decided ahead: when a question's time comes, all that the learner has waiting for the next day is spread
over days anew (`spacing.plan_day`). A message whose time is now is written; the other questions get a later time.
What could not be asked in its time (`spacing.is_too_late`) is cancelled with the reason, and the next one planned.
So a run may be lost, late or doubled, and the rows come out the same.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from programs.models import Member
from sessions.domain import outbox, pacing, prompts
from sessions.domain.calendar import ONE_DAY, WorkingCalendar
from sessions.domain.clock import database_now
from sessions.domain.spacing import DuePrompt, NoWorkingDay, Schedule, plan_day, retrievability
from sessions.domain.spacing.times import prompt_on
from sessions.domain.working_time import calendar_of
from sessions.models import Message, Prompt

BATCH = 500  # learners
SPREAD = """
UPDATE coaching_prompt p SET message_id = s.message_id, due_at = s.due_at
FROM unnest(%s::bigint[], %s::bigint[], %s::timestamptz[]) AS s (id, message_id, due_at)
WHERE p.id = s.id
"""
AHEAD = timedelta(hours=36)  # what may share the message of a day is due before the next one ends
STACKED = "stacked"


@dataclass
class Outcome:
    """What one batch changes: messages to write, questions with their message or another time, and those to drop."""

    messages: list[Message] = field(default_factory=list)
    spread: list[Prompt] = field(default_factory=list)
    stacked: list[int] = field(default_factory=list)
    lapsed: list[Prompt] = field(default_factory=list)

    def write(self) -> None:
        """Two inserts and an update; row by row they would take ten times as long."""
        outbox.put_in(self.messages)
        Prompt.objects.filter(pk__in=self.stacked).update(status=Prompt.Status.CANCELLED, cancelled_because=STACKED)
        rows = [(prompt.pk, prompt.message and prompt.message.pk, prompt.due_at) for prompt in self.spread]
        if rows:
            with connection.cursor() as cursor:
                cursor.execute(SPREAD, [list(column) for column in zip(*rows, strict=True)])


def assemble(now: datetime | None = None) -> int:
    """Write the messages whose time has come; returns how many. Safe to run twice, at once or never."""
    now = now or database_now()
    written, last = 0, 0
    while True:
        with transaction.atomic():
            learners = _learners_with_due(now, after=last)
            found = _assemble_for(learners, now)
        written += len(found.messages)
        if _lapse(found.lapsed, now):
            continue  # what was planned instead may be due by now
        if len(learners) < BATCH:
            return written
        last = learners[-1].pk


def _lapse(lapsed: list[Prompt], now: datetime) -> int:
    """How many were cancelled, each in its own transaction: an enrolment's row is locked before its questions."""
    return sum([prompts.lapse(prompt, now) for prompt in lapsed])


def _learners_with_due(now: datetime, *, after: int) -> list[Member]:
    """Locked until the transaction ends; somebody whom another run has in hand is left to it."""
    due = _unsent().filter(follow_up__learner=OuterRef("pk"), due_at__lte=now)
    paused = Q(prompts_paused_until__gt=now.date() + ONE_DAY)  # those on the edge are looked at one by one
    rows = Member.objects.active().filter(Exists(due), pk__gt=after, prompts_stopped_at=None, mail_bounced_at=None)
    rows = rows.exclude(paused).exclude(joined_at=None).select_related("organization").order_by("pk")
    return list(rows.select_for_update(of=("self",), no_key=True, skip_locked=True)[:BATCH])


def _unsent() -> QuerySet[Prompt]:
    return Prompt.objects.filter(status=Prompt.Status.PLANNED, message=None, follow_up__ended_at=None)


def _assemble_for(learners: list[Member], now: datetime) -> Outcome:
    rows = _unsent().filter(follow_up__learner__in=learners, due_at__lte=now + AHEAD)
    related = rows.select_related("follow_up__enrolment__program")
    questions = list(related.select_for_update(of=("self",)).order_by("pk"))
    waiting: dict[int, list[Prompt]] = defaultdict(list)
    for prompt in questions:
        waiting[prompt.follow_up.learner_id].append(prompt)
    meetings = pacing.Meetings.of_all([prompt.follow_up for prompt in questions])
    sent = _days_with_a_message(learners, now)
    found = Outcome()
    for learner in learners:
        _assemble_one(learner, waiting[learner.pk], meetings, sent[learner.pk], now, found)
    found.write()
    return found


def _days_with_a_message(learners: Iterable[Member], now: datetime) -> dict[int, dict[date, int]]:
    """By learner: the days of this week, and of any later one, that have their prompt message already.

    West of UTC the week that runs may be the one before that of `now`.
    """
    a_day_ago = now.date() - timedelta(days=1)
    since = a_day_ago - timedelta(days=a_day_ago.weekday())
    rows = Message.objects.filter(recipient__in=learners, kind=Message.Kind.PROMPTS, local_date__gte=since)
    found: dict[int, dict[date, int]] = defaultdict(dict)
    for learner, day in rows.values_list("recipient", "local_date"):
        found[learner][day] = 1
    return found


def _assemble_one(
    learner: Member,
    questions: list[Prompt],
    meetings: dict[int, pacing.Meetings],
    sent: dict[date, int],
    now: datetime,
    found: Outcome,
) -> None:
    calendar = calendar_of(learner)
    if learner.prompts_paused_until and learner.prompts_paused_until > calendar.local_date(now):
        return
    try:
        calendar.next_working_day(calendar.local_date(now))  # who works on no day is not asked, and nothing lapses
        lapsed = [prompt for prompt in questions if prompt.due_at <= now and pacing.has_lapsed(prompt, learner, now)]
        useful = [prompt for prompt in questions if prompt not in lapsed]
        due = [_due(prompt, meetings[prompt.follow_up_id], now, calendar) for prompt in useful]
        schedule = plan_day(due, sent, now, calendar)
    except NoWorkingDay:
        return
    found.lapsed += lapsed
    _apply(schedule, learner, {prompt.pk: prompt for prompt in useful}, now, found)


def _due(prompt: Prompt, meetings: pacing.Meetings, now: datetime, calendar: WorkingCalendar) -> DuePrompt:
    """The question as the cap sees it: never in the hours before a meeting, whose Goal step asks instead."""
    at = max(prompt.due_at, now)
    clear = pacing.clear_of(meetings, at, calendar)
    if meetings.now:
        clear = max(clear, prompt_on(calendar.next_working_day(calendar.working_date(now)), calendar))
    moved = clear if clear > at else None
    return DuePrompt(
        id=prompt.pk,
        pillar_id=prompt.follow_up.enrolment.pillar_id,
        at=moved or prompt.due_at,
        retrievability=retrievability(pacing.memory_of(prompt), now),
        not_before=moved or prompt.not_before,
    )


def _apply(schedule: Schedule, learner: Member, useful: dict[int, Prompt], now: datetime, found: Outcome) -> None:
    for planned in schedule.messages:
        message = None
        if planned.at <= now:
            message = outbox.prompts_message(learner, on=planned.on, at=planned.at)
            found.messages.append(message)
        for pk in planned.prompt_ids:
            prompt = useful[pk]
            if message or prompt.due_at != planned.at:
                prompt.message, prompt.due_at = message, planned.at
                found.spread.append(prompt)
    found.stacked += schedule.stacked
