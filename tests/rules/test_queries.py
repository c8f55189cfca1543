"""Every page that shows a list costs the same number of queries for one row and for three, three of them for thirty.

Signed in, three of them are the frame's: login session, user, members. Lists of the API: coachhub/test_api_queries.py.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from metrics.models import Block, Decision, Figure, Group, Measure, Release
from programs.domain import agreements, enrolments, tokens
from programs.models import Blueprint, Cohort, CohortManager, Enrolment, Member, Organization, Program, Rubric
from sessions.models import Delivery, PrivateNote
from tests.conftest import make_member, make_pillar
from tests.sessions.delivery_steps import due_for
from tests.sessions.prompt_steps import followed, other_enrolment, prompt_of
from tests.sessions.rate_steps import both, coach_side, fresh, held_days_ago, reflect, reply

DAY = dt.timedelta(days=1)
START = dt.date(2026, 1, 5)


@dataclass(frozen=True)
class Page:
    """Who looks at it, what one more row is, and how many queries it takes whatever the number of rows."""

    who: str
    queries: int
    add: Callable[[Any, int], object]
    args: Callable[[Any], list[Any]] = lambda cast: []


def person(cast, number, *roles) -> Member:
    """Somebody new; a learner unless said otherwise."""
    return make_member(cast.organization, f"P{number}-{uuid4().hex[:6]} New", *(roles or ("learner",)))


def enrolled(cast, number, **fields) -> Enrolment:
    """A new learner with Ana, and their usual slot."""
    shared = {"organization": cast.organization, "cohort": cast.cohort, "program": cast.program, "pillar": cast.pillar}
    values = {"coach": cast.ana, "learner": person(cast, number), "starts_on": START} | fields
    made = Enrolment.objects.create(**shared | values)
    made.usual_slots.create(weekday=number % 5, starts_at=dt.time(9 + number % 8), timezone="Europe/Berlin")
    return made


def waiting(cast, number) -> None:
    """A learner whom nobody coaches."""
    enrolled(cast, number, coach=None)


def met(cast, number) -> None:
    """A new learner, with a session about which both have said everything."""
    everything_said(held_days_ago(cast, number + 1, enrolment=enrolled(cast, number)))


def met_again(cast, number) -> None:
    """One more such session of Ana and Leo."""
    everything_said(held_days_ago(cast, number + 1))


def everything_said(micro) -> None:
    coach_side(micro)
    PrivateNote(micro=micro, coach=micro.coach, text="Note").save()
    reflect(micro)
    both(micro)
    reply(fresh(micro), kind="words", text="Good.")


def coach_day(cast, number) -> None:
    """One more of everything on a coach's Today."""
    soon = timezone.now() + dt.timedelta(minutes=number)
    cast.plan(soon, enrolment=enrolled(cast, number))
    held_days_ago(cast, number, enrolment=enrolled(cast, number))
    to_read = both(held_days_ago(cast, number, enrolment=enrolled(cast, number)))
    reflect(to_read)
    followed(cast, enrolment=enrolled(cast, number), wants_new_cue=True)


def learner_day(cast, number) -> None:
    """One more of everything on a learner's Today."""
    held_days_ago(cast, number)
    cast.plan(timezone.now() + DAY * number)
    both(held_days_ago(cast, number))
    answered = both(held_days_ago(cast, number))
    reflect(answered)
    reply(fresh(answered))
    prompt_of(followed(cast, enrolment=other_enrolment(cast, f"asked-{number}")))
    decided(cast, number)


def manager_day(cast, number) -> None:
    """A figure that calls, and a check that is due."""
    group(cast, number)
    decided(cast, number, check_on=timezone.localdate(), shared_at=None)


def admin_day(cast, number) -> None:
    """Somebody without a coach, somebody not invited, an address that refuses mail, a mail that did not arrive."""
    waiting(cast, number)
    Member.objects.filter(pk=person(cast, number).pk).update(joined_at=None)
    bounced = person(cast, number)
    Member.objects.filter(pk=bounced.pk).update(mail_bounced_at=timezone.now())
    failed(cast, number)


def failed(cast, number) -> None:
    """A mail that did not arrive."""
    for delivery in due_for(cast.leo):
        Delivery.objects.filter(pk=delivery.pk).update(state="failed", reason="550")


def cohort(cast, number) -> None:
    """One more in the same program, with two managers."""
    made = Cohort.objects.create(
        organization=cast.organization, program=cast.program, name=f"C{number}", starts_on=START
    )
    for manager in (cast.mia, person(cast, number, "manager")):
        CohortManager.objects.create(organization=cast.organization, cohort=made, manager=manager)
    enrolled(cast, number, cohort=made)


def cohort_of_leo(cast, number) -> None:
    """Another pillar that Leo learns, with another coach."""
    pillar = make_pillar(cast.organization, key=f"more-{number}")
    program = Program.objects.create(organization=cast.organization, pillar=pillar, name=f"More {number}")
    made = Cohort.objects.create(organization=cast.organization, program=program, name="M", starts_on=START)
    coach = person(cast, number, "coach")
    enrolment = enrolled(cast, number, learner=cast.leo, coach=coach, pillar=pillar, program=program, cohort=made)
    agreements.draft(enrolment)
    held_days_ago(cast, number, enrolment=enrolment)


def program(cast, number) -> None:
    """With a cohort of one."""
    made = Program.objects.create(organization=cast.organization, pillar=cast.pillar, name=f"Program {number}")
    only = Cohort.objects.create(organization=cast.organization, program=made, name="Only", starts_on=START)
    enrolled(cast, number, program=made, cohort=only)


def substitute(cast, number) -> None:
    """Cole, for one more day."""
    day = timezone.localdate() + DAY * number
    enrolments.name_substitute(cast.enrolment, by=cast.ada, coach=cast.cole, starts_on=day, ends_on=day)


def former_coach(cast, number) -> None:
    """Leo goes on with a new coach, each time after a session."""
    cast.enrolment.refresh_from_db()
    if not cast.enrolment.agreements.exists():
        agreements.draft(cast.enrolment)
    cast.held(coach=cast.enrolment.coach)
    enrolments.reassign(cast.enrolment, coach=person(cast, number, "coach"), by=cast.ada)


def known_elsewhere(cast, number) -> None:
    """A token, a membership in another organization, and an invitation to one."""
    tokens.make(by=cast.leo, name=f"Script {number}", scope="read")
    now = timezone.now()
    for slug, times in (("joined", {"joined_at": now}), ("invited", {"invited_at": now})):
        elsewhere = Organization.objects.create(
            name=f"{slug} {number}", slug=f"{slug}-{number}", timezone="Europe/Berlin"
        )
        Member.objects.create(
            organization=elsewhere, user=cast.leo.user, name="Leo", roles=["learner"], timezone="Europe/Berlin", **times
        )


def behaviour(cast, number) -> None:
    """One more behaviour with its criterion and levels in a version of its own, a blueprint and a question."""
    rubric = Rubric.objects.create(pillar=cast.pillar, version=number + 1, content_hash=f"x{number}")
    place = 10 + number
    made = cast.pillar.behaviours.create(key=f"b{number}", position=place, name="New", what="New", success="Once")
    for position, each in enumerate(cast.pillar.behaviours.all()):
        criterion = rubric.criteria.create(behaviour=each, position=position)
        for value in (1, 2, 3, 4):
            criterion.levels.create(value=value, anchor="Seen")
    Rubric.objects.filter(pk=rubric.pk).update(published_at=timezone.now())
    shared = {"pillar": cast.pillar, "difficulty": 1, "focus": made, "objective": "o", "case": "c", "content_hash": "x"}
    for key, version in ((f"own-{number}", 1), ("case-1", number + 1)):
        Blueprint.objects.create(key=key, version=version, title="T", published_at=timezone.now(), **shared)
    cast.pillar.questions.create(key=f"more-{number}", position=place, text="And then?")


def release(cast) -> Release:
    """The only one."""
    ends = START + 55 * DAY
    block, _new = Block.objects.get_or_create(organization=cast.organization, starts_on=START, ends_on=ends)
    values = {"rule_version": 0, "content_hash": "x", "released_at": timezone.now()}
    return Release.objects.get_or_create(block=block, defaults=values)[0]


def group(cast, number) -> Group:
    """One more cohort in the release, moved because of the queue more often than not."""
    made = Group.objects.create(
        release=release(cast), node="cohort", pillar=cast.pillar, name=f"G{number}", identity=f"c:{number}",
        people="10–19",
    )  # fmt: skip
    made.viewers.add(cast.mia)
    made.cohorts.add(cast.cohort)
    Figure.objects.bulk_create(Figure(group=made, measure=each, value="0.9", text="90 %") for each in Measure.values)
    return made


def released(cast, number) -> None:
    """One more release with the same group."""
    starts = START + 56 * DAY * number
    block = Block.objects.create(organization=cast.organization, starts_on=starts, ends_on=starts + 55 * DAY)
    made = Release.objects.create(block=block, rule_version=0, content_hash="x", released_at=timezone.now())
    same = Group.objects.create(
        release=made, node="cohort", pillar=cast.pillar, name="G", identity="c:same", people="10–19"
    )
    same.viewers.add(cast.mia)
    Figure.objects.bulk_create(Figure(group=same, measure=each, value="0.9", text="90 %") for each in Measure.values)


def decided(cast, number, **fields) -> None:
    """A decision of Mia's that Leo was told about."""
    values = {"check_on": dt.date(2030, 1, 7), "shared_at": timezone.now()} | fields
    made = Decision.objects.create(
        organization=cast.organization, group_identity="c:1", group_name="G1", measure="level", insight="Still",
        adjustment="relevance", what=f"Change {number}", owner=cast.mia, made_by=cast.mia,
        told_to_learners="New cases.", **values,
    )  # fmt: skip
    made.cohorts.add(cast.cohort)


def closed_decision(cast, number) -> None:
    """One running, one closed."""
    decided(cast, number)
    decided(cast, number, closed_at=timezone.now(), outcome="keep")


def pillar(cast, number) -> None:
    """The organization's own."""
    make_pillar(cast.organization, key=f"own-{number}")


def pair(cast, number) -> None:
    """Two more to choose from."""
    person(cast, number)
    person(cast, number, "coach")


def of_leo(cast) -> list[int]:
    return [cast.enrolment.pk]


def of_north(cast) -> list[int]:
    return [cast.cohort.pk]


PAGES = {
    "today": Page("ana", 16, coach_day),
    "today learner": Page("leo", 15, learner_day),
    "today manager": Page("mia", 9, manager_day),
    "today admin": Page("ada", 8, admin_day),
    "profile": Page("leo", 8, known_elsewhere),
    "coach:enrolment-list": Page("ana", 11, met),
    "coach:enrolment-download": Page("ana", 10, met),
    "coach:enrolment-show": Page("ana", 20, met_again, of_leo),
    "coach:week-plan": Page("ana", 16, enrolled),
    "coach:micro-log-choose": Page("ana", 10, met),
    "coach:micro-plan": Page("ana", 17, met_again, of_leo),
    "coach:micro-log": Page("ana", 16, met_again, of_leo),
    "coach:reflection-list": Page("ana", 6, met_again),
    "learn:record": Page("leo", 22, met_again),
    "learn:record enrolments": Page("leo", 11, cohort_of_leo),
    "learn:record-download": Page("leo", 14, met_again),
    "learn:welcome": Page("leo", 4, cohort_of_leo),
    "learn:agreement-show": Page("leo", 5, former_coach, lambda cast: [cast.enrolment.agreements.last().pk]),
    "learn:prompt-answer": Page("leo", 7, asked, lambda cast: [Prompt.objects.first().pk]),
    "design:pillar-list": Page("leo", 5, pillar),
    "design:pillar-show": Page("leo", 10, behaviour, lambda cast: [cast.pillar.pk]),
    "design:rubric-show": Page("leo", 8, behaviour, lambda cast: [cast.rubric.pk]),
    "design:blueprint-show": Page("leo", 6, behaviour, lambda cast: [cast.pillar.blueprints.last().pk]),
    "manage:member-list": Page("ada", 7, enrolled),
    "manage:member-show": Page("ada", 9, met, lambda cast: [cast.ana.pk]),
    "manage:member-show learner": Page("ada", 9, cohort_of_leo, lambda cast: [cast.leo.pk]),
    "manage:member-show manager": Page("ada", 9, cohort, lambda cast: [cast.mia.pk]),
    "manage:program-list": Page("ada", 6, program),
    "manage:program-show": Page("ada", 6, cohort, lambda cast: [cast.program.pk]),
    "manage:cohort-show": Page("ada", 8, enrolled, of_north),
    "manage:cohort-edit": Page("ada", 6, cohort, of_north),
    "manage:enrolment-add": Page("ada", 6, pair, of_north),
    "manage:enrolment-without-coach": Page("ada", 5, waiting),
    "manage:enrolment-show": Page("ada", 8, substitute, of_leo),
    "manage:outbox-list": Page("ada", 6, failed),
    "insights:home": Page("mia", 11, group),
    "insights:home releases": Page("mia", 11, released),
    "insights:figure-list": Page("mia", 6, group),
    "insights:figure-export": Page("mia", 6, group),
    "insights:release-show": Page("mia", 6, group, lambda cast: [release(cast).pk]),
    "insights:release-export": Page("mia", 6, group, lambda cast: [release(cast).pk]),
    "insights:group-show": Page("mia", 9, released, lambda cast: [Group.objects.last().pk]),
    "insights:decision-list": Page("mia", 4, closed_decision),
}

BIG = ("coach:enrolment-list", "learn:record", "manage:cohort-show", "insights:figure-list")


def queries_of(client, url) -> tuple[int, int]:
    """How many, and how long the answer is."""
    with CaptureQueriesContext(connection) as queries:
        answer = client.get(url)
    assert answer.status_code == 200
    return len(queries), len(answer.content)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_costs_the_same_for_one_row_and_for_three(name, cast, client):
    page, rows = PAGES[name], 0
    visitor = client.as_(getattr(cast, page.who))
    found = {}
    for number in (1, 3, 30) if name in BIG else (1, 3):
        for row in range(rows, number):
            page.add(cast, row + 1)
        rows = number
        url = reverse(name.split()[0], args=page.args(cast))
        visitor.get(url)
        found[number] = queries_of(visitor, url)
    assert {number: queries for number, (queries, _length) in found.items()} == dict.fromkeys(found, page.queries)
    assert name.startswith("today") or found[3][1] > found[1][1], "the rows are not on the page"
