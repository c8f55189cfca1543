"""The plan form, a session's own page, moving and cancelling, as pages."""

import datetime as dt
from uuid import uuid4

import pytest
import time_machine
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils import timezone

from programs.models import Blueprint, Enrolment, Substitute, UsualSlot
from sessions.cards.coach import coach_cards
from sessions.domain import notes, schedule
from sessions.domain.coach_day import coach_day
from sessions.models import MicroMove, MicroSession, PrivateNote, Reflection, Reply
from tests.sessions.plan_steps import DAY, HOUR, THURSDAY_SLOT, TUESDAY, parcel, plan, revealed

SLOT = THURSDAY_SLOT.isoformat()


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(TUESDAY, tick=False) as traveller:
        yield traveller


def url(name, *args):
    return reverse(f"coach:{name}", args=args)


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
        ((TUESDAY + dt.timedelta(minutes=30)).isoformat(), "In 30 min · 10:30"),
        ("pick", "Pick"),
    ]
    assert form["focus"].help_text == "Because: the next case practises it"
    assert form["reference"].help_text == "No names or card numbers."


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
    assert form["blueprint"].help_text == "With their work: its questions and job aid only."
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
    assert (other.status_code, "This form was saved before." in other.content.decode()) == (409, True)
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
    with django_assert_num_queries(16):
        ana.get(plan_url(cast))
    for days in (7, 5):
        revealed(cast, {0: 3, 1: 2, 2: 3}, days_ago=days)
    with django_assert_num_queries(16):
        ana.get(plan_url(cast))


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


# A session's own page


def show(client, cast, micro):
    return client.as_(cast.ana).get(micro.get_absolute_url())


def test_a_planned_session_offers_start_move_edit_and_cancel(client, cast):
    micro = plan(cast)
    page = show(client, cast, micro).content.decode()
    offered = [name for name in ("micro-start", "micro-move", "micro-edit", "micro-cancel", "micro-missed",
                                 "micro-took-place") if url(name, micro.pk) in page]  # fmt: skip
    assert offered == ["micro-start", "micro-move", "micro-edit", "micro-cancel"]


def test_once_its_time_has_come_it_can_be_missed_or_have_taken_place(client, cast, clock):
    micro = plan(cast)
    clock.move_to(THURSDAY_SLOT + HOUR)
    page = show(client, cast, micro).content.decode()
    assert url("micro-missed", micro.pk) in page
    assert url("micro-took-place", micro.pk) in page


@pytest.mark.parametrize(
    ("status", "name"), [("running", "micro-run"), ("closing", "micro-close"), ("cancelled", "micro-plan")]
)
def test_each_state_offers_its_next_step(client, cast, status, name):
    make = {
        "running": lambda: cast.plan(status="running", started_at=TUESDAY),
        "closing": cast.held,
        "cancelled": lambda: cast.plan(status="cancelled", cancelled_at=TUESDAY),
    }
    micro = make[status]()
    target = url(name, cast.enrolment.pk if name == "micro-plan" else micro.pk)
    assert f'class="btn btn-primary" href="{target}"' in show(client, cast, micro).content.decode()


def test_a_cancelled_session_tells_its_time_apart_from_when_it_was_cancelled(client, cast):
    micro = cast.plan(when=TUESDAY + 2 * DAY, status="cancelled", cancelled_at=TUESDAY, cancel_note="Training")
    page = " ".join(show(client, cast, micro).content.decode().split())
    assert "<p>It was planned for Thu 15 Jan, 10:00.</p>" in page
    assert "Cancelled on Tue 13 Jan, 10:00 · “Training”" in page


def test_a_sealed_session_shows_the_coach_nothing_of_the_learners_rating(client, cast):
    micro = cast.held()
    page = show(client, cast, micro)
    assert page.context["entry"].reveal is None
    assert "Ratings are sealed" in page.content.decode()


def test_after_the_reveal_both_views_stand_side_by_side(client, cast):
    micro = revealed(cast, {0: 3, 1: 2}, days_ago=2)
    reveal = show(client, cast, micro).context["entry"].reveal
    assert [(line.own.level, line.other.level) for line in reveal.lines] == [(3, None), (2, None), (None, None)]


def test_the_learners_own_time_is_shown_where_it_differs(client, cast):
    cast.leo.timezone = "Asia/Kolkata"
    cast.leo.save()
    assert show(client, cast, plan(cast)).context["there"] == "Thu 15 Jan, 18:40 for Leo Marin"


def test_words_of_people_are_harmless_on_the_page(client, cast):
    micro = plan(cast, details={"reference": "<b>{{7*7}}</b>"})
    page = show(client, cast, micro).content.decode()
    assert "&lt;b&gt;{{7*7}}&lt;/b&gt;" in page


# Moving


def move_page(client, cast, micro, who=None):
    return client.as_(who or cast.ana).get(url("micro-move", micro.pk))


def test_a_session_moves_by_a_chip_and_a_reason(client, cast):
    micro = plan(cast)
    form = move_page(client, cast, micro).context["form"]
    labels = [label for _value, label in form.fields["to"].choices]
    assert labels == [
        "+30 min · 14:40",
        "Later that day · 16:30",
        "Same time · Fri 16 Jan, 14:10",
        "Next usual slot · Thu 22 Jan, 14:10",
        "Pick",
    ]
    data = {"to": form["to"].value(), "pick_at": "", "sequence": 0, "reason": "queue"}
    response = client.as_(cast.ana).post(url("micro-move", micro.pk), data, follow=True)
    assert [str(each) for each in response.context["messages"]] == ["Moved to Thu 15 Jan, 14:40."]
    assert MicroMove.objects.get().reason == "queue"


def test_times_that_nobody_can_are_not_offered(client, cast):
    plan(cast, THURSDAY_SLOT + dt.timedelta(minutes=30))
    friday_off = cast.leo
    friday_off.work_days = [0, 1, 2, 3]
    friday_off.save()
    form = move_page(client, cast, plan(cast)).context["form"]
    assert [label for _value, label in form.fields["to"].choices] == [
        "Later that day · 16:30",
        "Same time · Mon 19 Jan, 14:10",
        "Next usual slot · Thu 22 Jan, 14:10",
        "Pick",
    ]


def test_the_page_says_before_the_reasons_that_a_tap_on_one_moves(client, cast):
    page = move_page(client, cast, plan(cast)).content.decode()
    said = "Tap the reason: the session moves at once. You can undo it for 10 minutes."
    assert 0 < page.find(said) < page.find('name="reason"')


def test_a_session_whose_time_has_passed_moves_from_now(client, cast, clock):
    micro = plan(cast)
    clock.move_to(THURSDAY_SLOT + dt.timedelta(minutes=7))
    labels = [label for _value, label in move_page(client, cast, micro).context["form"].fields["to"].choices]
    assert labels[:2] == ["+30 min · 14:50", "Later today · 16:30"]


def test_a_move_into_the_past_is_refused_at_its_field(client, cast):
    micro = plan(cast)
    data = {"to": "pick", "pick_at": "2026-01-12T09:00", "sequence": 0, "reason": "queue"}
    response = client.as_(cast.ana).post(url("micro-move", micro.pk), data)
    assert response.status_code == 422
    assert response.context["form"].errors["to"] == ["This time has passed. If the session took place, log it instead."]


def test_a_move_is_taken_back_with_one_tap(client, cast):
    micro = schedule.move(plan(cast), by=cast.ana, to=THURSDAY_SLOT + DAY, reason="queue")
    undo = show(client, cast, micro).context["undo"]
    assert (undo["move"].moved_from, undo["seconds"]) == (THURSDAY_SLOT, 600)
    client.as_(cast.ana).post(url("micro-move-undo", micro.pk), {"sequence": 1})
    assert (MicroSession.objects.get().scheduled_for, MicroMove.objects.count()) == (THURSDAY_SLOT, 0)


def test_an_undo_without_a_number_is_refused_not_an_error(client, cast):
    micro = schedule.move(plan(cast), by=cast.ana, to=THURSDAY_SLOT + DAY, reason="queue")
    assert client.as_(cast.ana).post(url("micro-move-undo", micro.pk), {"sequence": "x"}).status_code == 409


# Cancelling, missed, taking it back


def test_a_cancelled_session_can_be_taken_back(client, cast):
    micro = plan(cast)
    ana = client.as_(cast.ana)
    ana.post(url("micro-cancel", micro.pk), {"note": "Training"})
    page = ana.get(micro.get_absolute_url())
    assert (page.context["micro"].status, page.context["micro"].cancel_note) == ("cancelled", "Training")
    assert url("micro-restore", micro.pk) in page.content.decode()
    ana.post(url("micro-restore", micro.pk))
    assert MicroSession.objects.get().status == "planned"


def test_cancelling_twice_tells_the_learner_once(client, cast):
    micro = plan(cast)
    ana = client.as_(cast.ana)
    for _n in range(2):
        assert ana.post(url("micro-cancel", micro.pk), {"note": ""}).status_code == 302
    assert micro.messages.count() == 2  # planned, cancelled


def test_a_note_that_is_too_long_cancels_nothing(client, cast):
    micro = plan(cast)
    response = client.as_(cast.ana).post(url("micro-cancel", micro.pk), {"note": "x" * 100_000})
    assert (response.status_code, MicroSession.objects.get().status) == (422, "planned")
    assert list(response.context["form"].errors) == ["note"]


def test_an_undo_bar_sent_by_htmx_shows_the_page_anew(client, cast):
    micro = schedule.cancel(plan(cast), by=cast.ana)
    response = client.as_(cast.ana).htmx(url("micro-restore", micro.pk))
    assert (response.status_code, response["HX-Redirect"]) == (200, micro.get_absolute_url())


# A learner asks to move


def today_of(coach):
    return coach_cards(coach, coach_day(coach))


def test_today_tells_the_coach_who_would_like_another_time_and_takes_the_answer(client, cast):
    micro = schedule.ask_to_move(plan(cast), by=cast.leo, note="Dentist at two")
    later = schedule.ask_to_move(plan(cast, THURSDAY_SLOT + DAY), by=cast.leo)
    with timezone.override("Europe/Berlin"):
        (card,) = [card for card in today_of(cast.ana) if card.kind == "asked-to-move"]
    assert (card.title, card.lines, card.quote, card.count) == (
        "Leo Marin", ("Would like another time than Thu 15 Jan, 14:10.",), "Dentist at two", 2,
    )  # fmt: skip
    assert [(str(action.label), action.url) for action in card.actions] == [
        ("Move", url("micro-move", micro.pk)),
        ("Keep the time", url("micro-keep-time", micro.pk)),
        ("See Leo Marin", url("micro-show", later.pk)),
    ]
    client.as_(cast.ana).post(url("micro-keep-time", micro.pk))
    (card,) = [card for card in today_of(cast.ana) if card.kind == "asked-to-move"]
    assert (card.count, card.quote, [action.url for action in card.actions][:1]) == (
        1,
        "",
        [url("micro-move", later.pk)],
    )


@pytest.mark.parametrize(
    ("note", "line"), [("", "Would like another time."), ("Dentist", "Would like another time: “Dentist”")]
)
def test_a_wish_about_the_session_that_starts_soon_is_on_its_card(cast, note, line):
    schedule.ask_to_move(plan(cast, TUESDAY + dt.timedelta(minutes=20)), by=cast.leo, note=note)
    cards = {card.kind: card for card in today_of(cast.ana)}
    assert ("asked-to-move" in cards, str(cards["start"].lines[-1])) == (False, line)


def test_a_wish_behind_a_session_that_was_never_started_is_told_with_its_answers(cast):
    """Leo's of yesterday comes first on the start card; Lia's is in 20 minutes."""
    Enrolment.objects.filter(pk=cast.lia_enrolment.pk).update(coach=cast.ana)
    cast.lia_enrolment.refresh_from_db()
    left = cast.plan(when=TUESDAY - DAY)
    soon = plan(cast, TUESDAY + dt.timedelta(minutes=20), enrolment=cast.lia_enrolment)
    schedule.ask_to_move(soon, by=cast.lia, note="At five?")
    cards = {card.kind: card for card in today_of(cast.ana)}
    asked = cards["asked-to-move"]
    assert (cards["start"].title, cards["start"].count) == ("Leo Marin", 2)
    assert (asked.title, asked.quote, [str(each.label) for each in asked.actions]) == (
        "Lia Chen", "At five?", ["Move", "Keep the time"],
    )  # fmt: skip
    MicroSession.objects.filter(pk=left.pk).update(scheduled_for=TUESDAY - 2 * DAY)
    MicroSession.objects.filter(pk=soon.pk).update(scheduled_for=TUESDAY - DAY)
    (passed,) = [card for card in today_of(cast.ana) if card.kind == "asked-to-move"]
    assert [(str(each.label), each.url) for each in passed.actions] == [("Move", url("micro-move", soon.pk))]


@pytest.mark.parametrize("who", ["leo", "lia", "cole", "mia", "ada", "olga"])
def test_nobody_else_is_told_of_the_wish_on_today(cast, who):
    schedule.ask_to_move(plan(cast), by=cast.leo, note="Dentist at two")
    assert today_of(getattr(cast, who)) == []


def test_the_answers_to_a_wish_stand_beside_it(client, cast):
    micro = plan(cast)
    keep = f'action="{url("micro-keep-time", micro.pk)}"'
    before = show(client, cast, micro).content.decode()
    schedule.ask_to_move(micro, by=cast.leo, note="Dentist at two")
    asked = show(client, cast, MicroSession.objects.get()).content.decode()
    note = asked.partition('class="note note-warm asked"')[2].partition("<article")[0]
    assert (keep in before, note.count(keep), asked.count(keep)) == (False, 1, 1)
    assert note.count(f'href="{url("micro-move", micro.pk)}"') == 1


def test_a_wish_about_a_time_that_has_passed_leaves_one_way_to_move_and_nothing_to_keep(client, cast):
    micro = schedule.ask_to_move(plan(cast), by=cast.leo, note="Dentist at two")
    MicroSession.objects.filter(pk=micro.pk).update(scheduled_for=TUESDAY - HOUR)
    page = show(client, cast, micro).content.decode()
    ways = [f'href="{url("micro-move", micro.pk)}"', url("micro-keep-time", micro.pk), "Dentist at two"]
    assert [page.count(each) for each in ways] == [1, 0, 1]


def test_a_learner_asks_to_move_and_the_coach_sees_it(client, cast):
    micro = plan(cast)
    ask = reverse("learn:micro-ask-to-move", args=[micro.pk])
    response = client.as_(cast.leo).post(ask, {"note": "Dentist at two"})
    assert response.url == reverse("learn:micro-show", args=[micro.pk])
    page = show(client, cast, MicroSession.objects.get()).content.decode()
    assert ("Leo Marin would like another time." in page, "Dentist at two" in page) == (True, True)
    answers = [client.as_(cast.ana).post(url("micro-keep-time", micro.pk)) for _twice in range(2)]
    assert [[str(each) for each in get_messages(answer.wsgi_request)] for answer in answers] == [
        ["It stays as it is. Leo Marin gets a mail."], [],
    ]  # fmt: skip
    assert MicroSession.objects.get().move_asked_at is None


def test_a_slot_of_the_enrolment_is_set_and_removed(client, cast):
    ana = client.as_(cast.ana)
    ana.post(url("slot-add", cast.enrolment.pk), {"weekday": "0", "starts_at": "09:30"})
    slot = UsualSlot.objects.get(weekday=0)
    assert (slot.starts_at, slot.timezone) == (dt.time(9, 30), "Europe/Berlin")
    ana.post(url("slot-remove", cast.enrolment.pk, slot.pk))
    assert list(UsualSlot.objects.values_list("weekday", flat=True)) == [3]


def test_a_slot_without_a_time_is_said_at_its_field(client, cast):
    response = client.as_(cast.ana).post(url("slot-add", cast.enrolment.pk), {"weekday": "0", "starts_at": ""})
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["starts_at"])


def test_a_slot_of_another_enrolment_is_not_there(client, cast):
    slot = UsualSlot.objects.create(
        enrolment=cast.lia_enrolment, weekday=1, starts_at=dt.time(9), timezone="Europe/Berlin"
    )
    response = client.as_(cast.ana).post(url("slot-remove", cast.enrolment.pk, slot.pk))
    assert (response.status_code, UsualSlot.objects.count()) == (404, 2)


def test_a_form_key_that_is_no_key_is_refused(client, cast):
    response = post(client, cast, form_key="x")
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["form_key"])
    assert post(client, cast, form_key=str(uuid4())).status_code == 302
