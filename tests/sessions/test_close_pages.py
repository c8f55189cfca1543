"""The "Finish, 1 min" page: exactly what is missing; once closed, what happens next."""

import datetime as dt
import re

import pytest
from django.urls import reverse

from programs.models import Organization
from sessions.domain import closing, feedback, ratings, running
from sessions.domain.closing import Missing
from sessions.models import FollowUp, MicroSession, Prompt, Status
from tests.sessions.run_steps import (
    anas_browser,  # noqa: F401 (a fixture)
    closed,
    complete,
    rate,
    stopped_clock,  # noqa: F401 (a fixture)
    url,
    words,
    write_lines,
    write_plan,
)


@pytest.fixture
def micro(clock, cast):
    """Ended 30 s ago after 15 minutes, nothing written."""
    micro = running.start(cast.plan(), by=cast.ana)
    clock.shift(15 * 60)
    micro = running.finish(micro, by=cast.ana)
    clock.shift(30)
    return micro


def forms_on(page) -> list[str]:
    """Where the page's forms go, those inside "What is there already" left out."""
    body = page.content.decode().split("What is there already")[0]
    return re.findall(r'<form[^>]* action="/coach/sessions/\d+/([^"]+)"', body)


def test_everything_is_asked_for_when_nothing_is_there(micro, ana):
    page = ana.get(url("micro-close", micro.pk))
    assert page.context["missing"] == list(Missing)
    assert forms_on(page)[:4] == ["rate/submit/", "feedback/keep/", "feedback/change/", "improvement-plan/"]
    assert "Mon 12 Jan, 10:00 · 15 min · Names the feeling before offering a fix" in words(page)


def test_only_what_is_missing_is_asked_for(micro, cast, ana):
    rate(micro, cast.ana)
    write_plan(micro)
    feedback.write(micro, by=cast.ana, kind="keep", version=0, line="You named it.")
    page = ana.get(url("micro-close", micro.pk))
    assert page.context["missing"] == [Missing.CHANGE]
    assert forms_on(page) == ["feedback/change/"]
    assert "Still missing: Change." in words(page)


def test_the_part_that_says_what_is_missing_follows_each_save(micro, cast, ana):
    write_lines(micro)
    assert words(ana.get(url("micro-missing", micro.pk))) == "Still missing: your rating, the plan."
    rate(micro, cast.ana)
    write_plan(micro)
    assert words(ana.get(url("micro-missing", micro.pk))) == "Everything is there."


def test_closing_too_early_keeps_everything_and_says_what_is_missing(micro, cast, ana):
    write_lines(micro)
    page = ana.post(url("micro-close", micro.pk))
    assert page.status_code == 422
    assert "Still missing: your rating, the plan. What you wrote is kept." in words(page)
    assert MicroSession.objects.get().status == Status.CLOSING


def test_a_complete_record_closes_and_says_what_happens_next(micro, cast, ana):
    complete(micro)
    page = ana.post(url("micro-close", micro.pk), follow=True)
    text = words(page)
    assert (page.context["closed"], MicroSession.objects.get().status) == (True, Status.CLOSED)
    for line in (
        "“When the voice rises, I will say what I heard.”",
        "Leo Marin is asked to rate and reflect. Then both ratings open.",
        "The first question to Leo Marin about this plan is planned for Tue 13 Jan.",
        "Next time: Thu 15 Jan, 14:10.",
        "Plan it Another time",
    ):
        assert line in text


def test_a_first_question_that_waits_for_the_days_off_says_so(micro, cast, ana):
    """It cannot come within a day: nobody is written to on a weekend."""
    closing.close(complete(micro), by=cast.ana)
    Prompt.objects.update(late=True)
    assert "is planned for Tue 13 Jan, after days off." in words(ana.get(url("micro-close", micro.pk)))


def test_in_the_demo_the_closed_page_leads_on_to_the_learner(micro, cast, ana, settings):
    settings.DEMO = True
    closing.close(complete(micro), by=cast.ana)
    line = "Demo: go on as Leo Marin, who reflects"
    assert line not in words(ana.get(url("micro-close", micro.pk)))
    Organization.objects.filter(pk=cast.organization.pk).update(is_demo=True)
    page = ana.get(url("micro-close", micro.pk))
    assert line in words(page)
    assert f'name="next" value="{reverse("learn:rating-edit", args=[micro.pk])}"' in page.content.decode()


def next_form(page) -> dict[str, str]:
    """What "Plan it" posts."""
    return dict(re.findall(r'name="(when|form_key)" value="([^"]+)"', page.content.decode()))


def test_the_next_session_is_planned_with_one_tap_once(micro, cast, ana):
    closing.close(complete(micro), by=cast.ana)
    form = next_form(ana.get(url("micro-close", micro.pk)))
    for _ in range(2):
        assert ana.post(url("micro-plan-next", micro.pk), form).url == url("micro-close", micro.pk)
    planned = MicroSession.objects.get(status=Status.PLANNED)
    assert (planned.scheduled_for, planned.coach, planned.minutes_planned) == (
        dt.datetime(2026, 1, 15, 13, 10, tzinfo=dt.UTC), cast.ana, 15,
    )  # fmt: skip
    assert planned.messages.count() == 1
    text = words(ana.get(url("micro-close", micro.pk)))
    assert "Next session: Thu 15 Jan, 14:10, Names the feeling before offering a fix." in text
    assert "Plan it" not in text


@pytest.mark.parametrize("given", [{"when": "2026-01-11T09:00:00+00:00"}, {"when": "soon"}, {"form_key": "x"}])
def test_a_next_time_that_cannot_be_leads_to_the_form(micro, cast, ana, given):
    closing.close(complete(micro), by=cast.ana)
    form = next_form(ana.get(url("micro-close", micro.pk)))
    assert ana.post(url("micro-plan-next", micro.pk), form | given).url == url("micro-plan", micro.enrolment_id)
    assert not MicroSession.objects.filter(status=Status.PLANNED).exists()


def test_its_key_is_no_other_times(micro, cast, ana):
    closing.close(complete(micro), by=cast.ana)
    form = next_form(ana.get(url("micro-close", micro.pk)))
    ana.post(url("micro-plan-next", micro.pk), form)
    again = ana.post(url("micro-plan-next", micro.pk), form | {"when": "2026-01-16T09:00:00+00:00"})
    assert (again.status_code, MicroSession.objects.filter(status=Status.PLANNED).count()) == (409, 1)


def test_a_next_time_taken_meanwhile_is_said_above_the_form(micro, cast, ana):
    closing.close(complete(micro), by=cast.ana)
    form = next_form(ana.get(url("micro-close", micro.pk)))
    cast.plan(dt.datetime.fromisoformat(form["when"]))
    page = ana.post(url("micro-plan-next", micro.pk), form, follow=True)
    assert "A session is already planned at this time. Choose another." in words(page)


def test_a_next_time_that_has_passed_is_planned_with_the_form(clock, micro, cast, ana):
    closing.close(complete(micro), by=cast.ana)
    clock.shift(5 * 86_400)
    text = words(ana.get(url("micro-close", micro.pk)))
    assert ("Plan the next one" in text, "Plan it" in text) == (True, False)


def test_a_session_that_is_planned_is_named_as_such(micro, cast, ana):
    complete(micro)
    cast.plan(dt.datetime(2026, 1, 14, 9, 0, tzinfo=dt.UTC))
    ana.post(url("micro-close", micro.pk))
    text = words(ana.get(url("micro-close", micro.pk)))
    assert "Next session: Wed 14 Jan, 10:00, Names the feeling before offering a fix." in text


def test_a_second_tap_on_close_leads_to_the_same_page(micro, cast, ana):
    complete(micro)
    for _ in range(2):
        assert ana.post(url("micro-close", micro.pk)).url == url("micro-close", micro.pk)
    assert FollowUp.objects.count() == 1


def test_the_closed_page_has_nothing_to_fill_in_but_the_minutes(micro, cast, ana):
    closing.close(complete(micro), by=cast.ana)
    assert forms_on(ana.get(url("micro-close", micro.pk))) == ["plan-next/", "minutes/"]


def test_it_says_that_they_have_rated_and_shows_both_views_once_open(micro, cast, ana):
    rate(micro, cast.leo, submit=True)
    closing.close(complete(micro), by=cast.ana)
    text = words(ana.get(url("micro-close", micro.pk)))
    assert "Leo Marin has rated." in text
    assert "Same on all 3." in text


def test_a_rating_can_be_handed_in_from_here(micro, cast, ana):
    criteria = {f"level-{criterion.pk}": "3" for criterion in cast.criteria}
    back = f"{url('micro-close', micro.pk)}#rated"
    assert ana.post(url("rating-submit", micro.pk), criteria | {"next": back}).url == back
    assert ratings.rating_of(micro, by=cast.ana).submitted_at is not None
    assert "Your rating is in." in words(ana.get(url("micro-close", micro.pk)))


# -- undo and minutes -----------------------------------------------------------------------------


def test_for_ten_seconds_there_is_an_undo(clock, cast, ana):
    micro = running.finish(running.start(cast.plan(), by=cast.ana), by=cast.ana)
    assert ana.get(url("micro-close", micro.pk)).context["can_undo"] is True
    clock.shift(13)
    page = ana.get(url("micro-close", micro.pk))
    assert (page.context["can_undo"], "finish/undo/" in page.content.decode()) == (False, False)


def test_also_when_the_finish_closed_it(clock, cast, ana):
    micro = closed(running.start(cast.plan(), by=cast.ana))
    assert forms_on(ana.get(url("micro-close", micro.pk))) == ["finish/undo/", "plan-next/", "minutes/"]
    assert ana.post(url("micro-finish-undo", micro.pk)).url == url("micro-run", micro.pk)


def test_minutes_are_corrected(micro, ana):
    assert ana.post(url("micro-minutes", micro.pk), {"minutes": "9"}).url == url("micro-close", micro.pk)
    assert "9 min" in words(ana.get(url("micro-close", micro.pk)))


@pytest.mark.parametrize(
    ("minutes", "error"),
    [
        ("0", "Ensure this value is greater than or equal to 1."),
        ("181", "Ensure this value is less than or equal to 180."),
        ("ten", "Enter a whole number."),
        ("", "Write a number."),
        ("40", "That many minutes have not passed since it started."),
    ],
)
def test_minutes_that_cannot_be_come_back_with_the_reason(micro, ana, minutes, error):
    page = ana.post(url("micro-minutes", micro.pk), {"minutes": minutes})
    assert (page.status_code, page.context["minutes_form"].errors["minutes"]) == (422, [error])
    assert MicroSession.objects.get().minutes_actual == 15


def test_a_session_that_ended_by_itself_says_so(clock, cast, ana):
    micro = running.start(cast.plan(), by=cast.ana)
    clock.shift(80 * 60)
    running.end_overdue(dt.datetime.now(dt.UTC))
    text = words(ana.get(url("micro-close", micro.pk)))
    assert "It ended by itself and is recorded with 15 minutes." in text


# -- cost -----------------------------------------------------------------------------------------


def test_the_page_costs_the_same_with_one_and_with_three_slots(micro, cast, ana, django_assert_num_queries):
    rate(micro, cast.ana)
    write_lines(micro)
    ana.get(url("micro-close", micro.pk))
    with django_assert_num_queries(17):
        ana.get(url("micro-close", micro.pk))
    for weekday in (0, 1):
        cast.enrolment.usual_slots.create(weekday=weekday, starts_at=dt.time(9), timezone="Europe/Berlin")
    with django_assert_num_queries(17):
        ana.get(url("micro-close", micro.pk))
