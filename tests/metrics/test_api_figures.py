"""Figures and decisions over the API: the same rows as on the page, and nothing to filter by."""

import pytest
from django.urls import reverse

from metrics.forms.decisions import TermsForm
from metrics.models import Decision, Figure, Release
from tests.api_steps import Caller
from tests.conftest import make_member
from tests.metrics.decision_steps import decide, figure_of
from tests.metrics.pages import csv_of
from tests.metrics.town import weeks


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


def test_a_release_says_of_itself_what_the_list_says(mia):
    for listed in mia.get("releases/").json()["results"]:
        shown = mia.get(f"releases/{listed['id']}/").json()
        assert listed == {name: shown[name] for name in shown if name != "groups"}
    assert listed["released_on"] == "2026-06-29"


def test_the_cards_are_those_of_the_page_each_with_its_rule(mia, town, client):
    due = decide(town, figure_of("North", "level"), insight="It fell.", made_on=weeks(8))
    board = client.as_(town.mia).get(reverse("insights:home")).context["board"]
    found = mia.get("insights/").json()
    assert [(each["rule"], each["decision"], each["insight"]) for each in found["checks"]] == [
        ("check", due.pk, "It fell.")
    ]
    assert [
        (each["headline"], each["group"]["name"], each["figure"]["id"], each["level"], each["last_decision"])
        for each in found["cards"]
    ] == [(each.call.headline, each.row.name, each.figure, each.context, each.last_decision) for each in board.insights]
    assert [(each["rule"], each["because"], each["course"]) for each in found["cards"]] == [
        ("queue", "30 % or more of the sessions were moved because of the queue", ["20 %", "30 %", "40 %"]),
        ("change", "a clear change since the last block, or over the last three", ["80 %", "70 %", "60 %"]),
    ]
    assert found["release"] == mia.get("releases/").json()["results"][0]
    assert (found["situation"], found["next_release_on"], found["more"], found["answered"]) == (
        "figures", "2026-08-17", board.more, board.answered,
    )  # fmt: skip


def test_a_place_without_figures_has_no_card(town):
    nina = make_member(town.organization, "Nina New", "manager")
    found = Caller(nina).get("insights/").json()
    assert (found["situation"], found["release"], found["cards"]) == ("small_place", None, [])


def test_before_and_after_are_those_of_the_page(mia, town, client):
    waits = decide(town, figure_of("North", "queue"))
    assert mia.get(f"decisions/{waits.pk}/comparison/").json() == {
        "decision": waits.pk, "state": "waiting", "before": None, "after": None, "main": None, "others": [],
    }  # fmt: skip
    made = decide(town, figure_of("North", "level"), made_on=weeks(8))
    page = client.as_(town.mia).get(made.get_absolute_url()).context["comparison"]
    found = mia.get(f"decisions/{made.pk}/comparison/").json()
    assert (found["state"], found["before"]["starts_on"], found["after"]["ends_on"]) == (
        "ready", "2026-01-05", "2026-06-21",
    )  # fmt: skip
    assert [
        (each["after"]["measure"], each["course"], each["verdict"]) for each in (found["main"], *found["others"])
    ] == [(each.after.measure, each.course, each.verdict) for each in (page.main, *page.others)]


def test_a_proposal_has_the_examples_of_the_form(mia, town):
    examples = mia.get(f"figures/{figure_of('North', 'queue').pk}/proposal/").json()["examples"]
    assert [(each["adjustment"], each["what"]) for each in examples] == list(TermsForm.examples)


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


def test_a_closing_sent_again_after_a_reopening_is_answered_with_what_holds_now(mia, town):
    """And closes nothing a second time."""
    figure = Figure.objects.visible_to(town.mia).filter(measure="queue").exclude(text="").first()
    path = f"decisions/{mia.post('decisions/', {'figure': figure.pk, 'adjustment': 'leave'}).json()['id']}/"
    sent, key = {"outcome": "keep", "version": 1}, {"Idempotency_Key": "closing-0001"}
    first = mia.post(f"{path}close/", sent, **key).json()
    mia.post(f"{path}reopen/", {"version": first["version"]})
    again = mia.post(f"{path}close/", sent, **key)
    assert (first["closed_at"] is None, again.status_code, again.json()) == (False, 200, mia.get(path).json())
    assert again.json()["closed_at"] is None


def test_an_owner_may_open_the_figure(mia, town):
    figure = Figure.objects.visible_to(town.mia).filter(measure="queue", group__name="North").exclude(text="").first()
    given = {"figure": figure.pk, "adjustment": "cadence", "what": "Tuesdays", "owner": town.coach.pk}
    response = mia.post("decisions/", given)
    assert (response.status_code, list(response.json()["errors"])) == (422, ["owner"])
    assert Decision.objects.count() == 0
