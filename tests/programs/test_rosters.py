"""A manager's cohorts: who learns there and what is planned, and nothing that anybody did."""

import datetime as dt

import pytest
from django.urls import reverse

from metrics.domain.release import publish
from programs.domain.rosters import learning_with, plans_of
from programs.models import AgreementText, Cohort, Member, Program
from tests.api_steps import Caller
from tests.metrics.fencing import ASKING, PLANNED, read
from tests.metrics.pages import normalised
from tests.metrics.town import make_town, weeks

PAGES = ("insights:cohort-list", "insights:cohort-show")


@pytest.fixture
def town(db):
    """North of three, with Mia."""
    town = make_town()
    town.cohort("North", 3)
    return town


def address(page, cohort) -> str:
    return reverse(page, args=[cohort.pk] if page.endswith("show") else [])


def roster(client, town, name="North"):
    return client.as_(town.mia).get(reverse("insights:cohort-show", args=[town.cohorts[name].pk]))


def test_the_roster_says_who_learns_there_by_name_and_since_when(client, town):
    learners = [each.learner_id for each in town.enrolments["North"]]
    for pk, name in zip(learners, ("Zoe", "amir", "Ben"), strict=True):
        Member.objects.filter(pk=pk).update(name=name)
    town.join("North", 1, on=weeks(3))
    town.leave(town.enrolments["North"][:1], on=weeks(4))
    page = roster(client, town)
    assert list(page.context["page"]) == [("amir", weeks(0)), ("Ben", weeks(0)), ("Learner 4", weeks(3))]
    words = page.content.decode()
    assert (town.coach.name in words, "since 26 Jan 2026" in words) == (False, True)


def test_who_came_from_another_cohort_is_there_since_that_day(client, town):
    town.cohort("South", 1)
    town.move(town.enrolments["South"], "North", weeks(2))
    assert [since for _name, since in roster(client, town).context["page"]] == [*[weeks(0)] * 3, weeks(2)]
    assert list(roster(client, town, "South").context["page"]) == []


def test_a_manager_sees_the_rosters_of_the_own_cohorts_alone(client, town):
    town.cohort("South", 2, manager=town.coach)
    assert [plan.name for plan in plans_of(town.mia)] == ["North"]
    assert [roster(client, town, name).status_code for name in ("North", "South")] == [200, 404]
    Member.objects.filter(pk=town.mia.pk).update(roles=["coach"])
    town.mia.refresh_from_db()
    assert roster(client, town).status_code == 404
    assert plans_of(town.coach) == plans_of(town.mia) == ()


def test_the_api_says_the_same_and_no_more(town):
    """No number of a person, no coach; another's cohort is not there."""
    text = AgreementText.objects.create(organization=town.organization, name="Ours", review_after_days=42)
    Program.objects.update(agreement_text=text)
    town.cohort("South", 2, program="Other calls", manager=town.coach)
    town.join("North", 1, on=weeks(3))
    caller, north = Caller(town.mia), town.cohorts["North"]
    shown = {
        "id": north.pk, "name": "North", "program": {"id": north.program_id, "name": "Calm calls"},
        "starts_on": "2026-01-05", "ends_on": None, "sessions_per_month": 4, "minutes": 15, "review_after_days": 42,
    }  # fmt: skip
    assert caller.get("insights/cohorts/").json()["results"] == [shown]
    assert caller.get(f"insights/cohorts/{north.pk}/").json() == shown
    learners = f"insights/cohorts/{north.pk}/learners/"
    days = ["2026-01-05"] * 3 + ["2026-01-26"]
    assert caller.get(learners).json()["results"] == [
        {"name": f"Learner {number}", "joined_on": day} for number, day in zip((1, 2, 3, 6), days, strict=True)
    ]
    assert [Caller(town.coach).get(path).status_code for path in (learners, learners[:-9])] == [404, 404]
    _response, tables = read(lambda: caller.get(learners))
    assert tables - ASKING - PLANNED <= {"programs_enrolment", "programs_formercohort"}


def test_no_question_changes_order_or_choice(client, town):
    url = reverse("insights:cohort-show", args=[town.cohorts["North"].pk])
    asked = client.as_(town.mia).get(f"{url}?sort=-starts_on&ordering=coach&q=x&cohort=0")
    assert normalised(asked) == normalised(roster(client, town))


@pytest.mark.parametrize("page", PAGES)
def test_rosters_are_read_from_what_was_set_up_alone(client, town, page):
    browser = client.as_(town.mia)
    _response, tables = read(lambda: browser.get(address(page, town.cohorts["North"])))
    assert tables - ASKING - PLANNED <= {"programs_enrolment", "programs_formercohort"}


@pytest.mark.parametrize("page", PAGES)
def test_twin_places_that_differ_only_in_what_people_did_have_the_same_rosters(client, town, page):
    """Sessions, ratings, moves, what was published, and who looked at it before."""
    browser, url = client.as_(town.mia), address(page, town.cohorts["North"])
    before = normalised(browser.get(url))
    micros = town.hold_all([(each, weeks(1)) for each in town.enrolments["North"][:2]], level=4, own=1, reflects="Fine")
    town.moved(micros[0])
    publish(town.organization)
    assert normalised(browser.get(url)) == before


@pytest.mark.parametrize(
    ("days", "today", "says"),
    [
        (42, dt.date(2026, 2, 16), "agreements are reviewed on 16 Feb 2026"),
        (42, dt.date(2026, 2, 17), "agreements are reviewed after 42 days"),
        (None, dt.date(2026, 2, 16), ""),
    ],
)
def test_the_review_is_that_of_the_default_agreement(client, town, days, today, says, time_machine):
    time_machine.move_to(dt.datetime.combine(today, dt.time(9), dt.UTC), tick=False)
    if days:
        text = AgreementText.objects.create(organization=town.organization, name="Ours", review_after_days=days)
        Program.objects.update(agreement_text=text)
    for page in PAGES:
        words = client.as_(town.mia).get(address(page, town.cohorts["North"])).content.decode()
        assert ("agreements are reviewed" in words, says in words) == (bool(says), True)


def test_an_ended_cohort_is_listed_until_nobody_learns_there(client, town):
    Cohort.objects.update(ends_on=weeks(1))
    assert ([plan.ended_on for plan in learning_with(town.mia)], plans_of(town.mia)) == ([weeks(1)], ())
    for page in PAGES:
        words = client.as_(town.mia).get(address(page, town.cohorts["North"])).content.decode()
        assert "ended on 12 Jan 2026" in words
    town.leave(town.enrolments["North"], on=weeks(2))
    assert learning_with(town.mia) == ()
