"""Whoever has not joined: invitations reach them, nothing else does, and joining brings only what is ahead."""

import datetime as dt

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from programs.domain import addresses, invitations
from programs.models import Member
from sessions.domain import assembly, delivery, outbox, running, schedule, still_due
from sessions.domain.still_due import Drop, Send
from sessions.models import Delivery, Message
from tests.sessions import run_steps
from tests.sessions.prompt_steps import at, followed, fresh, prompt_of
from tests.sessions.run_steps import words

WEDNESDAY = at("2026-01-07T10:30")
NOT_YET = "They have not joined yet."


@pytest.fixture
def leo(cast):
    """Imported, with a coach, and not invited."""
    Member.objects.filter(pk=cast.leo.pk).update(joined_at=None)
    cast.leo.joined_at = None
    return cast.leo


def verdicts() -> dict[str, object]:
    rows = Delivery.objects.select_related("message__recipient").order_by("message")
    return {row.message.kind: still_due.judge(row, WEDNESDAY) for row in rows}


def test_invitations_and_notices_alone_go_out(cast, leo):
    outbox.tell_schedule(cast.plan(at("2026-01-12T14:10")))
    outbox.ask_to_rate(cast.held())
    outbox.put_in([outbox.prompts_message(leo, on=WEDNESDAY.date(), at=WEDNESDAY)])
    prompt_of(followed(cast), "planned", at=WEDNESDAY, message=Message.objects.get(kind="prompts"))
    kept = cast.plan(timezone.now() + dt.timedelta(days=2))
    schedule.keep_time(schedule.ask_to_move(kept, by=leo), by=cast.ana)
    addresses.change_email(leo, by=cast.ada, email="leo.marin@northwind.example")
    invitations.invite(fresh(leo), by=cast.ada)
    told = verdicts()
    assert told.pop("address") == told.pop("invitation") == Send()
    assert told == dict.fromkeys(["schedule", "rate", "prompts", "kept"], Drop(NOT_YET))


def test_mail_about_a_session_does_not_follow_a_membership_to_a_login_that_has_not_said_yes(cast):
    outbox.tell_schedule(cast.plan())
    addresses.change_email(cast.leo, by=cast.ada, email="olga@elsewhere.example")
    assert delivery.send_due() == {"cancelled": 1, "sent": 1}
    assert [each.to for each in mail.outbox] == [["Leo Marin <leo@northwind.example>"]]
    assert Delivery.objects.get(message__kind="schedule").reason == NOT_YET


def test_questions_wait_and_one_message_brings_them_once_they_join(cast, leo, time_machine):
    time_machine.move_to(WEDNESDAY, tick=False)
    prompt_of(followed(cast, ended=WEDNESDAY - dt.timedelta(days=1)), "planned", at=WEDNESDAY)
    assert [assembly.assemble(WEDNESDAY), Message.objects.count()] == [0, 0]
    Member.objects.filter(pk=leo.pk).update(joined_at=WEDNESDAY)
    assert assembly.assemble(WEDNESDAY) == 1


def test_joining_sends_nothing_old_and_today_has_what_is_ahead(cast, leo, client):
    micro = cast.plan(timezone.now() + dt.timedelta(days=2))
    outbox.tell_schedule(micro)
    outbox.ask_to_rate(cast.held())
    assert delivery.send_due() == {"cancelled": 2}
    invitation = invitations.invite(fresh(leo), by=cast.ada)
    client.post(reverse("invitation-accept", args=[invitations.token_of(invitation)]), {"how": "code"})
    assert delivery.send_due() == {"cancelled": 1}  # the invitation, which is done already
    assert mail.outbox == []
    page = client.get(reverse("today")).content.decode()
    assert reverse("learn:micro-show", args=[micro.pk]) in page


@pytest.mark.parametrize("has_joined", [False, True])
def test_the_coach_reads_that_no_mail_goes_out(cast, leo, client, has_joined):
    if has_joined:
        Member.objects.filter(pk=leo.pk).update(joined_at=timezone.now())
    ana, micro = client.as_(cast.ana), running.start(cast.plan(), by=cast.ana)
    over = run_steps.closed(micro)
    done = words(ana.get(reverse("coach:micro-close", args=[over.pk])))
    for page in (words(ana.get(cast.enrolment.get_absolute_url())), done):
        assert ("Leo Marin has not joined yet, and gets no mail." in page) is not has_joined
    said = ["Leo Marin is asked to rate and reflect.", "The first question to Leo Marin about this plan"]
    assert [sentence in done for sentence in said] == [has_joined] * 2


@pytest.mark.parametrize("has_joined", [False, True])
def test_the_coach_is_not_promised_that_who_has_not_joined_hears_of_it(cast, leo, client, has_joined):
    if has_joined:
        Member.objects.filter(pk=leo.pk).update(joined_at=timezone.now())
    ana, ahead, passed = client.as_(cast.ana), cast.plan(), cast.plan(timezone.now() - dt.timedelta(days=1))
    move, cancel = (reverse(f"coach:micro-{name}", args=[ahead.pk]) for name in ("move", "cancel"))
    pages = [words(ana.get(move)), words(ana.get(cancel)), words(ana.post(cancel, {"note": ""}, follow=True))]
    at = timezone.localtime(passed.scheduled_for)
    held = {"held_at": f"{at:%Y-%m-%dT%H:%M}", "minutes": "15"}
    pages.append(words(ana.post(reverse("coach:micro-took-place", args=[passed.pk]), held, follow=True)))
    promises = [
        "gets one message",
        "Leo Marin is told. You can",
        "Cancelled. Leo Marin is told.",
        "Logged. Leo Marin is",
    ]
    assert [said in page for said, page in zip(promises, pages, strict=True)] == [has_joined] * 4
    assert ["You can take it back." in pages[1], "Cancelled." in pages[2], "Logged." in pages[3]] == [True] * 3
