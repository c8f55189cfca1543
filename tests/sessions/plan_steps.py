"""Steps that the planning tests share."""

import datetime as dt
from uuid import uuid4

import pytest
import time_machine
from django.utils import timezone

from programs.models import Blueprint
from sessions.domain import planning, ratings
from sessions.domain.content import Content
from sessions.models import MicroSession

UTC = dt.UTC
TUESDAY = dt.datetime(2026, 1, 13, 9, 0, tzinfo=UTC)  # 10:00 in Berlin
THURSDAY_SLOT = dt.datetime(2026, 1, 15, 13, 10, tzinfo=UTC)  # 14:10 in Berlin: Leo's usual slot
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


@pytest.fixture(name="clock", autouse=True)
def on_tuesday():
    """Import it and each test of the module runs on Tuesday; `clock` moves on."""
    with time_machine.travel(TUESDAY, tick=False) as traveller:
        yield traveller


def content(cast, **fields) -> Content:
    return Content(**({"minutes_planned": 15, "focus": cast.criteria[0].behaviour} | fields))


def plan(cast, at=THURSDAY_SLOT, **fields) -> MicroSession:
    """Ana plans with Leo; `details` are fields of Content."""
    details = content(cast, **fields.pop("details", {}))
    fields = {"by": cast.ana, "scheduled_for": at, "form_key": uuid4()} | fields
    return planning.plan(fields.pop("enrolment", cast.enrolment), details=details, **fields)


def parcel(cast, key="parcel", difficulty=1) -> Blueprint:
    """A case with people in it; what it says has more lines than one."""
    case = Blueprint.objects.get(key="case-1")
    case.pk, case.key, case.title, case.difficulty = None, key, key.title(), difficulty
    case.demonstration, case.constraint = "Tomasz shouts.\nSay what he feels.", "Not a word about the parcel."
    case.job_aid = ["Listen", "Breathe"]
    case.save(force_insert=True)
    return case


def revealed(cast, levels: dict[int, int | None], *, days_ago: int, **fields) -> MicroSession:
    """A held session whose seal is broken, with Ana's levels by position of the criterion."""
    ended = timezone.now() - days_ago * DAY
    times = {"started_at": ended - dt.timedelta(minutes=15), "ended_at": ended, "opens_at": ended + HOUR}
    micro = cast.held(**times, **fields)
    with time_machine.travel(ended, tick=False):
        rated(cast, micro, levels)
    MicroSession.objects.filter(pk=micro.pk).update(revealed_at=ended + HOUR)
    micro.refresh_from_db()
    return micro


def rated(cast, micro, levels: dict[int, int | None], *, by=None) -> None:
    """Levels by position, "not seen" where none is given; handed in."""
    chosen = {criterion.pk: levels.get(place) for place, criterion in enumerate(cast.criteria)}
    ratings.hand_in(micro, by=by or micro.coach, levels=chosen)


def show(client, cast, micro):
    return client.as_(cast.ana).get(micro.get_absolute_url())
