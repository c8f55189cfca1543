"""The coach's page to rate a session."""

import re
from zoneinfo import ZoneInfo

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from tests.sessions.rate_steps import (
    hand_in,
    taps,
)


def test_the_coachs_page_costs_what_it_should(cast, client, django_assert_num_queries):
    micro = cast.held()
    ana = client.as_(cast.ana)
    with django_assert_num_queries(7):
        ana.get(reverse("coach:rating-edit", args=[micro.pk]))


def test_the_coach_hands_in_and_goes_back_to_the_run_page(cast, client):
    micro = cast.held()
    address = reverse("coach:rating-submit", args=[micro.pk])
    ana = client.as_(cast.ana)
    assert ana.post(address, taps(micro, 3) | {"next": "/coach/sessions/1/run/"}).url == "/coach/sessions/1/run/"
    assert ana.post(address, {"next": "https://elsewhere.example/"}).url == reverse(
        "coach:rating-edit", args=[micro.pk]
    )


def heading(page) -> str:
    return re.search(r"<h1>(.*?)</h1>", page.content.decode())[1]


def test_the_coachs_page_says_whether_the_session_is_ahead_or_was_held(cast, client):
    ahead, ana = cast.plan(), client.as_(cast.ana)
    page = ana.get(reverse("coach:rating-edit", args=[ahead.pk]))
    when = date_format(ahead.scheduled_for.astimezone(ZoneInfo("Europe/Berlin")), "D j M, H:i")
    told = f"The session is planned for {when}: rate what you have seen or heard already."
    assert (heading(page), told in page.content.decode()) == ("Rate Leo Marin beforehand", True)
    page = ana.get(reverse("coach:rating-edit", args=[cast.held().pk]))
    assert (heading(page), "is planned for" in page.content.decode()) == ("How did Leo Marin do?", False)


def test_a_rating_beforehand_says_that_it_goes_with_the_session(cast, client):
    ana, said = client.as_(cast.ana), "If somebody else comes to hold the session, this rating is kept for you alone."
    pages = [ana.get(reverse("coach:rating-edit", args=[each.pk])) for each in (cast.plan(), cast.held())]
    assert [said in page.content.decode() for page in pages] == [True, False]
    page = client.as_(cast.ada).get(reverse("manage:enrolment-show", args=[cast.enrolment.pk])).content.decode()
    assert "What the coach rated beforehand stays with the coach." in page
    assert "What was said with Ana Silva, and what Ana Silva rated beforehand, stays with Ana Silva." in page


def test_the_focus_is_enough_is_said_until_the_coachs_rating_is_in(cast, client):
    micro, ana, line = cast.held(), client.as_(cast.ana), "The focus is enough. Rate the rest if you saw it."
    address = reverse("coach:rating-edit", args=[micro.pk])
    before = line in ana.get(address).content.decode()
    hand_in(micro, cast.ana, 3)
    assert (before, line in ana.get(address).content.decode()) == (True, False)


@pytest.mark.parametrize("state", ["cancelled", "missed"])
def test_of_a_session_that_did_not_take_place_there_is_no_rating_page(cast, client, state):
    micro = cast.plan(status=state, **{f"{state}_at": timezone.now()})
    page = client.as_(cast.ana).get(reverse("coach:rating-edit", args=[micro.pk]))
    assert (page.status_code, page.url) == (302, micro.get_absolute_url())


def test_the_coach_without_the_focus_sees_which_one_is_missing(cast, client):
    micro = cast.held()
    page = client.as_(cast.ana).post(reverse("coach:rating-submit", args=[micro.pk]), {})
    assert (page.status_code, page.context["problems"][0].anchor) == (422, f"scale-{page.context['scales'][0].pk}")


def test_the_coach_sees_that_the_learner_is_in_and_nothing_more(cast, client):
    micro = cast.held()
    hand_in(micro, cast.leo, 1, 4, None)
    context = client.as_(cast.ana).get(reverse("coach:rating-edit", args=[micro.pk])).context
    assert (context["handed"].learner, context["reveal"]) == (True, None)
    assert [scale.chosen for scale in context["scales"]] == [None, None, None]
