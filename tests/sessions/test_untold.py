"""Whose address refuses mail is not taken for told: the coach reads it, and no later mail builds on it."""

import datetime as dt

import pytest
from django.contrib.messages import get_messages
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from programs.models import Member
from sessions.domain import delivery, outbox, running, schedule
from sessions.models import Delivery, MicroSession
from tests.sessions import run_steps
from tests.sessions.run_steps import words

DAY = dt.timedelta(days=1)
TELL_THEM = "Leo Marin’s address refuses mail: tell them yourself."


@pytest.fixture
def ana(cast, client):
    return client.as_(cast.ana)


def refuses_mail(member):
    Member.objects.filter(pk=member.pk).update(mail_bounced_at=timezone.now())


@pytest.mark.parametrize("refused", [False, True])
def test_the_coach_reads_to_tell_who_gets_no_mail(cast, ana, refused):
    if refused:
        refuses_mail(cast.leo)
    ahead = cast.plan()
    move, cancel = (reverse(f"coach:micro-{name}", args=[ahead.pk]) for name in ("move", "cancel"))
    over = run_steps.closed(running.start(cast.plan(timezone.now()), by=cast.ana))
    pages = [words(ana.get(url)) for url in (cast.enrolment.get_absolute_url(), move, cancel)]
    pages.append(words(ana.post(cancel, {"note": ""}, follow=True)))
    assert [TELL_THEM in page for page in pages] == [refused] * 4
    assert ["gets one message" in pages[1], "is told. You can" in pages[2], "is told." in pages[3]] == [not refused] * 3
    done = words(ana.get(reverse("coach:micro-close", args=[over.pk])))
    ask_them = "Leo Marin’s address refuses mail: ask them yourself to rate and reflect."
    asked = ["Leo Marin is asked to rate and reflect." in done, "The first question to Leo Marin" in done]
    assert (ask_them in done, asked) == (refused, [not refused] * 2)


def test_a_wish_turned_down_is_the_coachs_to_tell(cast, ana):
    refuses_mail(cast.leo)
    micro = schedule.ask_to_move(cast.plan(), by=cast.leo)
    answer = ana.post(reverse("coach:micro-keep-time", args=[micro.pk]))
    assert [str(each) for each in get_messages(answer.wsgi_request)] == [f"It stays as it is. {TELL_THEM}"]


FAILED = "The mail to Leo Marin about this time did not leave: tell them yourself."
GAVE_UP = {"state": "failed", "reason": "The server does not answer."}


@pytest.mark.parametrize(
    ("delivery", "refused", "said"),
    [
        ({"state": "due"}, False, []),
        ({"state": "due"}, True, [TELL_THEM]),
        ({"state": "sent", "sent_at": timezone.now()}, True, []),
        ({"state": "cancelled", "reason": "They know it as it is."}, True, []),
        (GAVE_UP, False, [FAILED]),  # or corrected, and not tried again
        (GAVE_UP, True, [TELL_THEM]),
    ],
)
@pytest.mark.parametrize("change", [lambda micro, cast: micro, lambda micro, cast: schedule.cancel(micro, by=cast.ana)])
def test_a_session_says_that_its_newest_mail_did_not_arrive(cast, ana, delivery, refused, said, change):
    micro = change(cast.plan(), cast)
    outbox.tell_schedule(micro)
    Delivery.objects.update(**delivery)
    if refused:
        refuses_mail(cast.leo)
    page = words(ana.get(micro.get_absolute_url()))
    assert [sentence for sentence in (TELL_THEM, FAILED) if sentence in page] == said


@pytest.mark.parametrize(
    "then",
    [
        lambda micro, cast: schedule.move(micro, by=cast.ana, to=micro.scheduled_for + DAY, reason="queue"),
        lambda micro, cast: MicroSession.objects.update(scheduled_for=timezone.now() - DAY),
        lambda micro, cast: running.start(micro, by=cast.ana),
    ],
)
def test_an_older_mail_and_a_time_that_has_come_are_no_longer_spoken_of(cast, ana, then):
    micro = cast.plan()
    outbox.tell_schedule(micro)
    Delivery.objects.update(**GAVE_UP)
    then(micro, cast)
    assert FAILED not in words(ana.get(micro.get_absolute_url()))


def test_once_the_address_is_corrected_what_never_arrived_is_news(cast):
    micro = cast.plan(timezone.now() + 3 * DAY)
    outbox.tell_schedule(micro)
    refuses_mail(cast.leo)
    assert delivery.send_due(any_hour=True) == {"failed": 1}
    Member.objects.update(mail_bounced_at=None)
    schedule.move(micro, by=cast.ana, to=micro.scheduled_for + DAY, reason="queue")
    assert delivery.send_due(any_hour=True) == {"sent": 1}
    assert ["has planned 15 minutes with you" in mail.outbox[0].body, "Before:" in mail.outbox[0].body] == [True, False]
