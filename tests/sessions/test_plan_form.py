"""The plan form: filled in from the proposal, saved, started at once, edited."""

import datetime as dt
from uuid import uuid4

import pytest
from django.urls import reverse

from programs.models import Blueprint, Enrolment, Substitute
from sessions.domain import notes
from sessions.models import MicroSession, PrivateNote, Reflection, Reply
from tests.sessions.plan_steps import (
    DAY,
    THURSDAY_SLOT,
    TUESDAY,
    on_tuesday,  # noqa: F401 (a fixture)
    parcel,
    plan,
    revealed,
)
from tests.sessions.run_steps import url

SLOT = THURSDAY_SLOT.isoformat()


def plan_url(cast):
    return url("micro-plan", cast.enrolment.pk)


def as_it_comes(client, cast, **changes):
    """What a browser sends when the page is saved with no further input."""
    form = client.as_(cast.ana).get(plan_url(cast)).context["form"]
    values = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    values["pick_at"] = ""
    return values | {"then": "save"} | changes


def post(client, cast, **changes):
    return client.as_(cast.ana).post(plan_url(cast), as_it_comes(client, cast, **changes))


# Planning


def test_the_form_is_filled_in_from_the_proposal(client, cast):
    form = client.as_(cast.ana).get(plan_url(cast)).context["form"]
    shown = {name: form[name].value() for name in ("when", "minutes_planned", "practise_on", "difficulty")}
    assert shown == {"when": SLOT, "minutes_planned": 15, "practise_on": "work", "difficulty": 1}
    assert form["when"].field.choices == [
        (SLOT, "Thu 15 Jan, 14:10 · usual slot"),
        ((TUESDAY + dt.timedelta(minutes=30)).isoformat(), "Soon · 10:30"),
        ("pick", "Pick"),
    ]
    assert form["focus"].help_text == "Because: the next case practises it"
    assert form["reference"].help_text == "No names or card numbers."


def test_the_difficulty_says_why(client, cast):
    cast.held(difficulty=2)
    form = client.as_(cast.ana).get(plan_url(cast)).context["form"]
    assert (form["difficulty"].value(), form["difficulty"].help_text) == (2, "Because: as last time")


def test_it_saves_with_no_further_input(client, cast):
    response = post(client, cast)
    micro = MicroSession.objects.get()
    assert (response.status_code, response.url) == (302, micro.get_absolute_url())
    assert (micro.scheduled_for, micro.focus, micro.blueprint.key) == (
        THURSDAY_SLOT,
        cast.criteria[0].behaviour,
        "case-1",
    )
    assert micro.success_criterion == cast.criteria[0].behaviour.success


def test_save_and_start_runs_it_now(client, cast):
    response = post(client, cast, then="start")
    micro = MicroSession.objects.get()
    assert (micro.status, micro.scheduled_for, micro.messages.count()) == ("running", TUESDAY, 0)
    assert response.url == url("micro-run", micro.pk)


def test_a_form_sent_twice_is_one_session(client, cast):
    values = as_it_comes(client, cast)
    ana = client.as_(cast.ana)
    first, second = ana.post(plan_url(cast), values), ana.post(plan_url(cast), values)
    assert (first.url, MicroSession.objects.count()) == (second.url, 1)


def test_save_and_start_sent_twice_is_one_running_session(client, cast):
    values = as_it_comes(client, cast, then="start")
    ana = client.as_(cast.ana)
    first, second = ana.post(plan_url(cast), values), ana.post(plan_url(cast), values)
    assert (first.url, MicroSession.objects.count()) == (second.url, 1)


def test_two_tabs_plan_two_times_but_not_the_same_one(client, cast):
    one, two = as_it_comes(client, cast), as_it_comes(client, cast)
    ana = client.as_(cast.ana)
    ana.post(plan_url(cast), one)
    response = ana.post(plan_url(cast), two)
    assert response.status_code == 422
    assert response.context["form"].errors["when"] == ["A session is already planned at this time. Choose another."]
    assert MicroSession.objects.count() == 1


def test_a_picked_time_is_a_wall_time_of_the_coach(client, cast):
    post(client, cast, when="pick", pick_at="2026-01-16T09:30")
    assert MicroSession.objects.get().scheduled_for == dt.datetime(2026, 1, 16, 8, 30, tzinfo=dt.UTC)


def test_a_picked_time_in_the_spring_gap_is_the_next_valid_minute(client, cast):
    post(client, cast, when="pick", pick_at="2026-03-29T02:30")
    assert MicroSession.objects.get().scheduled_for == dt.datetime(2026, 3, 29, 1, 0, tzinfo=dt.UTC)


def test_a_picked_time_in_the_autumn_fold_is_the_first(client, cast):
    post(client, cast, when="pick", pick_at="2026-10-25T02:30")
    assert MicroSession.objects.get().scheduled_for == dt.datetime(2026, 10, 25, 0, 30, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("changes", "field", "error"),
    [
        ({"when": "pick", "pick_at": ""}, "pick_at", "Choose a date and a time."),
        ({"when": "pick", "pick_at": "tomorrow"}, "pick_at", "Enter a date and a time."),
        ({"when": "pick", "pick_at": "2026-01-16"}, "pick_at", "Enter a date and a time."),
        ({"when": "pick", "pick_at": "9999-12-31T23:59"}, "pick_at", "Enter a date and a time."),
        (
            {"when": "pick", "pick_at": "2026-01-12T09:00"},
            "when",
            "This time has passed. If the session took place, log it instead.",
        ),
        ({"when": "nonsense"}, "when", "Select a valid choice. nonsense is not one of the available choices."),
        (
            {"minutes_planned": "45"},
            "minutes_planned",
            "Select a valid choice. 45 is not one of the available choices.",
        ),
        ({"focus": "999999"}, "focus", "Select a valid choice. 999999 is not one of the available choices."),
        (
            {"practise_on": "case", "blueprint": ""},
            "blueprint",
            "Choose the case, or practise on something else.",
        ),
        (
            {"reference": "x" * 100_000},
            "reference",
            "Ensure this value has at most 200 characters (it has 100000).",
        ),
        ({"note": "x" * 100_000}, "note", "Ensure this value has at most 4000 characters (it has 100000)."),
        (
            {"demonstration": "x" * 100_000},
            "demonstration",
            "Ensure this value has at most 800 characters (it has 100000).",
        ),
    ],
)  # fmt: skip
def test_a_bad_value_is_said_at_its_field_and_nothing_is_lost(client, cast, changes, field, error):
    response = post(client, cast, constraint="Two minutes", **changes)
    form = response.context["form"]
    assert (response.status_code, form.errors) == (422, {field: [error]})
    assert form["constraint"].value() == "Two minutes"
    assert MicroSession.objects.count() == 0


def test_another_focus_brings_its_own_success_criterion(client, cast):
    other = cast.criteria[1].behaviour
    post(client, cast, focus=other.pk)
    assert MicroSession.objects.get().success_criterion == other.success


def test_a_success_criterion_that_was_written_stays(client, cast):
    post(client, cast, focus=cast.criteria[1].behaviour.pk, success_criterion="Waits three seconds")
    assert MicroSession.objects.get().success_criterion == "Waits three seconds"


def test_another_case_brings_its_own_texts(client, cast):
    first = Blueprint.objects.get(key="case-1")
    for title, aid in (("One", ["Breathe", "Wait"]), ("Two", ["Listen"])):
        first.pk, first.key, first.title, first.job_aid = None, title.lower(), title, aid
        first.save(force_insert=True)
    post(client, cast, blueprint=first.pk, job_aid="Breathe\r\nWait")
    assert MicroSession.objects.get().job_aid == "Listen"


def test_a_session_saved_on_a_case_and_turned_to_their_work_keeps_the_questions_and_the_job_aid(client, cast):
    micro = plan(cast, details={"blueprint": parcel(cast), "practise_on": "case"})
    ana = client.as_(cast.ana)
    form = ana.get(url("micro-edit", micro.pk)).context["form"]
    assert form["blueprint"].help_text == "With their work, what speaks of its people is left out."
    values = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    typed = {"demonstration": values["demonstration"].replace("\n", "\r\n"), "job_aid": "Listen\r\nBreathe"}
    ana.post(url("micro-edit", micro.pk), values | typed | {"practise_on": "work"})
    saved = MicroSession.objects.get()
    assert (saved.practise_on, saved.blueprint.key) == ("work", "parcel")
    assert (saved.demonstration, saved.constraint, saved.job_aid) == ("", "", "Listen\nBreathe")


def test_a_clash_is_said_and_the_session_saved(client, cast):
    Enrolment.objects.filter(pk=cast.lia_enrolment.pk).update(coach=cast.ana)
    cast.lia_enrolment.refresh_from_db()
    plan(cast, THURSDAY_SLOT + DAY, enrolment=cast.lia_enrolment)
    response = client.as_(cast.ana).post(
        plan_url(cast), as_it_comes(client, cast, when="pick", pick_at="2026-01-16T14:20"), follow=True
    )
    assert [str(message) for message in response.context["messages"]] == [
        "Planned with Leo Marin: Fri 16 Jan, 14:20.",
        "Careful: You have Lia Chen at 14:10.",
    ]


def test_the_private_note_is_kept_apart(client, cast):
    post(client, cast, note="Looked tired")
    micro = MicroSession.objects.get()
    assert notes.read(micro, by=cast.ana) == "Looked tired"
    for page in (reverse("learn:micro-show", args=[micro.pk]), reverse("today")):
        assert b"Looked tired" not in client.as_(cast.leo).get(page).content


def test_talk_about_it_next_time_is_on_the_plan(client, cast):
    micro = revealed(cast, {0: 3}, days_ago=3)
    reflection = Reflection.objects.create(micro=micro, what_changed="She calmed down", saved_at=TUESDAY)
    reply = Reply.objects.create(reflection=reflection, coach=cast.ana, kind="next_time")
    page = client.as_(cast.ana).get(plan_url(cast))
    assert page.context["form"]["topics"].field.choices == [(reply.pk, "“She calmed down”")]
    post(client, cast)
    reply.refresh_from_db()
    assert reply.taken_up_in == MicroSession.objects.get(status="planned")


def test_the_same_form_again_is_one_plan_also_where_more_is_to_be_talked_about(client, cast):
    both = [
        Reply.objects.create(
            reflection=Reflection.objects.create(
                micro=revealed(cast, {0: 3}, days_ago=days), what_changed="She calmed down", saved_at=TUESDAY
            ),
            coach=cast.ana,
            kind="next_time",
        ).pk
        for days in (3, 4)
    ]
    ana, form = client.as_(cast.ana), as_it_comes(client, cast, topics=both[:1])
    first, again = ana.post(plan_url(cast), form), ana.post(plan_url(cast), form)
    assert (again.status_code, again.url) == (302, first.url)
    other = ana.post(plan_url(cast), form | {"topics": both})
    said = "This form was saved before, for Leo Marin on Thu 15 Jan, 14:10."
    assert (other.status_code, said in other.content.decode()) == (409, True)
    assert list(Reply.objects.exclude(taken_up_in=None).values_list("pk", flat=True)) == both[:1]


def test_an_ended_enrolment_says_that_nothing_can_be_planned(client, cast):
    Enrolment.objects.filter(pk=cast.enrolment.pk).update(ended_on=TUESDAY.date())
    response = client.as_(cast.ana).get(plan_url(cast))
    assert response.status_code == 409
    assert "This enrolment has ended, so no session can be planned." in response.content.decode()


def test_a_substitute_reaches_the_plan_form_on_their_days_only(client, cast, clock):
    Substitute.objects.create(
        organization=cast.organization, enrolment=cast.enrolment, coach=cast.cole, named_by=cast.ada,
        starts_on=dt.date(2026, 1, 14), ends_on=dt.date(2026, 1, 15),
    )  # fmt: skip
    assert client.as_(cast.cole).get(plan_url(cast)).status_code == 404
    clock.move_to(TUESDAY + DAY)
    assert client.as_(cast.cole).get(plan_url(cast)).status_code == 200
    assert client.as_(cast.cole).get(cast.enrolment.get_absolute_url()).status_code == 404
    clock.move_to(TUESDAY + 3 * DAY)
    assert client.as_(cast.cole).get(plan_url(cast)).status_code == 404


def test_the_plan_page_costs_a_constant_number_of_queries(client, cast, django_assert_num_queries):
    ana = client.as_(cast.ana)
    revealed(cast, {0: 3, 1: 2, 2: 3}, days_ago=9)
    with django_assert_num_queries(17):
        ana.get(plan_url(cast))
    for days in (7, 5):
        revealed(cast, {0: 3, 1: 2, 2: 3}, days_ago=days)
    with django_assert_num_queries(17):
        ana.get(plan_url(cast))


def test_a_form_key_that_is_no_key_is_refused(client, cast):
    response = post(client, cast, form_key="x")
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["form_key"])
    assert post(client, cast, form_key=str(uuid4())).status_code == 302


# Editing


def test_editing_shows_what_was_saved_and_saves_it(client, cast):
    micro = plan(cast, note="Tired", details={"reference": "Call 1"})
    ana = client.as_(cast.ana)
    form = ana.get(url("micro-edit", micro.pk)).context["form"]
    assert (form["reference"].value(), form["note"].value(), form["version"].value()) == ("Call 1", "Tired", 1)
    values = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    response = ana.post(url("micro-edit", micro.pk), values | {"reference": "Call 2", "note": ""})
    micro.refresh_from_db()
    assert (response.status_code, micro.reference, PrivateNote.objects.count()) == (302, "Call 2", 0)


def test_a_stale_edit_shows_both_texts(client, cast):
    micro = plan(cast)
    ana = client.as_(cast.ana)
    form = ana.get(url("micro-edit", micro.pk)).context["form"]
    values = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    ana.post(url("micro-edit", micro.pk), values | {"reference": "First"})
    response = ana.post(url("micro-edit", micro.pk), values | {"reference": "Second"})
    page = response.content.decode()
    assert (response.status_code, "First" in page, "Second" in page) == (409, True, True)
    assert MicroSession.objects.get().reference == "First"
