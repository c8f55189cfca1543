"""Codes and links are mailed while the person waits: for seconds, and whoever they are they are told the same."""

import re
import socket
import time
from contextlib import contextmanager

import pytest
from django.core import mail
from django.core.cache import cache
from django.urls import reverse

from coachhub.environment import AT_ONCE, mailers
from programs.domain import mail_at_once
from tests.sessions.delivery_steps import Sink, use

KNOWN, UNKNOWN = "leo@northwind.example", "none@northwind.example"
FORMS = ("account_request_login_code", "account_reset_password")


@pytest.fixture(autouse=True)
def _own_counters(settings):
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "mail"}}
    cache.clear()


@contextmanager
def silent_server(settings, monkeypatch):
    """It takes the connection and says nothing. Waited for half a second here."""
    monkeypatch.setattr(mail_at_once, "AT_ONCE", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as server:
        settings.MAILERS = mailers(f"smtp://127.0.0.1:{server.getsockname()[1]}/", mailbox=None)
        yield server


def no_server(settings):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    settings.MAILERS = mailers(f"smtp://127.0.0.1:{port}/", mailbox=None)


def ask(client, name, email):
    """The answer, and what differs between two people left out of its page."""
    answer = client.__class__().post(reverse(name), {"email": email})
    page = re.sub(r'(csrf[^"]*" value="|X-CSRFToken": "|nonce=")[^"]+', "", answer.content.decode())
    return answer.status_code, page.replace(email, "")


@pytest.mark.parametrize("name", FORMS)
def test_a_mail_server_that_is_away_is_told_of_on_the_form(client, cast, settings, name):
    no_server(settings)
    known, unknown = ask(client, name, KNOWN), ask(client, name, UNKNOWN)
    assert known == unknown
    assert known[0] == 503
    assert "The mail server does not answer. Try again in a minute" in known[1]


@pytest.mark.parametrize("name", FORMS)
def test_a_silent_mail_server_is_waited_for_once_for_seconds(client, cast, settings, monkeypatch, name):
    with silent_server(settings, monkeypatch):
        begun = time.monotonic()
        known = ask(client, name, KNOWN)
        waited = time.monotonic() - begun
        asked_next = ask(client, name, UNKNOWN)
    assert known == asked_next
    assert (known[0], waited >= 0.5) == (503, True)
    assert cache.get(mail_at_once.SILENT)


def test_while_it_is_silent_nobody_else_waits(client, cast, settings, monkeypatch):
    with silent_server(settings, monkeypatch) as server:
        cache.set(mail_at_once.SILENT, True, mail_at_once.SILENT_FOR)
        assert ask(client, FORMS[0], KNOWN)[0] == 503
        server.settimeout(0)
        with pytest.raises(BlockingIOError):
            server.accept()


def test_no_step_of_such_a_mail_takes_longer_than_the_whole_may():
    url = "smtp://127.0.0.1:25/?timeout=60"
    waits = {name: mailer["OPTIONS"]["timeout"] for name, mailer in mailers(url, mailbox=None).items()}
    assert waits == {"default": 60, "at_once": AT_ONCE}


def test_an_address_that_the_server_refuses_gets_the_answer_of_all_others(client, cast, settings):
    with Sink() as sink:
        use(settings, sink)
        sink.script[KNOWN] = ["550"] * 2
        answers = [client.__class__().post(reverse(FORMS[0]), {"email": email}) for email in (KNOWN, UNKNOWN)]
    assert [(answer.status_code, answer.url) for answer in answers] == [
        (302, reverse("account_confirm_login_code"))
    ] * 2
    assert [to for to, _mail in sink.accepted] == [UNKNOWN]


def test_a_new_password_is_kept_when_word_of_it_cannot_leave(client, cast, settings):
    client.post(reverse(FORMS[0]), {"email": KNOWN})
    code = re.search(r"^[A-Z0-9]{4}-[A-Z0-9]{4}$", mail.outbox[-1].body, re.MULTILINE).group()
    client.post(reverse("account_confirm_login_code"), {"code": code})
    no_server(settings)
    chosen = "four plain words here"
    answer = client.post(reverse("account_set_password"), {"password1": chosen, "password2": chosen})
    assert (answer.status_code, answer.url) == (302, reverse("profile"))
    cast.leo.user.refresh_from_db()
    assert cast.leo.user.check_password(chosen)
