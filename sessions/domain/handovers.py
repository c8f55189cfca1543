"""What happens to sessions ahead when somebody else coaches, nobody does for now, or the enrolment ends.

Sessions whose time has come stay with who was to hold them: only they can say whether it took place.
"""

from collections.abc import Collection, Sequence

from django.db import transaction
from django.db.models import F, OuterRef, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from programs.models import Enrolment, Member
from sessions.domain import outbox
from sessions.models import MicroSession, Rating, Status
from sessions.models.ratings import RatingRole


@transaction.atomic
def follow_coach(passed: Sequence[tuple[Enrolment, Member | None]], by: Member | None = None) -> None:
    """Sessions ahead of the former coach go to the enrolment's coach, or are cancelled while there is none."""
    formers = {enrolment.pk: former.pk if former else None for enrolment, former in passed}
    ahead = _ahead(enrolment__in=formers.keys())
    _go_on([micro for micro in ahead if micro.coach_id == formers[micro.enrolment_id]])


@transaction.atomic
def cancel_ahead(enrolments: Sequence[Enrolment], by: Member | None = None) -> None:
    """The enrolments have ended: their sessions ahead are cancelled, those of a substitute too."""
    _cancel(_ahead(enrolment__in=enrolments), _("The enrolment has ended."))


@transaction.atomic
def leave(members: Sequence[Member], by: Member | None = None) -> None:
    """Sessions ahead that deactivated members were to hold as substitutes go back to the usual coach."""
    _go_on(_ahead(coach__in=members), without={member.pk for member in members})


def _ahead(**whose: Collection[object]) -> list[MicroSession]:
    """Planned sessions whose time has not come, locked."""
    ahead = MicroSession.objects.filter(status=Status.PLANNED, scheduled_for__gt=timezone.now(), **whose)
    related = ahead.select_related("learner", "enrolment")
    return list(related.select_for_update(of=("self",), no_key=True).order_by("pk"))


def _go_on(ahead: Sequence[MicroSession], *, without: Collection[int] = ()) -> None:
    """With the coach of the enrolment, or not at all."""
    nobody = {None, *without}
    _cancel([micro for micro in ahead if micro.enrolment.coach_id in nobody], _("Nobody coaches you at the moment."))
    _hand_over([micro for micro in ahead if micro.enrolment.coach_id not in nobody])


def _hand_over(micros: Sequence[MicroSession]) -> None:
    """What the former coach rated beforehand does not bind the new one; their private note stays theirs alone."""
    if not micros:
        return
    Rating.objects.filter(micro__in=micros, role=RatingRole.COACH).delete()
    coach = Enrolment.objects.filter(pk=OuterRef("enrolment")).values("coach")
    _change(micros, coach=Subquery(coach))


def _cancel(micros: Sequence[MicroSession], why: str) -> None:
    _change(micros, status=Status.CANCELLED, cancelled_at=timezone.now(), cancel_note=why)


def _change(micros: Sequence[MicroSession], **fields: object) -> None:
    """Write the fields of the locked rows, and the messages to their learners; four statements."""
    if not micros:
        return
    rows = MicroSession.objects.filter(pk__in=[micro.pk for micro in micros])
    rows.update(**fields, schedule_sequence=F("schedule_sequence") + 1)
    for micro in micros:
        micro.schedule_sequence += 1
    outbox.tell_schedules(micros)
