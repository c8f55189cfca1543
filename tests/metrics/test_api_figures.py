"""Figures and decisions over the API: the same rows as on the page, and nothing to filter by."""

import pytest
from django.urls import reverse

from metrics.models import Decision, Figure, Release
from tests.api_steps import Caller
from tests.metrics.pages import csv_of


@pytest.fixture
def mia(town):
    return Caller(town.mia)


def newest(caller) -> dict:
    release = caller.get("releases/").json()["results"][0]
    return caller.get(f"releases/{release['id']}/").json()


def test_the_api_says_what_the_file_says(mia, town, client):
    release = Release.objects.first()
    file = csv_of(client.as_(town.mia).get(reverse("insights:release-export", args=[release.pk])))
    groups = mia.get(f"releases/{release.pk}/").json()["groups"]
    assert [[each["name"], each["people"], *(figure["shown"] for figure in each["figures"])] for each in groups] == [
        [row[2], row[3], *row[7:]] for row in file[1:]
    ]


def test_a_dash_has_no_number_at_all(mia):
    figures = [figure for group in newest(mia)["groups"] for figure in group["figures"]]
    dashes = [figure for figure in figures if figure["shown"] == "–"]
    assert dashes
    assert {(each["id"], each["value"]) for each in dashes} == {(None, None)}


@pytest.mark.parametrize("query", ["cohort=1", "from=2026-01-01", "fields=viewers", "ordering=value", "cohort[]=1"])
def test_there_is_nothing_to_filter_by(mia, query):
    assert mia.get(f"releases/{Release.objects.first().pk}/?{query}").status_code == 400


def test_another_manager_sees_other_groups(town):
    assert [each["name"] for each in newest(Caller(town.sam))["groups"]] == ["De-escalating a complaint", "South"]


def test_who_manages_nothing_sees_no_release(town):
    assert Caller(town.coach).get("releases/").json()["results"] == []


def test_a_decision_is_made_shared_and_closed(mia, town):
    figure = Figure.objects.visible_to(town.mia).filter(measure="queue").exclude(text="").first()
    start = mia.get(f"figures/{figure.pk}/proposal/").json()
    given = {"figure": figure.pk, "adjustment": start["adjustment"], "what": "Meet on Tuesdays"}
    made = mia.post("decisions/", given | {"told_to_learners": "We meet on Tuesdays now."}).json()
    assert (made["insight"], made["check_on"], made["owner"]["name"]) == (
        start["insight"], start["check_on"], town.mia.name,
    )  # fmt: skip
    path = f"decisions/{made['id']}/"
    assert mia.post(f"{path}share/", {"version": 1}).json()["shared_at"] is not None
    learner = town.enrolments["North"][0].learner
    assert Caller(learner).get("decisions/told/").json()["results"][0]["told_to_learners"] == "We meet on Tuesdays now."
    closed = mia.post(f"{path}close/", {"outcome": "keep", "outcome_note": "Fewer moves", "version": 1}).json()
    assert (closed["outcome"], closed["outcome_note"]) == ("keep", "Fewer moves")
    assert mia.patch(path, {"version": closed["version"], "what": "Other"}).status_code == 409


def test_a_decision_that_is_another_by_now_is_neither_shared_nor_reopened(mia, town):
    figure = Figure.objects.visible_to(town.mia).filter(measure="queue").exclude(text="").first()
    given = {"figure": figure.pk, "adjustment": "cadence", "what": "Tuesdays", "told_to_learners": "On Tuesdays now."}
    path = f"decisions/{mia.post('decisions/', given).json()['id']}/"
    mia.patch(path, {"version": 1, "told_to_learners": "On Mondays now."})
    assert [mia.post(f"{path}share/", {"version": version}).status_code for version in (0, 1, 2)] == [422, 409, 200]
    mia.post(f"{path}close/", {"outcome": "keep", "version": 2})
    assert [mia.post(f"{path}reopen/", {"version": version}).status_code for version in (2, 3)] == [409, 200]


def test_who_closes_second_is_told_and_may_put_the_own_words_there_once_they_have_read_the_others(mia, town):
    figure = Figure.objects.visible_to(town.mia).filter(measure="queue").exclude(text="").first()
    path = f"decisions/{mia.post('decisions/', {'figure': figure.pk, 'adjustment': 'leave'}).json()['id']}/"
    mia.patch(path, {"version": 1, "insight": "It rose."})
    sent = {"outcome": "keep", "outcome_note": "It helped", "version": 1}
    assert mia.post(f"{path}close/", sent).json()["type"] == "urn:coachhub:problem:wrong_state"
    assert Decision.objects.get().closed_at is None
    key = {"Idempotency_Key": "closing-0001"}
    closed, repeated = (mia.post(f"{path}close/", sent | {"version": 2}, **key) for _time in range(2))
    assert (closed.status_code, closed.json()["version"], repeated.json()) == (200, 3, closed.json())
    assert list(mia.post(f"{path}close/", {"outcome": "drop"}).json()["errors"]) == ["version"]
    key = {"Idempotency_Key": "closing-0002"}
    second = mia.post(f"{path}close/", {"outcome": "drop", "version": 2}, **key)
    told = second.json()
    assert (second.status_code, told["type"], told["theirs"], told["yours"]) == (
        409, "urn:coachhub:problem:stale", "Keep. It helped", "Drop.",
    )  # fmt: skip
    own = {"outcome": "drop", "version": mia.get(path).json()["version"]}
    replaced, repeated = (mia.post(f"{path}close/", own, **key).json() for _time in range(2))
    assert (replaced["outcome"], replaced["version"], repeated) == ("drop", 4, replaced)


def test_an_owner_may_open_the_figure(mia, town):
    figure = Figure.objects.visible_to(town.mia).filter(measure="queue", group__name="North").exclude(text="").first()
    given = {"figure": figure.pk, "adjustment": "cadence", "what": "Tuesdays", "owner": town.coach.pk}
    response = mia.post("decisions/", given)
    assert (response.status_code, list(response.json()["errors"])) == (422, ["owner"])
    assert Decision.objects.count() == 0
