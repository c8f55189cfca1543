"""An enrolment that has just ended runs again, with what was planned and asked; nobody is told of either."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from coachhub.errors import NotAllowed, WrongState
from programs.domain import agreements, enrolment_undo, enrolments, members, reassign_undo
from programs.models import Agreement, Enrolment
from sessions.domain import delivery, schedule
from sessions.domain.clock import database_now
from sessions.models import Delivery, Message, MicroSession
from tests.programs.end_steps import end, of_its_own
from tests.sessions.prompt_steps import followed, prompt_of
from tests.sessions.rate_steps import hand_in

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
TOO_LATE = "can no longer be taken back"


def again(row):
    return type(row).objects.get(pk=row.pk)


def take_back(cast, by=None):
    return enrolment_undo.take_back(again(cast.enrolment), by=by or cast.ada)


def told(micro, *, in_minutes=0):
    """What becomes of the messages about it, by then."""
    due = Delivery.objects.filter(message__micro=micro)
    due.update(next_try_at=database_now() - HOUR) if in_minutes else None
    delivery.send_due()
    return sorted(due.values_list("state", flat=True))


def test_its_sessions_are_planned_again_and_nobody_is_told_of_either(cast):
    first, second = cast.plan(timezone.now() + 3 * HOUR), cast.plan(timezone.now() + 2 * DAY, coach=cast.ana)
    called_off = schedule.cancel(cast.plan(timezone.now() + DAY), by=cast.ana)
    Message.objects.all().delete()
    end(cast.enrolment, by=cast.ada)
    assert told(first) == ["due"]
    take_back(cast)
    rows = [again(micro) for micro in (first, second, called_off)]
    assert [row.status for row in rows] == ["planned", "planned", "cancelled"]
    assert [(row.cancelled_at, row.cancel_note) for row in rows[:2]] == [(None, "")] * 2
    assert (told(first, in_minutes=11), told(second, in_minutes=11)) == (["cancelled"] * 2,) * 2


@pytest.mark.parametrize(("ahead", "wait"), [(HOUR, 10), (dt.timedelta(minutes=13), 3), (dt.timedelta(minutes=9), 0)])
def test_of_the_end_is_told_after_ten_minutes_but_so_much_before_a_session(cast, ahead, wait):
    cast.plan(timezone.now() + ahead)
    end(cast.enrolment, by=cast.ada)
    waits = Message.objects.get(kind="schedule").due_at - database_now()
    assert (wait - 1) * dt.timedelta(minutes=1) < waits <= wait * dt.timedelta(minutes=1)


def test_a_session_stays_cancelled_where_its_time_is_taken_or_past_or_its_coach_gone(cast):
    taken, late = cast.plan(timezone.now() + 3 * HOUR), cast.plan(timezone.now() + HOUR)
    lias, today = enrolments.reassign(cast.lia_enrolment, coach=cast.ana, by=cast.ada), timezone.localdate()
    enrolments.name_substitute(
        cast.enrolment, by=cast.ada, coach=cast.cole, starts_on=today + 2 * DAY, ends_on=today + 4 * DAY
    )
    theirs, free = cast.plan(timezone.now() + 3 * DAY, coach=cast.cole), cast.plan(timezone.now() + 5 * DAY)
    end(cast.enrolment, by=cast.ada)
    cast.plan(taken.scheduled_for, enrolment=lias)
    MicroSession.objects.filter(pk=late.pk).update(scheduled_for=timezone.now() - HOUR)
    members.deactivate(cast.cole, by=cast.ada)
    take_back(cast)
    assert [again(each).status for each in (taken, late, theirs, free)] == ["cancelled"] * 3 + ["planned"]


@pytest.mark.parametrize("status", ["asked", "planned"])
def test_its_question_comes_back_as_it_was(cast, status):
    prompt = prompt_of(followed(cast), status)
    end(cast.enrolment, by=cast.ada)
    take_back(cast)
    back = again(prompt)
    assert (back.status, back.asked_at, back.due_at) == (status, prompt.asked_at, prompt.due_at)
    assert (again(prompt.follow_up).ended_at, again(prompt.follow_up).ended_because) == (None, "")


@pytest.mark.parametrize("signed", [True, False])
def test_what_the_two_agreed_counts_again_as_it_was_signed(cast, signed):
    Agreement.objects.filter(enrolment=cast.enrolment).delete()
    before = agreements.draft(cast.enrolment)
    if signed:
        before = agreements.accept(before, by=cast.leo)
    end(cast.enrolment, by=cast.ada)
    take_back(cast)
    now = Agreement.objects.filter(enrolment=cast.enrolment).exclude(status="ended").get()
    assert (now.status, now.signed_at, now.review_on) == (before.status, before.signed_at, before.review_on)
    assert agreements.clauses_of(now) == agreements.clauses_of(before)


@pytest.mark.parametrize("way", ["later", "learner gone", "coach gone", "elsewhere", "archived"])
def test_an_end_stays_when_it_is_too_late_or_somebody_cannot_be_in_it(cast, client, way):
    ended = end(cast.enrolment, by=cast.ada, minutes=11 if way == "later" else 0)
    if way.endswith("gone"):
        members.deactivate(cast.leo if way == "learner gone" else cast.ana, by=cast.ada)
    if way == "elsewhere":
        enrolments.enrol(cast.cohort, by=cast.ada, learner=cast.leo)
    if way == "archived":
        type(cast.program).objects.filter(pk=cast.program.pk).update(archived_at=timezone.now())
    page = client.as_(cast.ada).get(reverse("manage:enrolment-show", args=[ended.pk]))
    assert (page.context["undo_until"] is None) == (way != "archived")
    with pytest.raises(WrongState, match=TOO_LATE if way == "later" else "."):
        take_back(cast)
    assert again(ended).ended_on == timezone.localdate()


def test_who_ended_it_undoes_it_on_the_page_they_land_on(cast, client):
    ada = client.as_(cast.ada)
    press, url, undo = (
        reverse(f"manage:enrolment-{name}", args=[cast.enrolment.pk]) for name in ("end", "show", "end-undo")
    )
    with of_its_own(cast.enrolment):
        assert ada.post(press).url == url
    assert undo in ada.get(url).content.decode()
    for _twice in range(2):
        assert ada.post(undo).url == url
    assert again(cast.enrolment).ended_on is None
    assert undo not in ada.get(url).content.decode()


def test_only_administrators_take_it_back(cast):
    end(cast.enrolment, by=cast.ada)
    for who in (cast.ana, cast.leo, cast.mia, cast.olga):
        with pytest.raises(NotAllowed):
            take_back(cast, by=who)


@pytest.mark.parametrize("to", ["cole", None])
def test_the_former_coach_is_back_with_what_was_planned_and_agreed_and_nobody_is_told(cast, client, to):
    Agreement.objects.filter(enrolment=cast.enrolment).delete()
    signed = agreements.accept(agreements.draft(cast.enrolment), by=cast.leo)
    Enrolment.objects.filter(pk=cast.enrolment.pk).update(shares_past_with_new_coach=True)
    micro, soon = cast.plan(timezone.now() + 3 * HOUR), cast.plan(timezone.now() + DAY)
    rating = hand_in(micro, cast.ana, 3)
    ada, coach = client.as_(cast.ada), getattr(cast, to) if to else None
    url, undo = (reverse(f"manage:enrolment-{name}", args=[cast.enrolment.pk]) for name in ("show", "reassign-undo"))
    assert undo not in ada.get(url).content.decode()
    with of_its_own(cast.enrolment):
        enrolments.reassign(cast.enrolment, coach=coach, by=cast.ada)
    assert (told(micro), undo in ada.get(url).content.decode()) == (["due"], True)
    for _twice in range(2):
        assert ada.post(undo).url == url
    assert undo not in ada.get(url).content.decode()
    now = again(cast.enrolment)
    assert (now.coach, now.shares_past_with_new_coach) == (cast.ana, True)
    assert [(again(each).coach, again(each).status) for each in (micro, soon)] == [(cast.ana, "planned")] * 2
    assert (told(micro, in_minutes=11), again(rating).role) == (["cancelled"] * 2, "coach")
    agreed = Agreement.objects.filter(enrolment=now).exclude(status="ended").get()
    assert (agreed.coach, agreed.signed_at) == (cast.ana, signed.signed_at)


@pytest.mark.parametrize("way", ["later", "former gone", "first coach"])
def test_a_change_of_coach_stays_when_it_is_too_late_or_there_is_nobody_to_go_back_to(cast, way):
    if way == "first coach":
        enrolments.reassign(cast.enrolment, coach=None, by=cast.ada)
    with of_its_own(cast.enrolment, minutes=11 if way == "later" else 0):
        enrolments.reassign(cast.enrolment, coach=cast.cole, by=cast.ada)
    if way == "former gone":
        members.deactivate(cast.ana, by=cast.ada)
    with pytest.raises(WrongState, match="can no longer be undone"):
        reassign_undo.take_back(again(cast.enrolment), by=cast.ada)
    assert again(cast.enrolment).coach == cast.cole
