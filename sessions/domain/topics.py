"""What the coach said to talk about next time: open until a session that takes place takes it up."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from django.db.models import Q, QuerySet

from programs.models import Enrolment, Member
from sessions.models import MicroSession, Reply, Status

NOT_HELD = (Status.CANCELLED, Status.MISSED)


def open_topics(enrolments: Iterable[Enrolment], *, by: Member) -> dict[int, list[Reply]]:
    """The coach's own "talk about it next time" by enrolment, oldest first, with the reflection. One query."""
    found: dict[int, list[Reply]] = defaultdict(list)
    ours = _open(by).filter(reflection__micro__enrolment__in=list(enrolments))
    for reply in ours.select_related("reflection__micro"):
        found[reply.reflection.micro.enrolment_id].append(reply)
    return found


def take_up(micro: MicroSession, topics: Sequence[int], *, by: Member) -> None:
    """Put these replies on the session's plan; others' and those taken up elsewhere are left alone."""
    ours = _open(by, micro).filter(reflection__micro__enrolment=micro.enrolment_id)
    Reply.objects.filter(pk__in=ours.filter(pk__in=topics).values("pk")).update(taken_up_in=micro)
    Reply.objects.filter(coach=by, taken_up_in=micro).exclude(pk__in=topics).update(taken_up_in=None)


def differ(micro: MicroSession, topics: Sequence[int], *, by: Member) -> bool:
    """Whether a form with these topics is another one than that which the session was planned by.

    Others' replies and those taken up elsewhere would have been left alone by both; what came to the session since it
    was planned, or when it started, is in neither.
    """
    waiting = _open(by).filter(reflection__micro__enrolment=micro.enrolment_id, pk__in=topics)
    if waiting.exclude(taken_up_in=micro).exists():
        return True
    chosen = Reply.objects.filter(coach=by, taken_up_in=micro, created_at__lte=micro.created_at).exclude(pk__in=topics)
    return micro.status == Status.PLANNED and chosen.exists()


def _open(by: Member, micro: MicroSession | None = None) -> QuerySet[Reply]:
    free = Q(taken_up_in=None) | Q(taken_up_in__status__in=NOT_HELD)
    if micro:
        free |= Q(taken_up_in=micro)
    return Reply.objects.filter(free, coach=by, kind=Reply.Kind.NEXT_TIME)
