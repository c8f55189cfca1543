"""A mail server that answers as told and keeps a ledger, and steps towards messages that are due."""

import asyncio
import datetime as dt
import email
import email.policy
import logging
import os
import socket
from collections import defaultdict
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import quote, urlencode

from aiosmtpd.controller import Controller
from django.conf import settings
from django.db import connection

from coachhub.environment import mailers
from programs.models import Member
from sessions.domain import outbox
from sessions.domain.clock import database_now
from sessions.models import Delivery, Message

logging.getLogger("mail.log").setLevel(logging.WARNING)


class Sink:
    """Takes every mail unless `script[address]` says otherwise, a word a try:

    "451" or "550": that answer to the address; "554": to the content; "hang": no answer to it, "slow": a late one;
    "drop": takes the mail, then cuts the line before saying so; "taken, then drop": after having said so.
    """

    def __init__(self):
        self.script: dict[str, list[str]] = defaultdict(list)
        self.accepted: list[tuple[str, EmailMessage]] = []
        self.connections = 0
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port)

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(self, server, session, envelope, address, options):
        if self.script[address][:1] in (["451"], ["550"]):
            return f"{self.script[address].pop(0)} not {address}"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        address = envelope.rcpt_tos[0]
        word = self.script[address].pop(0) if self.script[address] else ""
        if word == "554":
            return "554 not this"
        if word == "hang":
            await asyncio.sleep(3)
            return "451 too late"
        if word == "slow":
            await asyncio.sleep(0.8)
        self.accepted.append((address, email.message_from_bytes(envelope.content, policy=email.policy.default)))
        if word == "drop":
            server.transport.abort()
        if word == "taken, then drop":
            server.loop.call_later(0.02, server.transport.abort)
        return "250 taken"

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}/?timeout=1"

    @property
    def ledger(self) -> list[str]:
        """The addresses that mail was accepted for, sorted."""
        return sorted(address for address, _mail in self.accepted)

    def mail_to(self, member: Member) -> list[EmailMessage]:
        return [mail for address, mail in self.accepted if address == member.user.email]

    def __enter__(self) -> "Sink":
        self.controller.start()
        return self

    def __exit__(self, *error) -> None:
        self.controller.stop(no_assert=True)


def use(fixture, sink: Sink) -> None:
    fixture.MAILERS = mailers(sink.url, mailbox=None)


def surroundings(sink: Sink, data: Path, **more: str) -> dict[str, str]:
    """The environment of a process of its own on the test database, sending to the sink."""
    database = connection.settings_dict
    options = database["OPTIONS"]
    where = urlencode({"host": database["HOST"] or options["host"], "port": database["PORT"] or options["port"]})
    user = quote(database["USER"]) + (f":{quote(database['PASSWORD'])}" if database["PASSWORD"] else "")
    return {
        "PATH": os.environ["PATH"],
        "DATA_DIR": str(data),
        "DATABASE_URL": f"postgresql://{user}@/{database['NAME']}?{where}",
        "REDIS_URL": settings.REDIS_URL,
        "EMAIL_URL": sink.url,
        "DJANGO_SETTINGS_MODULE": "coachhub.settings",
    } | more


def due_for(*members: Member) -> list[Delivery]:
    """A test mail to each, due a second ago, one after the other in this order."""
    now = database_now()
    messages = [
        Message(
            organization_id=member.organization_id, recipient=member, kind="test", local_date=now.date(),
            due_at=now - dt.timedelta(seconds=1, milliseconds=-position),
        )
        for position, member in enumerate(members)
    ]  # fmt: skip
    outbox.put_in(messages)
    return list(Delivery.objects.filter(message__in=messages).order_by("next_try_at"))


def due_now(*deliveries: Delivery) -> None:
    """As if the pause before the next try had passed."""
    for delivery in deliveries:
        Delivery.objects.filter(pk=delivery.pk).update(next_try_at=database_now())


def state_of(delivery: Delivery) -> tuple[str, int, str]:
    """State, tries, reason."""
    fresh = Delivery.objects.get(pk=delivery.pk)
    return fresh.state, fresh.attempts, fresh.reason


def wordy(mail: EmailMessage, kind: str = "plain") -> str:
    """The text or HTML of a mail."""
    return mail.get_body((kind,)).get_content()
