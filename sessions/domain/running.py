"""Running a session: start, phases, end. The clock is a help: phases never move on by themselves."""

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import DateTimeField, Exists, ExpressionWrapper, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coachhub.errors import Invalid, WrongState
from programs.models import Member
from sessions.domain import closing, followups, outbox, policies, topics
from sessions.domain.locks import locked, queue_up
from sessions.domain.texts import Kept, fitting
from sessions.domain.working_time import seal_deadline
from sessions.models import HELD, MicroSession, Phase, Prompt, Rating, RatingRole, Reflection, Status

LONGEST = 180  # minutes
FORGOTTEN_AFTER = timedelta(minutes=60)
UNDO_WITHIN = timedelta(seconds=10)
UNDO_GRACE = timedelta(seconds=2)  # the way there and back


@transaction.atomic
def start(micro: MicroSession, *, by: Member) -> MicroSession:
    """Start it; the coach's running session, if any, ends at its planned length, marked.

    A second start of the same session changes nothing. Raises NotAllowed, WrongState.
    """
    queue_up(by)
    micro = locked(micro)
    policies.check_is_coach(by, micro)
    if micro.status == Status.RUNNING:
        return micro
    policies.check_can_start(by, micro)
    now = timezone.now()
    for other in MicroSession.objects.coached_by(by).filter(status=Status.RUNNING):
        _end_by_itself(locked(other), now)
    _bring_topics(micro, by)
    began = {"phase": Phase.GOAL, "phase_started_at": now, "phase_seconds": {}}
    return _move(micro, status=Status.RUNNING, started_at=now, **began)


@transaction.atomic
def go_to(micro: MicroSession, *, by: Member, phase: str) -> MicroSession:
    """Show any phase, also an earlier one; its clock goes on from the time already spent there.

    Raises NotAllowed, WrongState, Invalid.
    """
    micro = locked(micro)
    policies.check_is_running(by, micro)
    if phase not in Phase.values:
        raise Invalid(_("There is no such phase."), field="phase")
    if phase == micro.phase:
        return micro
    now = timezone.now()
    here = round((now - (micro.phase_started_at or now)).total_seconds())
    spent = {**micro.phase_seconds, micro.phase: here}
    began = now - timedelta(seconds=spent.get(phase, 0))
    return _move(micro, phase=phase, phase_started_at=began, phase_seconds=spent)


@transaction.atomic
def write_goal(micro: MicroSession, *, by: Member, text: str, version: int | None = None) -> MicroSession:
    """What the learner wants to get out of it, in their words; `version` is that of the text the page knew.

    Raises NotAllowed, WrongState, Invalid, Stale.
    """
    micro = locked(micro)
    policies.check_can_write_record(by, micro)
    text = fitting(MicroSession, "learner_goal", text)
    Kept(micro.learner_goal).check_known(version, text)
    return micro if text == micro.learner_goal else _move(micro, learner_goal=text)


@transaction.atomic
def finish(micro: MicroSession, *, by: Member) -> MicroSession:
    """End it now, ask the learner to rate and reflect, and close it if nothing is missing.

    A second finish changes nothing. Raises NotAllowed, WrongState.
    """
    micro = locked(micro)
    policies.check_is_coach(by, micro)
    if micro.status in HELD:
        return micro
    policies.check_is_running(by, micro)
    now = timezone.now()
    micro = _end(micro, at=now, now=now)
    return micro if closing.missing(micro) else closing.close(micro, by=by)


def check_can_undo_finish(by: Member, micro: MicroSession) -> None:
    """Within 10 s, by the coach, unless the learner has answered or it went on. Raises NotAllowed, WrongState."""
    policies.check_is_coach(by, micro)
    ended = _ended_by_hand_at(by, micro)
    if ended is None or timezone.now() - ended > UNDO_WITHIN + UNDO_GRACE:
        raise WrongState(_("An end can be undone for 10 seconds. “Correct the minutes” still works."))
    if _learner_acted(micro, since=ended):
        raise WrongState(_("%(name)s has already answered, so the session stays ended.") % {"name": micro.learner})


@transaction.atomic
def undo_finish(micro: MicroSession, *, by: Member) -> MicroSession:
    """Let it run on as if it had not ended; the session whose start ended it is planned again.

    A second undo changes nothing. Raises NotAllowed, WrongState.
    """
    queue_up(by)
    micro = locked(micro)
    policies.check_is_coach(by, micro)
    if micro.status == Status.RUNNING:
        return micro
    check_can_undo_finish(by, micro)
    if following := _following(by, micro):
        _move(following, status=Status.PLANNED, started_at=None, phase_started_at=None)
    outbox.withdraw_rate(micro)
    followups.take_back(micro)
    return _move(
        micro,
        status=Status.RUNNING,
        ended_at=None,
        closed_at=None,
        minutes_actual=None,
        opens_at=None,
        ended_by_itself=False,
    )


@transaction.atomic
def correct_minutes(micro: MicroSession, *, by: Member, minutes: int) -> MicroSession:
    """How long it really took; the end moves with it, the seal's deadline stays as it was told.

    The change is kept in the session's history. Raises NotAllowed, WrongState before the end, Invalid.
    """
    micro = locked(micro)
    policies.check_is_coach(by, micro)
    if micro.status not in HELD or micro.started_at is None:
        raise WrongState(_("This session has not ended yet."))
    if not 1 <= minutes <= LONGEST:
        raise Invalid(_("A session lasts 1 to %(most)s minutes.") % {"most": LONGEST}, field="minutes")
    ended_at = micro.started_at + timedelta(minutes=minutes)
    if ended_at > timezone.now() + timedelta(minutes=1):
        raise Invalid(_("That many minutes have not passed since it started."), field="minutes")
    return _move(micro, minutes_actual=minutes, ended_at=ended_at)


def end_overdue(now: datetime) -> int:
    """End every session that runs an hour past its planned end, at its planned length; returns how many."""
    planned_end = ExpressionWrapper(
        F("started_at") + F("minutes_planned") * timedelta(minutes=1), output_field=DateTimeField()
    )
    running = MicroSession.objects.filter(status=Status.RUNNING).annotate(planned_end=planned_end)
    forgotten = list(running.filter(planned_end__lt=now - FORGOTTEN_AFTER))
    return sum(_end_forgotten(micro, now) for micro in forgotten)


@transaction.atomic
def _end_forgotten(micro: MicroSession, now: datetime) -> bool:
    """False when its coach was faster."""
    micro = locked(micro)
    if micro.status != Status.RUNNING:
        return False
    _end_by_itself(micro, now)
    return True


def _end_by_itself(micro: MicroSession, now: datetime) -> MicroSession:
    micro = _end(micro, at=min(now, micro.ends_at), now=now, by_itself=True)
    return closing.close_if_ready(micro)


def _end(micro: MicroSession, *, at: datetime, now: datetime, by_itself: bool = False) -> MicroSession:
    """The row is locked and running. The message waits until the end can no longer be undone."""
    lasted = (at - (micro.started_at or at)).total_seconds() / 60
    micro = _move(
        micro,
        status=Status.CLOSING,
        ended_at=at,
        minutes_actual=min(max(round(lasted), 1), LONGEST),
        opens_at=seal_deadline(micro.learner, ended_at=at, logged_at=now),
        ended_by_itself=by_itself,
    )
    outbox.ask_to_rate(micro, due_at=now + UNDO_WITHIN + UNDO_GRACE)
    return micro


def _ended_by_hand_at(by: Member, micro: MicroSession) -> datetime | None:
    """When somebody ended it: at its finish, or by starting the next session."""
    if micro.status not in HELD or micro.logged:
        return None
    if not micro.ended_by_itself:
        running = MicroSession.objects.coached_by(by).filter(status=Status.RUNNING)
        return None if running.exists() else micro.ended_at
    following = _following(by, micro)
    return following.started_at if following else None


def _following(by: Member, micro: MicroSession) -> MicroSession | None:
    """The coach's session whose start ended this one, if nothing has been done in it and its time is still free."""
    if not micro.ended_by_itself:
        return None
    forgotten_at = micro.ends_at + FORGOTTEN_AFTER  # from then on it had ended before the other one started
    started_after = MicroSession.objects.coached_by(by).filter(
        status=Status.RUNNING, started_at__range=(micro.ended_at, forgotten_at), phase=Phase.GOAL, learner_goal=""
    )
    same_time = {"enrolment": OuterRef("enrolment"), "scheduled_for": OuterRef("scheduled_for")}
    taken = Exists(MicroSession.objects.filter(**same_time, status=Status.PLANNED))
    noted = Prompt.objects.filter(told_to=by, follow_up__enrolment=OuterRef("enrolment"))
    told = Exists(noted.filter(answered_at__gte=OuterRef("started_at")))
    rated = Exists(Rating.objects.filter(micro=OuterRef("pk"), role=RatingRole.SELF, submitted_at__isnull=False))
    untouched = {"revealed_at": None, "ticks": None, "feedback": None, "improvement_plan": None}
    return started_after.filter(~taken, ~told, ~rated, **untouched).first()


def _bring_topics(micro: MicroSession, by: Member) -> None:
    """ "Talk about it next time" is now, unless the plan chose among the topics."""
    if micro.topics.exists():
        return
    waiting = topics.open_topics([micro.enrolment], by=by)[micro.enrolment_id]
    topics.take_up(micro, [reply.pk for reply in waiting], by=by)


def _learner_acted(micro: MicroSession, *, since: datetime) -> bool:
    rated = Rating.objects.filter(micro=micro, role=RatingRole.SELF, submitted_at__gte=since)
    reflected = Reflection.objects.filter(micro=micro, saved_at__gte=since)
    planned = Q(improvement_plan__updated_at__gte=since, improvement_plan__written_by=F("learner"))
    return rated.exists() or reflected.exists() or MicroSession.objects.filter(planned, pk=micro.pk).exists()


def _move(micro: MicroSession, **values: Any) -> MicroSession:
    """Write the values to the locked row and return it fresh."""
    MicroSession.objects.filter(pk=micro.pk).update(**values, version=F("version") + 1)
    return locked(micro)
