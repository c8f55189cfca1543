"""What is ahead in enrolments, counted for who may end them: never what it is about."""

from collections.abc import Collection

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from programs.domain.ahead import Ahead
from programs.models import Enrolment
from sessions.models import MicroSession, Prompt, Status


def ahead_of(enrolments: Collection[int]) -> dict[int, Ahead]:
    """By primary key of an enrolment. One query, none for none."""
    if not enrolments:
        return {}
    planned = MicroSession.objects.filter(
        enrolment=OuterRef("pk"), status=Status.PLANNED, scheduled_for__gt=timezone.now()
    )
    asked = Prompt.objects.open().filter(follow_up__enrolment=OuterRef("pk"), follow_up__ended_at=None)
    rows = Enrolment.objects.filter(pk__in=enrolments).annotate(
        sessions=_number(planned, "enrolment"),
        held_by_coach=_number(planned.filter(coach=OuterRef("coach")), "enrolment"),
        questions=_number(asked, "follow_up__enrolment"),
    )
    return {pk: Ahead(*counts) for pk, *counts in rows.values_list("pk", "sessions", "held_by_coach", "questions")}


def _number(rows: "QuerySet[MicroSession] | QuerySet[Prompt]", group: str) -> Coalesce:
    counted = rows.order_by().values(group).annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
