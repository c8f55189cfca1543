"""What happens to sessions ahead when somebody else coaches, stands in, nobody does for now, or the enrolment ends.

Sessions whose time has come stay with who was to hold them: only they can say whether it took place. Once they are
gone, nobody can, and such a session counts as missed.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta

from django.db import transaction
from django.db.models import Case, F, QuerySet, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _

from programs.access import Role
from programs.domain import enrolment_undo
from programs.models import Enrolment, Member, Substitute
from sessions.domain import busy, followups, outbox, set_aside
from sessions.domain.working_time import calendar_of
from sessions.models import MicroSession, Reply, Status

AT_ONCE = timedelta(0)

type Heirs = Mapping[int, int | None]
"""By session, who is to hold it: a member's primary key, None for nobody."""


@transaction.atomic
def follow_coach(passed: Sequence[tuple[Enrolment, Member | None]], by: Member | None = None) -> None:
    """Sessions ahead of the former coach, or of a substitute taken back, go to the enrolment's coach.

    Those of days for which a substitute is named go to them. Without anybody they are cancelled.
    """
    formers = {enrolment.pk: former.pk if former else None for enrolment, former in passed}
    ahead = _ahead(enrolment__in=formers.keys())
    _go_on([micro for micro in ahead if micro.coach_id == formers[micro.enrolment_id]], held=enrolment_undo.UNDO)


@transaction.atomic
def stand_in(named: Substitute, by: Member | None = None) -> None:
    """Sessions ahead that the coach was to hold on the days of this substitute go to them."""
    ahead = _ahead(enrolment__in=[named.enrolment_id])
    theirs = [micro for micro in ahead if micro.coach_id == micro.enrolment.coach_id]
    _go_on([micro for micro in theirs if _is_within(micro, named)])


@transaction.atomic
def cancel_ahead(enrolments: Sequence[Enrolment], by: Member | None = None) -> None:
    """The enrolments have ended: their sessions ahead are cancelled, those of a substitute too."""
    _cancel(_ahead(enrolment__in=enrolments), _("The enrolment has ended."), held=enrolment_undo.UNDO)


@transaction.atomic
def plan_again(enrolment: Enrolment, cancelled: QuerySet[MicroSession]) -> None:
    """The end is taken back: what it cancelled is planned again, while its time is ahead and free and whoever was to
    hold it still coaches. Who was not told of the end is not told of this.
    """
    rows = cancelled.filter(enrolment=enrolment, status=Status.CANCELLED, scheduled_for__gt=timezone.now())
    theirs = rows.filter(coach__in=Member.objects.with_role(Role.COACH)).select_related(
        "coach", "learner__organization"
    )
    locked = theirs.select_for_update(of=("self",), no_key=True).order_by("pk")
    free = [micro for micro in locked if not busy.clash_of(micro)]
    _change(free, status=Status.PLANNED, cancelled_at=None, cancel_note="")
    followups.meetings_changed([(micro, None) for micro in free])


@transaction.atomic
def leave(members: Sequence[Member], by: Member | None = None) -> None:
    """Members coach no more. Sessions ahead that they were to hold as substitutes go back to the usual coach.

    Those whose time has passed, and of which nothing was said, count as missed.
    """
    _go_on(_ahead(coach__in=members))
    now = timezone.now()
    passed = MicroSession.objects.filter(coach__in=members, status=Status.PLANNED, scheduled_for__lte=now)
    passed.update(status=Status.MISSED, missed_at=now)


def lose_roles(member: Member, lost: frozenset[str], by: Member | None = None) -> None:
    """Who loses the role of coach coaches no more."""
    if Role.COACH in lost:
        leave([member], by)


def _ahead(**whose: Collection[object]) -> list[MicroSession]:
    """Planned sessions whose time has not come, locked."""
    ahead = MicroSession.objects.filter(status=Status.PLANNED, scheduled_for__gt=timezone.now(), **whose)
    related = ahead.select_related("learner__organization", "enrolment")
    return list(related.select_for_update(of=("self",), no_key=True).order_by("pk"))


def _go_on(ahead: Sequence[MicroSession], *, held: timedelta = AT_ONCE) -> None:
    """With who is to hold them, or not at all."""
    if not ahead:
        return
    heirs = _heirs(ahead)
    _cancel([micro for micro in ahead if heirs[micro.pk] is None], _("Nobody coaches you at the moment."), held=held)
    _hand_over([micro for micro in ahead if heirs[micro.pk] not in (None, micro.coach_id)], heirs, held=held)
    changed = [micro for micro in ahead if heirs[micro.pk] != micro.coach_id]
    followups.meetings_changed([(micro, micro.scheduled_for) for micro in changed])


def _heirs(ahead: Sequence[MicroSession]) -> Heirs:
    """The substitute named first for the session's day, else the enrolment's coach. One query."""
    coaches = Member.objects.with_role(Role.COACH)
    rows = Substitute.objects.filter(enrolment__in={micro.enrolment_id for micro in ahead}, coach__in=coaches)
    named: dict[int, list[Substitute]] = defaultdict(list)
    for row in rows.order_by("pk"):
        named[row.enrolment_id].append(row)
    return {micro.pk: _heir(micro, named[micro.enrolment_id]) for micro in ahead}


def _heir(micro: MicroSession, named: Sequence[Substitute]) -> int | None:
    on_the_day = (each.coach_id for each in named if _is_within(micro, each))
    return next(on_the_day, micro.enrolment.coach_id)


def _is_within(micro: MicroSession, named: Substitute) -> bool:
    """By the calendar where the learner is, as in `who_plans`."""
    return named.starts_on <= calendar_of(micro.learner).local_date(micro.scheduled_for) <= named.ends_on


def _hand_over(micros: Sequence[MicroSession], heirs: Heirs, *, held: timedelta) -> None:
    """What the former coach rated beforehand does not bind the new one: it waits, like their private note, until the
    session comes back to them.

    What they wanted to talk about does not go along: it quotes a reflection of a session that the new one may not read.
    """
    if not micros:
        return
    Reply.objects.filter(taken_up_in__in=micros).update(taken_up_in=None)
    _change(micros, held=held, coach=Case(*(When(pk=micro.pk, then=Value(heirs[micro.pk])) for micro in micros)))
    set_aside.follow(micros)


def _cancel(micros: Sequence[MicroSession], why: str, *, held: timedelta = AT_ONCE) -> None:
    _change(micros, held=held, status=Status.CANCELLED, cancelled_at=timezone.now(), cancel_note=why)


def _change(micros: Sequence[MicroSession], *, held: timedelta = AT_ONCE, **fields: object) -> None:
    """Write the fields of the locked rows, and the messages to their learners; four statements."""
    if not micros:
        return
    rows = MicroSession.objects.filter(pk__in=[micro.pk for micro in micros])
    rows.update(**fields, schedule_sequence=F("schedule_sequence") + 1)
    for micro in micros:
        micro.schedule_sequence += 1
    outbox.tell_schedules(micros, held=held)
