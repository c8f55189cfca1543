"""A page of a list costs the same for one row and for three. The token's own query is counted."""

import datetime as dt

import pytest
from django.utils import timezone

from metrics.models import Block, Decision, Group, Release
from programs.domain import agreements
from programs.models import Cohort, Enrolment, InvitationRound, PeopleImport, Program
from sessions.models import FollowUp, ImprovementPlan, Prompt, Reflection, Reply
from tests.api_steps import Caller
from tests.conftest import make_member, make_pillar


def learner(cast, number):
    return make_member(cast.organization, f"L{number} New", "learner")


def enrolment(cast, number, **fields):
    shared = {"organization": cast.organization, "cohort": cast.cohort, "program": cast.program, "pillar": cast.pillar}
    made = Enrolment.objects.create(learner=learner(cast, number), coach=cast.ana, starts_on="2026-01-05", **shared)
    agreements.draft(made)
    return made


def micro(cast, number):
    now = timezone.now() - dt.timedelta(days=number)
    return cast.held(started_at=now, ended_at=now, revealed_at=now, status="closing")


def reflection(cast, number):
    made = Reflection.objects.create(micro=micro(cast, number), what_changed="Calm.", saved_at=timezone.now())
    Reply.objects.create(reflection=made, coach=cast.ana, kind="thanks")


def prompt(cast, number):
    plan = ImprovementPlan.objects.create(micro=micro(cast, number), cue="a", will="b", written_by=cast.leo)
    follow_up = FollowUp.objects.create(
        organization=cast.organization, plan=plan, enrolment=cast.enrolment, learner=cast.leo, rule_version=1,
        starts_at=timezone.now(), ended_at=timezone.now(), ended_because="replaced",
    )  # fmt: skip
    Prompt.objects.create(follow_up=follow_up, sequence=1, question="Did a chance come?", due_at=timezone.now())


def release(cast, number):
    start = dt.date(2026, 1, 5) + dt.timedelta(weeks=8 * number)
    block = Block.objects.create(organization=cast.organization, starts_on=start, ends_on=start + dt.timedelta(days=55))
    made = Release.objects.create(block=block, rule_version=0, content_hash="x", released_at=timezone.now())
    group = Group.objects.create(release=made, node="pillar", pillar=cast.pillar, name="P", identity="p", people="6–9")
    group.viewers.add(cast.mia)


def decision(cast, number):
    made = Decision.objects.create(
        organization=cast.organization, group_identity="p", group_name="P", measure="level", insight="Still",
        adjustment="leave", owner=cast.mia, made_by=cast.mia, check_on="2026-06-01", told_to_learners="New cases.",
        shared_at=timezone.now(),
    )  # fmt: skip
    made.cohorts.add(cast.cohort)


def program(cast, number):
    made = Program.objects.create(organization=cast.organization, pillar=cast.pillar, name=f"P{number}")
    Cohort.objects.create(organization=cast.organization, program=made, name="C", starts_on="2026-01-05").managers.add(
        cast.mia, through_defaults={"organization": cast.organization}
    )


def library(cast, number):
    make_pillar(cast.organization, key=f"own-{number}")


def invitation_round(cast, number):
    InvitationRound.objects.create(
        organization=cast.organization, by=cast.ada, people=number, newest=9, finished_at=timezone.now()
    )


def people_import(cast, number):
    PeopleImport.objects.create(
        organization=cast.organization, by=cast.ada, status="done", finished_at=timezone.now(), counts={"people": 1}
    )


LISTS = {
    "members/": ("ada", 2, learner),
    "audit/": ("ada", 2, learner),
    "pillars/": ("leo", 5, library),
    "rubrics/": ("leo", 4, library),
    "blueprints/": ("leo", 2, library),
    "programs/": ("ada", 2, program),
    "cohorts/": ("ada", 3, program),
    "insights/cohorts/": ("mia", 2, program),
    "insights/cohorts/{cast.cohort.pk}/learners/": ("mia", 3, enrolment),
    "enrolments/": ("ana", 4, enrolment),
    "agreements/": ("ana", 2, enrolment),
    "micro-sessions/": ("ana", 2, micro),
    "reflections/": ("ana", 3, reflection),
    "reflections/?unread=true": ("ana", 3, reflection),
    "prompts/": ("leo", 2, prompt),
    "me/record/": ("leo", 6, micro),
    "enrolments/{cast.enrolment.pk}/timeline/": ("ana", 8, micro),
    "invitation-rounds/": ("ada", 2, invitation_round),
    "people-imports/": ("ada", 2, people_import),
    "releases/": ("mia", 2, release),
    "decisions/": ("mia", 2, decision),
    "decisions/told/": ("leo", 2, decision),
}


@pytest.mark.parametrize("path", LISTS)
def test_a_list_costs_the_same_for_one_row_and_for_three(path, cast, django_assert_num_queries):
    who, queries, add = LISTS[path]
    path = path.format(cast=cast)
    caller = Caller(getattr(cast, who))
    caller.get("me/")
    add(cast, 1)
    with django_assert_num_queries(queries):
        one = caller.get(path).json()["results"]
    add(cast, 2)
    add(cast, 3)
    with django_assert_num_queries(queries):
        three = caller.get(path).json()["results"]
    assert 1 <= len(one) <= len(three) - 2
