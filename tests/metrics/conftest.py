"""A town with three releases, for what managers read."""

import datetime as dt

import pytest
import time_machine

from metrics.domain.release import publish
from tests.conftest import make_member
from tests.metrics.town import Town, make_town, weeks
from tests.once import world

TODAY = dt.datetime(2026, 6, 29, 12, tzinfo=dt.UTC)  # a week into the fourth block of eight weeks


@pytest.fixture
def clock():
    """Today is 29 June 2026."""
    with time_machine.travel(TODAY, tick=False) as traveller:
        yield traveller


@time_machine.travel(TODAY, tick=False)
def make_unpublished() -> Town:
    """North of 24 and Late of three with Weekend of four, managed by Mia; South of eight by Sam.

    Everybody meets once a block; of North 5, 7, then 10 of 24 are moved because of the queue; level 2, 3, 3.
    """
    town = make_town()
    town.sam = make_member(town.organization, "Sam Other", "manager")
    for name, size, manager in (("North", 24, town.mia), ("Late", 3, town.mia), ("Weekend", 4, town.mia),
                                ("South", 8, town.sam)):  # fmt: skip
        town.cohort(name, size, manager=manager)
    for number, (level, moved) in enumerate(((2, 5), (3, 7), (3, 10))):
        day = weeks(8 * number)
        for micro in town.hold_all([(each, day) for each in town.enrolments["North"]], level=level, own=level)[:moved]:
            town.moved(micro)
        town.everybody_meets(day, names=("Late", "Weekend", "South"), level=level, own=level)
    return town


@world
@time_machine.travel(TODAY, tick=False)
def published_town():
    town = make_unpublished()
    publish(town.organization)
    return town


@pytest.fixture
def unpublished(db, clock):
    return make_unpublished()


@pytest.fixture
def town(clock, published_town):
    """Three releases: blocks from 5 January, 2 March and 27 April."""
    return published_town
