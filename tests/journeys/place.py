"""A place with enough people that figures about them are published: Ana coaches Leo in Mia's cohort of 24."""

import datetime as dt
from dataclasses import dataclass

from django.apps import apps
from django.db import connection, models, transaction
from django.utils import timezone

from programs.models import Enrolment, Member, UsualSlot
from tests.metrics.town import Town, make_town, weeks

OURS = ("programs", "coaching", "metrics")


@dataclass
class Place:
    town: Town
    ana: Member
    leo: Member
    mia: Member
    enrolment: Enrolment


def make_place(learners: int = 24) -> Place:
    """Everybody met once last week, on its Wednesday: too long ago to be written about, whatever day it is now, and in
    the block that begins once two days have passed. Ten of the sessions were moved because of the queue.
    """
    town = make_town()
    today = timezone.localdate()
    town.starts_on = today - dt.timedelta(days=7 + today.weekday())
    town.cohort("North", learners)
    met = town.hold_all([(each, weeks(2 / 7, town.starts_on)) for each in town.enrolments["North"]])
    for micro in met[:10]:
        town.moved(micro)
    enrolment = town.enrolments["North"][0]
    UsualSlot.objects.create(
        enrolment=enrolment, weekday=today.weekday(), starts_at=dt.time(14, 10), timezone="Europe/Berlin"
    )
    return Place(
        town, named(town.coach, "Ana Silva"), at_work(named(enrolment.learner, "Leo Marin")),
        named(town.mia, "Mia Novak"), enrolment,
    )  # fmt: skip


def named(member: Member, name: str) -> Member:
    Member.objects.filter(pk=member.pk).update(name=name)
    return Member.objects.select_related("user", "organization").get(pk=member.pk)


def at_work(member: Member) -> Member:
    """It is about noon where the member works, and every day is a working day."""
    ahead = 12 - timezone.now().hour
    hours = {"work_days": list(range(7)), "work_start": dt.time(0, 1), "work_end": dt.time(23, 59)}
    Member.objects.filter(pk=member.pk).update(timezone=f"Etc/GMT{-ahead:+d}" if ahead else "Etc/GMT", **hours)
    return Member.objects.select_related("user", "organization").get(pk=member.pk)


@transaction.atomic
def days_pass(days: int) -> None:
    """All that happened moves so many days into the past; triggers look away, since nothing else changes."""
    with connection.cursor() as cursor:
        for model in apps.get_models():
            times = [field.column for field in model._meta.local_fields if isinstance(field, models.DateField)]
            if model._meta.app_label in OURS and times:
                table = model._meta.db_table
                moved = ", ".join(f"{column} = {column} - interval '{days} days'" for column in times)
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
                cursor.execute(f"UPDATE {table} SET {moved}")  # noqa: S608
                cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
