"""When a session is: moving it, a learner's wish for another time, the usual slots."""

import datetime as dt
import re

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse
from django.utils import timezone

from programs.cards import Urgency
from programs.domain import enrolments
from programs.models import Enrolment, UsualSlot
from sessions.api.sessions import SessionShown
from sessions.cards.coach import coach_cards
from sessions.cards.learner import learner_cards, next_session_cards
from sessions.domain import running, schedule
from sessions.domain.coach_day import coach_day
from sessions.domain.learner_day import learner_day
from sessions.models import MicroMove, MicroSession
from tests.sessions.plan_steps import (
    DAY,
    HOUR,
    THURSDAY_SLOT,
    TUESDAY,
    on_tuesday,  # noqa: F401 (a fixture)
    plan,
    show,
)
from tests.sessions.run_steps import url, words

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


def test_to_who_asked_the_nearest_time_is_offered_last_and_the_reason_first(client, cast):
    micro = schedule.ask_to_move(plan(cast), by=cast.leo)
    page = move_page(client, cast, micro)
    form = page.context["form"]
    assert [label.partition(" · ")[0] for _value, label in form.fields["to"].choices] == [
        "Later that day", "Same time", "Next usual slot", "+30 min", "Pick",
    ]  # fmt: skip
    assert form.initial["pick_at"].isoformat() == form["to"].value()
    assert [label for _value, label in form.fields["reason"].choices][:2] == ["Learner asked", "Queue"]
    bright = re.findall(r'btn-primary btn-lg" name="reason" value="(\w+)"', page.content.decode())
    assert bright == ["asked"]


def test_without_a_wish_no_reason_stands_out(client, cast):
    page = move_page(client, cast, plan(cast))
    reasons = re.findall(r'btn-outline-primary btn-lg" name="reason" value="(\w+)"', page.content.decode())
    assert reasons == ["queue", "absent", "clash", "asked", "other"]


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


def chips(client, cast, micro) -> list[str]:
    return [label for _value, label in move_page(client, cast, micro).context["form"].fields["to"].choices]


def work(member, start: int, end: int) -> None:
    member.work_start, member.work_end = dt.time(start), dt.time(end)
    member.save()


@pytest.mark.parametrize("who", ["leo", "ana"])
def test_no_time_that_ends_after_the_hours_of_either_is_offered(client, cast, who):
    work(cast.leo if who == "ana" else cast.ana, 9, 20)
    micro = plan(cast, THURSDAY_SLOT + dt.timedelta(hours=2, minutes=10))
    assert chips(client, cast, micro) == [
        "Same time · Fri 16 Jan, 16:20",
        "Next usual slot · Thu 22 Jan, 14:10",
        "Pick",
    ]


def test_a_usual_slot_outside_of_the_hours_is_offered_as_it_is(client, cast):
    work(cast.leo, 15, 23)
    labels = ["Later that day · 16:30", "Next usual slot · Thu 22 Jan, 14:10", "Pick"]
    assert chips(client, cast, plan(cast)) == labels


def test_in_a_night_shift_times_after_midnight_are_offered(client, cast):
    for member in (cast.leo, cast.ana):
        work(member, 22, 6)
    micro = plan(cast, THURSDAY_SLOT + dt.timedelta(hours=14, minutes=50))  # Friday, 5:00
    assert chips(client, cast, micro) == [
        "+30 min · 05:30",
        "Same time · Sat 17 Jan, 05:00",
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


# A learner asks to move


def today_of(coach):
    """Their cards but the one of who waits for a session."""
    return [card for card in coach_cards(coach, coach_day(coach)) if card.kind != "waiting"]


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


def left_and_next(cast, ago, **fields):
    """Leo's session was never started, so long ago; Lia's, of Ana's too, is in 6 minutes."""
    Enrolment.objects.filter(pk=cast.lia_enrolment.pk).update(coach=cast.ana)
    cast.lia_enrolment.refresh_from_db()
    left = cast.plan(when=TUESDAY - ago, **fields)
    return left, plan(cast, TUESDAY + dt.timedelta(minutes=6), enrolment=cast.lia_enrolment)


def ways(card):
    return [(str(action.label), action.url, action.post) for action in card.actions]


def test_what_starts_soon_comes_before_a_session_that_nobody_said_a_word_of(client, cast):
    left, soon = left_and_next(cast, 2 * DAY)
    first, second = client.as_(cast.ana).get("/").context["queue"].cards[:2]
    assert (first.kind, first.title, first.count) == ("start", "Lia Chen", 1)
    assert ways(first)[0] == ("Start session", url("micro-start", soon.pk), True)
    assert (second.kind, second.title, second.lines, second.when, second.count) == (
        "passed", "Leo Marin", ("Did it take place?",), left.scheduled_for, 1,
    )  # fmt: skip
    assert ways(second) == [
        ("It took place", url("micro-took-place", left.pk), False),
        ("Missed", url("micro-missed", left.pk), True),
    ]
    client.as_(cast.ana).post(url("micro-missed", left.pk))
    assert [card.kind for card in today_of(cast.ana)] == ["start"]


def test_a_session_may_start_an_hour_late(cast):
    left, _soon = left_and_next(cast, HOUR)
    found = {card.kind: card for card in today_of(cast.ana)}
    assert ("passed" in found, found["start"].title, found["start"].count) == (False, "Leo Marin", 2)
    MicroSession.objects.filter(pk=left.pk).update(scheduled_for=TUESDAY - HOUR - dt.timedelta(seconds=1))
    found = {card.kind: card for card in today_of(cast.ana)}
    assert (found["passed"].title, found["start"].title, found["start"].count) == ("Leo Marin", "Lia Chen", 1)


def test_a_session_moves_from_today_in_two_taps_or_is_cancelled_from_there(client, cast):
    """The way there, with a time chosen on the page, and the reason."""
    plan(cast, TUESDAY + dt.timedelta(minutes=20))
    (card,) = [card for card in today_of(cast.ana) if card.kind == "start"]
    (to,) = [action.url for action in card.actions if action.label == "Move or cancel"]
    page = client.as_(cast.ana).get(to)
    assert url("micro-cancel", MicroSession.objects.get().pk) in page.content.decode()
    form = page.context["form"]
    sent = {name: form[name].value() for name in ("to", "sequence")}
    client.as_(cast.ana).post(to, sent | {"pick_at": "", "reason": "clash"})
    assert MicroMove.objects.get().reason == "clash"


def test_who_coaches_no_more_is_led_to_a_late_session_not_to_its_move(cast):
    micro = cast.plan(when=TUESDAY - HOUR)
    enrolments.reassign(cast.enrolment, coach=cast.cole, by=cast.ada)
    (card,) = today_of(cast.ana)
    assert ways(card)[1:] == [("Move or cancel", url("micro-show", micro.pk), False)]


def test_sessions_that_nobody_said_a_word_of_are_one_card_the_longest_ago_first(cast):
    left, others = cast.plan(when=TUESDAY - 5 * DAY), [cast.plan(when=TUESDAY - day * DAY) for day in (1, 2, 3)]
    (card,) = today_of(cast.ana)
    assert (card.kind, card.when, card.count, card.others) == ("passed", left.scheduled_for, 4, 3)
    assert [action.url for action in card.actions] == [
        *(url(name, left.pk) for name in ("micro-took-place", "micro-missed")),
        *(url("micro-show", micro.pk) for micro in (others[2], others[1])),
    ]


def test_a_wish_about_a_session_that_passed_stays_in_sight_with_the_way_to_move_it(cast):
    asked = {"move_asked_at": TUESDAY - 3 * DAY, "move_asked_note": "Dentist"}
    left, _soon = left_and_next(cast, 2 * DAY, **asked)
    found = {card.kind: card for card in today_of(cast.ana)}
    assert ("asked-to-move" in found, str(found["passed"].lines[-1]), ways(found["passed"])[-1]) == (
        False, "Would like another time: “Dentist”", ("Move", url("micro-move", left.pk), False),
    )  # fmt: skip


def test_a_former_coach_is_offered_no_move_of_a_session_that_passed(cast):
    asked = {"move_asked_at": TUESDAY - 3 * DAY, "move_asked_note": "Dentist"}
    left_and_next(cast, 2 * DAY, **asked)
    enrolments.reassign(cast.enrolment, coach=cast.cole, by=cast.ada)
    (card,) = [card for card in today_of(cast.ana) if card.kind == "passed"]
    assert [str(each.label) for each in card.actions] == ["It took place", "Missed"]


def test_a_wish_behind_the_first_of_its_card_is_told_with_its_answers(cast):
    """Lia's is in 6 minutes, after Leo's of a quarter of an hour ago."""
    left, soon = left_and_next(cast, HOUR / 4)
    schedule.ask_to_move(soon, by=cast.lia, note="At five?")
    cards = {card.kind: card for card in today_of(cast.ana)}
    asked = cards["asked-to-move"]
    assert (cards["start"].title, cards["start"].count) == ("Leo Marin", 2)
    assert (asked.title, asked.quote, [str(each.label) for each in asked.actions]) == (
        "Lia Chen", "At five?", ["Move", "Keep the time"],
    )  # fmt: skip
    MicroSession.objects.filter(pk=left.pk).update(scheduled_for=TUESDAY - 2 * DAY)
    MicroSession.objects.filter(pk=soon.pk).update(scheduled_for=TUESDAY - DAY)
    passed, wish = sorted(today_of(cast.ana), key=lambda card: card.urgency)
    assert (passed.kind, passed.title, wish.kind, wish.title) == ("passed", "Leo Marin", "asked-to-move", "Lia Chen")
    assert [(str(each.label), each.url) for each in wish.actions] == [("Move", url("micro-move", soon.pk))]


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


def test_the_learners_today_says_that_one_asked(cast):
    micro = plan(cast)
    seen = []
    for _before_and_after in range(2):
        (card,) = next_session_cards(learner_day(cast.leo))
        seen.append((card.lines[1:], [action.label for action in card.actions]))
        schedule.ask_to_move(micro, by=cast.leo)
    assert seen == [
        ((), ["See it or ask to move"]),
        (("You asked to move it.",), ["See it", "Keep the time after all"]),
    ]


def test_the_learners_today_keeps_the_session_while_it_begins_late_and_while_it_runs(client, cast, clock):
    micro = schedule.ask_to_move(plan(cast), by=cast.leo)

    def found():
        return [
            (card.kind, card.urgency, card.lines[1:], [str(action.label) for action in card.actions])
            for card in learner_cards(cast.leo, learner_day(cast.leo))
        ]

    clock.move_to(THURSDAY_SLOT + HOUR)
    assert found() == [("next", Urgency.TODAY, (), ["See it"])]
    clock.shift(1)
    assert found() == []
    running.start(micro, by=cast.ana)
    for phase in ("goal", "practice"):
        MicroSession.objects.update(phase=phase)
        assert found() == [("running", Urgency.RUNNING, (), ["See it"])]
        shown = reverse("learn:micro-show", args=[micro.pk])
        page = client.as_(cast.leo).get("/").content.decode()
        assert (f'href="{shown}"' in page, client.as_(cast.leo).get(shown).status_code) == (True, 200)
    MicroSession.objects.update(phase="rate")
    assert found() == []


def test_a_learner_keeps_the_time_after_all_by_one_tap_and_the_coach_sees_no_wish(client, cast):
    micro, leo, ana = plan(cast), client.as_(cast.leo), client.as_(cast.ana)
    own, ask, keep = (reverse(f"learn:micro-{name}", args=[micro.pk]) for name in ("show", "ask-to-move", "keep-time"))
    leo.post(ask, {"note": "Dentist at two"})
    assert [f'action="{keep}"' in leo.get(page).content.decode() for page in ("/", own)] == [True, True]
    assert "Dentist at two" in words(ana.get("/"))
    answers = [client.as_(cast.leo).post(keep) for _twice in range(2)]
    assert [answer.url for answer in answers] == [own, own]
    assert [[str(each) for each in get_messages(answer.wsgi_request)] for answer in answers] == [
        ["It keeps its time. Ana Silva no longer sees your wish."], [],
    ]  # fmt: skip
    assert [f'action="{keep}"' in leo.get(page).content.decode() for page in ("/", own)] == [False, False]
    seen = [words(ana.get(page)) for page in ("/", url("micro-show", micro.pk))]
    assert [word in page for word in ("another time", "Dentist") for page in seen] == [False] * 4
    assert (ask in leo.get(own).content.decode(), "Dentist" in words(leo.get(ask))) == (True, False)


def test_the_api_tells_the_words_of_an_open_wish_only(cast):
    micro = schedule.ask_to_move(plan(cast), by=cast.leo, note="Dentist")
    moved = schedule.move(micro, by=cast.ana, to=micro.scheduled_for + DAY, reason="asked")
    shown = [SessionShown(each, context={"member": cast.leo}).data["move_asked_note"] for each in (micro, moved)]
    assert shown == ["Dentist", ""]


def test_a_learner_asks_to_move_and_the_coach_sees_it(client, cast):
    micro = plan(cast)
    ask = reverse("learn:micro-ask-to-move", args=[micro.pk])
    response = client.as_(cast.leo).post(ask, {"note": "Dentist at two"})
    assert response.url == reverse("learn:micro-show", args=[micro.pk])
    leo = client.as_(cast.leo)
    own = words(leo.get(response.url))
    asked = "You asked to move it. Ana Silva answers, and you get a mail. “Dentist at two” Change your wish"
    assert (asked in own, "Ask to move" in own) == (True, False)
    again = words(leo.get(ask))
    assert ("Change your wish Leave it as it is" in again, "Ask to move" in again) == (True, False)
    page = show(client, cast, MicroSession.objects.get()).content.decode()
    assert ("Leo Marin would like another time." in page, "Dentist at two" in page) == (True, True)
    answers = [client.as_(cast.ana).post(url("micro-keep-time", micro.pk)) for _twice in range(2)]
    assert [[str(each) for each in get_messages(answer.wsgi_request)] for answer in answers] == [
        ["It stays as it is. Leo Marin gets a mail."], [],
    ]  # fmt: skip
    assert MicroSession.objects.get().move_asked_at is None


# Usual slots


def test_a_slot_of_the_enrolment_is_set_and_removed(client, cast):
    ana = client.as_(cast.ana)
    ana.post(url("slot-add", cast.enrolment.pk), {"weekday": "0", "starts_at": "09:30"})
    slot = UsualSlot.objects.get(weekday=0)
    assert (slot.starts_at, slot.timezone) == (dt.time(9, 30), "Europe/Berlin")
    ana.post(url("slot-remove", cast.enrolment.pk, slot.pk))
    assert list(UsualSlot.objects.values_list("weekday", flat=True)) == [3]


def test_a_slot_names_its_zone_when_the_learner_has_moved_to_another(client, cast):
    ana = client.as_(cast.ana)
    assert "Europe/Berlin" not in words(ana.get(cast.enrolment.get_absolute_url()))
    cast.leo.timezone = "America/New_York"
    cast.leo.save()
    page = words(ana.get(cast.enrolment.get_absolute_url()))
    assert "Thursday 14:10 Europe/Berlin" in page
    assert "A new one is in the time of Leo Marin (America/New_York)." in page


def test_a_slot_that_is_set_in_the_zone_of_before_is_said_and_not_passed_over(client, cast):
    ana, given = client.as_(cast.ana), {"weekday": "3", "starts_at": "14:10"}
    assert ana.post(url("slot-add", cast.enrolment.pk), given).status_code == 302  # it is there
    cast.leo.timezone = "America/New_York"
    cast.leo.save()
    errors = ana.post(url("slot-add", cast.enrolment.pk), given).context["form"].errors
    assert errors == {"starts_at": ["14:10 is set in the zone Europe/Berlin. Remove it first."]}
    ana.post(url("slot-remove", cast.enrolment.pk, UsualSlot.objects.get().pk))
    ana.post(url("slot-add", cast.enrolment.pk), given)
    assert UsualSlot.objects.get().timezone == "America/New_York"


def test_a_slot_without_a_time_is_said_at_its_field(client, cast):
    response = client.as_(cast.ana).post(url("slot-add", cast.enrolment.pk), {"weekday": "0", "starts_at": ""})
    assert (response.status_code, list(response.context["form"].errors)) == (422, ["starts_at"])


def test_a_slot_of_another_enrolment_is_not_there(client, cast):
    slot = UsualSlot.objects.create(
        enrolment=cast.lia_enrolment, weekday=1, starts_at=dt.time(9), timezone="Europe/Berlin"
    )
    response = client.as_(cast.ana).post(url("slot-remove", cast.enrolment.pk, slot.pk))
    assert (response.status_code, UsualSlot.objects.count()) == (404, 2)
