"""Every due message ends in exactly one of: sent once, failed with a reason, cancelled with a reason."""

import datetime as dt
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.utils import timezone

from coachhub.errors import NotAllowed, WrongState
from programs.domain import addresses, members
from programs.models import Member
from sessions import tasks
from sessions.delivery.email.channel import EmailChannel
from sessions.delivery.registry import channels
from sessions.domain import claims, delivery, outbox, retries
from sessions.domain.clock import database_now
from sessions.domain.working_time import calendar_of
from sessions.models import Delivery, FollowUp, Heartbeat, Message, MicroSession
from tests.sessions.delivery_steps import Sink, due_for, due_now, state_of, use
from tests.sessions.prompt_steps import followed, prompt_of


@pytest.fixture
def sink(settings):
    with Sink() as sink:
        use(settings, sink)
        yield sink


def ago(hours: int) -> dt.datetime:
    return timezone.now() - dt.timedelta(hours=hours)


def refresh(row):
    return type(row).objects.get(pk=row.pk)


def test_due_deliveries_are_sent_over_one_connection(cast, sink):
    due_for(cast.ana, cast.leo, cast.ada)
    assert delivery.send_due() == {"sent": 3}
    assert sink.ledger == ["ada@northwind.example", "ana@northwind.example", "leo@northwind.example"]
    assert sink.connections == 1
    assert delivery.send_due() == {}


def test_a_sweep_that_took_its_time_leaves_the_rest_to_the_next_one(cast, sink, monkeypatch):
    monkeypatch.setattr(delivery, "BATCH", 2)
    due_for(cast.ana, cast.leo, cast.ada)
    assert [delivery.sweep(seconds=0), delivery.sweep(seconds=0)] == [{"sent": 2}, {"sent": 1}]


def test_what_is_not_due_yet_waits(cast, sink):
    (row,) = due_for(cast.leo)
    Delivery.objects.update(next_try_at=database_now() + dt.timedelta(minutes=1))
    assert delivery.send_due() == {}
    assert state_of(row) == ("due", 0, "")


def test_sent_delivery_knows_when_by_the_databases_clock(cast, sink, time_machine):
    (row,) = due_for(cast.leo)
    time_machine.move_to("2020-01-01T00:00Z")
    before = database_now()
    delivery.send_due()
    assert before <= refresh(row).sent_at <= database_now()


def test_message_id_is_the_deliverys_at_every_try(cast, sink, settings):
    (row,) = due_for(cast.leo)
    settings.SITE_URL = "https://coach.example:8443"
    sink.script["leo@northwind.example"] = ["drop"]
    assert delivery.send_due() == {"due": 1}
    due_now(row)
    assert delivery.send_due() == {"sent": 1}
    assert [mail["Message-ID"] for mail in sink.mail_to(cast.leo)] == [f"<{row.pk}@coach.example>"] * 2


def test_server_that_says_later_twice_gets_it_at_the_third_try(cast, sink):
    (row,) = due_for(cast.leo)
    sink.script["leo@northwind.example"] = ["451", "451"]
    for tries in (1, 2):
        assert delivery.send_due() == {"due": 1}
        assert state_of(row) == ("due", tries, "The mail server refused the address (451).")
        due_now(row)
    assert delivery.send_due() == {"sent": 1}
    assert sink.ledger == ["leo@northwind.example"]
    assert refresh(cast.leo).mail_bounced_at is None


@pytest.mark.parametrize(("tries", "minutes"), [(1, 1), (2, 5), (3, 20), (4, 60), (5, 150), (6, 300), (7, 480)])
def test_pauses_grow_and_are_spread(cast, sink, tries, minutes):
    (row,) = due_for(cast.leo)
    now = database_now()
    Delivery.objects.update(attempts=tries - 1, first_try_at=now)
    sink.script["leo@northwind.example"] = ["451"]
    delivery.send_due(now=now)
    pause = (refresh(row).next_try_at - now) / dt.timedelta(minutes=minutes)
    assert 0.8 <= pause <= 1.2
    assert pause != 1


def test_eight_tries_fit_into_a_day():
    assert sum(delivery.PAUSES, dt.timedelta()) * (1 + delivery.JITTER) < delivery.TRY_WITHIN
    assert len(delivery.PAUSES) == delivery.TRIES - 1


@pytest.mark.parametrize("values", [{"attempts": 7}, {"attempts": 1, "first_try_at": "a day ago"}])
def test_after_eight_tries_or_a_day_it_has_failed(cast, sink, values):
    (row,) = due_for(cast.leo)
    now = database_now()
    Delivery.objects.update(first_try_at=now)
    Delivery.objects.update(**values | ({"first_try_at": now - dt.timedelta(hours=24)} if len(values) == 2 else {}))
    sink.script["leo@northwind.example"] = ["451"]
    assert delivery.send_due() == {"failed": 1}
    assert state_of(row)[2] == "The mail server refused the address (451)."


def test_what_waits_for_the_working_hours_has_all_its_tries_then(cast, sink):
    """Also when some were made before."""
    row = outbox.ask_to_rate(cast.held()).deliveries.get()
    calendar = calendar_of(cast.leo)
    opens, closes = calendar.hours(calendar.next_working_day(calendar.local_date(database_now())))
    sink.script["leo@northwind.example"] = ["451"]
    assert delivery.send_due(now=opens + dt.timedelta(hours=1)) == {"due": 1}
    assert delivery.send_due(now=closes + dt.timedelta(hours=1)) == {"due": 1}
    assert state_of(row) == ("due", 0, "It waits for the working hours.")
    assert refresh(row).first_try_at is None


def test_refused_address_fails_at_once_and_is_flagged_and_the_others_go_out(cast, sink):
    first, second = due_for(cast.leo, cast.ana)
    sink.script["leo@northwind.example"] = ["550"]
    assert delivery.send_due() == {"failed": 1, "sent": 1}
    assert state_of(first) == ("failed", 1, "The mail server refused the address (550).")
    assert state_of(second) == ("sent", 1, "")
    assert refresh(cast.leo).mail_bounced_at is not None
    assert refresh(cast.ana).mail_bounced_at is None
    assert sink.connections == 1


def test_refused_content_fails_at_once_and_says_nothing_about_the_address(cast, sink):
    (row,) = due_for(cast.leo)
    sink.script["leo@northwind.example"] = ["554"]
    assert delivery.send_due() == {"failed": 1}
    assert state_of(row) == ("failed", 1, "The mail server refused the message (554).")
    assert refresh(cast.leo).mail_bounced_at is None


def test_server_that_hangs_delays_one_recipient_only(cast, sink):
    first, second = due_for(cast.leo, cast.ana)
    sink.script["leo@northwind.example"] = ["hang"]
    assert delivery.send_due() == {"due": 1, "sent": 1}
    assert state_of(first) == ("due", 1, "The mail server did not answer in time.")
    assert state_of(second) == ("sent", 1, "")


def test_line_cut_after_acceptance_gives_a_second_copy_with_the_same_identity(cast, sink):
    (row,) = due_for(cast.leo)
    sink.script["leo@northwind.example"] = ["drop"]
    assert delivery.send_due() == {"due": 1}
    assert state_of(row) == ("due", 1, "The mail server dropped the line.")
    due_now(row)
    assert delivery.send_due() == {"sent": 1}
    assert len({mail["Message-ID"] for mail in sink.mail_to(cast.leo)}) == 1
    assert len(sink.accepted) == 2


def test_connection_that_the_server_closed_between_two_mails_is_opened_again(cast, sink, monkeypatch):
    due_for(cast.leo, cast.ana)
    sink.script["leo@northwind.example"] = ["taken, then drop"]
    original = EmailChannel.send

    def send(self, row):
        original(self, row)
        __import__("time").sleep(0.1)

    monkeypatch.setattr(EmailChannel, "send", send)
    assert delivery.send_due() == {"sent": 2}
    assert sink.ledger == ["ana@northwind.example", "leo@northwind.example"]
    assert sink.connections == 2


def test_server_that_does_not_answer_is_asked_once_a_batch(cast, settings):
    with Sink() as gone:
        use(settings, gone)
    rows = due_for(cast.leo, cast.ana, cast.ada)
    assert delivery.send_due() == {"due": 3}
    assert {state_of(row) for row in rows} == {("due", 1, "The mail server does not answer: check EMAIL_URL.")}


@pytest.mark.parametrize("email", ["jürgen@northwind.example", "no address", "two@@northwind.example", "a@b\r\nBcc: c"])
def test_what_is_no_address_fails_at_once(cast, sink, email):
    cast.leo.user.email = email
    cast.leo.user.save()
    (row,) = due_for(cast.leo)
    assert delivery.send_due() == {"failed": 1}
    assert state_of(row) == ("failed", 1, "This is no address that mail can be sent to.")
    assert refresh(cast.leo).mail_bounced_at is not None
    assert sink.accepted == []


def test_address_that_refused_before_is_not_tried(cast, sink):
    (row,) = due_for(cast.leo)
    Member.objects.filter(pk=cast.leo.pk).update(mail_bounced_at=database_now())
    assert delivery.send_due() == {"failed": 1}
    assert state_of(row)[2] == "The address refused mail before."
    assert sink.accepted == []


def test_own_mistake_in_one_mail_does_not_stop_the_others(cast, sink, settings, caplog):
    first, second = due_for(cast.leo, cast.ana)
    Delivery.objects.filter(pk=first.pk).update(channel="pigeon")
    assert delivery.send_due() == {"due": 1, "sent": 1}
    assert state_of(first) == ("due", 1, "It could not be written (KeyError).")
    assert state_of(second) == ("sent", 1, "")
    assert "leo" not in caplog.text.lower()


def test_deactivated_person_gets_nothing(cast, sink):
    (row,) = due_for(cast.leo)
    Member.objects.filter(pk=cast.leo.pk).update(deactivated_at=database_now())
    assert delivery.send_due() == {"cancelled": 1}
    assert state_of(row)[2] == "The membership has ended."


def test_lease_that_ran_out_is_taken_over_and_the_slow_one_changes_nothing(cast, sink):
    (row,) = due_for(cast.leo)
    now = database_now()
    (slow,) = claims.claim(10, now, None, any_hour=False)
    assert delivery.send_due(now=now) == {}
    later = now + claims.LEASE
    assert delivery.send_due(now=later) == {"sent": 1}
    mine = refresh(row)
    mine.leased_until = slow.leased_until
    assert claims.move(mine, state="failed", reason="too slow") is False
    assert state_of(row) == ("sent", 2, "")
    assert sink.ledger == ["leo@northwind.example"]


def test_what_the_lease_is_too_short_for_goes_back_untried(cast, sink, monkeypatch):
    rows = due_for(cast.leo, cast.ana, cast.ada)
    monkeypatch.setattr(claims, "AT_ONCE", 1)
    monkeypatch.setattr(claims, "HAND_BACK_AFTER", 0.9)
    sink.script["leo@northwind.example"] = ["hang"]
    assert delivery.send_due() == {"due": 1}
    assert [state_of(row)[:2] for row in rows] == [("due", 1), ("due", 0), ("due", 0)]
    assert delivery.send_due() == {"sent": 2}


def test_rows_are_looked_at_again_after_a_slow_send(cast, sink, monkeypatch):
    due_for(cast.leo, cast.ana)
    monkeypatch.setattr(claims, "FRESH", 0.5)
    sink.script["leo@northwind.example"] = ["hang"]
    original = EmailChannel.send

    def send(self, row):
        Member.objects.filter(pk=cast.ana.pk).update(deactivated_at=database_now())
        original(self, row)

    monkeypatch.setattr(EmailChannel, "send", send)
    assert delivery.send_due() == {"due": 1, "cancelled": 1}


def test_limit_takes_the_longest_due_first(cast, sink):
    due_for(cast.leo, cast.ana, cast.ada)
    assert delivery.send_due(2) == {"sent": 2}
    assert sink.ledger == ["ana@northwind.example", "leo@northwind.example"]


def test_a_batch_needs_four_statements_and_one_for_each_mail(cast, sink, django_assert_num_queries):
    due_for(cast.leo)
    with django_assert_num_queries(5):
        delivery.send_due()
    due_for(cast.leo, cast.ana, cast.ada)
    with django_assert_num_queries(7):
        delivery.send_due()


def test_failed_delivery_is_tried_again_with_all_its_tries(cast, sink):
    (row,) = due_for(cast.leo)
    sink.script["leo@northwind.example"] = ["550"]
    delivery.send_due()
    outbox.retry(row, by=cast.ada)
    assert state_of(row) == ("due", 0, "")
    assert refresh(cast.leo).mail_bounced_at is None
    assert outbox.retry(row, by=cast.ada).state == "due"
    assert delivery.send_due() == {"sent": 1}
    with pytest.raises(WrongState, match="Only a failed message"):
        outbox.retry(row, by=cast.ada)
    with pytest.raises(NotAllowed):
        outbox.retry(row, by=cast.ana)


# Questions that failed


@pytest.fixture
def question(cast, sink):
    """Leo's question of tomorrow, which failed at noon: as the server answers, also once more."""
    noon = timezone.localtime(database_now(), ZoneInfo("Europe/Berlin")).replace(hour=12) + dt.timedelta(days=1)
    (message,) = outbox.put_in([outbox.prompts_message(cast.leo, on=noon.date(), at=noon)])
    prompt = prompt_of(followed(cast), "planned", at=noon, message=message)
    return SimpleNamespace(noon=noon, prompt=prompt, message=message, row=message.deliveries.get())


@pytest.mark.parametrize("answer", ["550", "554"])
def test_question_that_failed_is_asked_by_a_retry_on_its_day(cast, sink, question, answer):
    sink.script["leo@northwind.example"] = [answer]
    assert delivery.send_due(now=question.noon) == {"failed": 1}
    assert delivery.sweep(question.noon + dt.timedelta(minutes=1)) == {}
    assert refresh(question.prompt).message == question.message
    outbox.retry(question.row, by=cast.ada)
    assert delivery.sweep(question.noon + dt.timedelta(hours=2)) == {"sent": 1}
    assert (refresh(question.prompt).status, sink.ledger) == ("asked", ["leo@northwind.example"])


def test_question_that_failed_is_planned_again_when_its_day_is_over(cast, sink, question):
    sink.script["leo@northwind.example"] = ["554"]
    delivery.send_due(now=question.noon)
    delivery.sweep(question.noon + dt.timedelta(hours=12))
    found = refresh(question.prompt)
    assert (found.message, found.status, found.due_at > question.noon) == (None, "planned", True)
    Message.objects.update(local_date=timezone.localdate() - dt.timedelta(days=1))
    with pytest.raises(WrongState, match="planned again"):
        outbox.retry(question.row, by=cast.ada)


def test_question_that_fails_after_its_day_is_planned_again_at_once(cast, sink, question):
    Message.objects.update(local_date=question.noon.date() - dt.timedelta(days=5))
    assert retries.on_its_day(refresh(question.message), question.noon) is False
    delivery.send_due(now=question.noon)
    assert state_of(question.row)[0] == "cancelled"
    assert refresh(question.prompt).message is None


# To an old address


@pytest.fixture
def notice(cast):
    """Leo's old address is to be told of the new one."""
    addresses.change_email(cast.leo, by=cast.ada, email="leo.marin@northwind.example")
    return Delivery.objects.get(message__kind="address")


def test_notice_goes_to_the_old_address_once_and_is_tried_again_until_then(notice, sink):
    sink.script["leo@northwind.example"] = ["451"]
    assert delivery.send_due() == {"due": 1}
    assert (state_of(notice)[:2], notice.message.address) == (("due", 1), "leo@northwind.example")
    due_now(notice)
    assert delivery.send_due() == {"sent": 1}
    assert delivery.send_due() == {}
    assert sink.ledger == ["leo@northwind.example"]
    assert refresh(notice.message).address == ""


def test_old_address_that_refuses_says_nothing_about_the_new_one(cast, notice, sink):
    sink.script["leo@northwind.example"] = ["550"]
    assert delivery.send_due() == {"failed": 1}
    assert refresh(cast.leo).mail_bounced_at is None
    bounced = database_now()
    Member.objects.filter(pk=cast.leo.pk).update(mail_bounced_at=bounced)
    outbox.retry(notice, by=cast.ada)
    assert refresh(cast.leo).mail_bounced_at == bounced
    assert delivery.send_due() == {"sent": 1}
    assert sink.ledger == ["leo@northwind.example"]


def test_notice_goes_out_to_who_was_deactivated_since_and_wants_no_mail(cast, notice, sink):
    members.deactivate(refresh(cast.leo), by=cast.ada)
    Member.objects.filter(pk=cast.leo.pk).update(mail_bounced_at=database_now(), prompts_stopped_at=database_now())
    assert delivery.send_due() == {"sent": 1}
    assert sink.ledger == ["leo@northwind.example"]


def test_old_address_is_kept_for_retry_for_30_days_and_no_longer(cast, notice, sink, settings):
    sink.script["leo@northwind.example"] = ["550"]
    delivery.send_due()
    failed = refresh(notice).next_try_at
    assert tasks.forget_old_addresses.name in settings.CELERY_BEAT_SCHEDULE
    assert tasks.forget_old_addresses() == 0
    assert outbox.forget_old_addresses(failed + dt.timedelta(days=30)) == 0
    assert outbox.forget_old_addresses(failed + dt.timedelta(days=30, seconds=1)) == 1
    assert state_of(notice) == ("cancelled", 1, "It failed, and its address is kept for 30 days only.")
    assert refresh(notice.message).address == ""
    with pytest.raises(WrongState, match="Only a failed message"):
        outbox.retry(notice, by=cast.ada)


def test_claim_that_was_lost_leaves_the_old_address_to_the_next_try(notice, sink, monkeypatch):
    monkeypatch.setattr(EmailChannel, "send", lambda self, row: Delivery.objects.update(leased_until=database_now()))
    delivery.send_due()
    assert (state_of(notice)[0], refresh(notice.message).address) == ("sending", "leo@northwind.example")


def test_channels_are_found_by_their_directories():
    assert channels() == {"email": EmailChannel}


def test_heartbeat_is_one_row(cast):
    delivery.beat()
    first = Heartbeat.objects.get().at
    delivery.beat()
    assert Heartbeat.objects.get().at > first


def test_the_command_does_by_hand_or_from_cron_all_that_beat_would(cast):
    """A session that nobody ended, one that was not closed, a seal whose deadline came: as without a worker."""
    forgotten = cast.held(started_at=ago(5), status="running", ended_at=None, minutes_actual=None, opens_at=None)
    unclosed = cast.held(enrolment=cast.lia_enrolment, started_at=ago(23), ended_at=ago(22))
    sealed = cast.held(enrolment=cast.lia_enrolment, started_at=ago(51), ended_at=ago(50), opens_at=ago(2))
    call_command("send_due")
    assert MicroSession.objects.get(pk=forgotten.pk).status == "closing"
    assert Message.objects.filter(micro=forgotten, kind="rate").exists()
    assert FollowUp.objects.filter(plan__micro=unclosed).exists()
    assert MicroSession.objects.get(pk=sealed.pk).revealed_at is not None
