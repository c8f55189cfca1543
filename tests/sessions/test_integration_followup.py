"""The first follow-up arrives: real worker, beat, broker and mail server, and a broker that forgets or is away."""

import datetime as dt
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from zoneinfo import ZoneInfo

import pytest
import redis
from django.core.management import call_command
from django.db import connections
from django.test import Client
from django.utils import timezone

from programs.models import Member
from sessions.domain import bell, closing, outbox
from sessions.domain.spacing import Memory
from sessions.models import Delivery, FollowUp, Heartbeat, Message, Prompt
from tests.sessions.delivery_steps import Sink, due_for, surroundings, use, wordy
from tests.sessions.prompt_steps import fresh
from tests.sessions.run_steps import complete

ROOT = Path(__file__).parents[2]
DATABASE_OF_ITS_OWN = 9  # of the broker: what other tests keep in theirs is not flushed
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.servers]


class Line:
    """A wire to the broker that can be cut and mended."""

    def __init__(self, target: tuple[str, int]):
        self.target = target
        self.open: list[socket.socket] = []
        self.server = None
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]

    def mend(self) -> None:
        self.server = socket.create_server(("127.0.0.1", self.port))
        threading.Thread(target=self._accept, args=[self.server], daemon=True).start()

    def cut(self) -> None:
        with suppress(OSError):
            self.server.shutdown(socket.SHUT_RDWR)
        self.server.close()
        while self.open:
            with suppress(OSError):
                self.open.pop().shutdown(socket.SHUT_RDWR)

    def _accept(self, server: socket.socket) -> None:
        with suppress(OSError):
            while True:
                here, _address = server.accept()
                there = socket.create_connection(self.target)
                self.open += [here, there]
                for source, drain in ((here, there), (there, here)):
                    threading.Thread(target=self._pump, args=[source, drain], daemon=True).start()

    @staticmethod
    def _pump(source: socket.socket, drain: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                drain.sendall(data)
        for each in (source, drain):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()


@contextmanager
def running(variables: dict[str, str], log: Path):
    """The worker and the beat of the Procfile; whatever happens, both are gone afterwards."""
    threads = "--pool threads --concurrency 2 --without-gossip --without-mingle"
    commands = [f"worker --loglevel warning {threads}", "beat --loglevel warning"]
    with log.open("wb") as output:
        started = [
            subprocess.Popen(
                [sys.executable, "-m", "celery", "--quiet", "--app", "coachhub", *command.split()],
                cwd=ROOT, env=variables, stdout=output, stderr=output, start_new_session=True,
            )
            for command in commands
        ]  # fmt: skip
        try:
            yield started
        finally:
            for process in started:
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGCONT)
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()


def soon(condition, within: float = 20):
    """What the condition gives as soon as it gives something."""
    deadline = time.monotonic() + within
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.05)
    raise AssertionError("it did not happen in time")


@pytest.fixture
def broker(settings):
    parts = urlsplit(settings.REDIS_URL)
    url = urlunsplit(parts._replace(path=f"/{DATABASE_OF_ITS_OWN}"))
    client = redis.Redis.from_url(url)
    client.flushdb()
    yield client
    client.flushdb()
    client.close()


@pytest.fixture
def line(settings, broker, monkeypatch):
    parts = urlsplit(settings.REDIS_URL)
    line = Line((parts.hostname, parts.port))
    line.mend()
    login = parts.netloc.rpartition("@")[0]
    address = parts._replace(netloc=f"{login}@127.0.0.1:{line.port}", path=f"/{DATABASE_OF_ITS_OWN}")
    line.url = urlunsplit(address)
    monkeypatch.setattr(bell, "bell", bell.bell_to(line.url))
    monkeypatch.setattr(bell, "_silent_until", 0.0)
    yield line
    line.cut()


@pytest.fixture
def sink(settings):
    with Sink() as sink:
        use(settings, sink)
        yield sink


def works_now(member: Member) -> Member:
    """It is about noon where the member works, and every day is a working day."""
    ahead = 12 - timezone.now().hour
    zone = f"Etc/GMT{-ahead:+d}" if ahead else "Etc/GMT"
    hours = {"work_days": list(range(7)), "work_start": dt.time(0, 1), "work_end": dt.time(23, 59)}
    Member.objects.filter(pk=member.pk).update(timezone=zone, **hours)
    return Member.objects.get(pk=member.pk)


def close_a_session(cast) -> FollowUp:
    """One that ended 25 hours ago, so that its question is due at once."""
    cast.leo = works_now(cast.leo)
    ended = timezone.now() - dt.timedelta(hours=25)
    micro = complete(cast.held(started_at=ended - dt.timedelta(minutes=15), ended_at=ended))
    closing.close(micro, by=cast.ana)
    return FollowUp.objects.get(plan__micro=micro)


def rows():
    return list(Prompt.objects.values()), list(FollowUp.objects.values())


def test_follow_up_from_close_to_answer_and_a_broker_that_loses_everything(cast, sink, broker, line, tmp_path):
    variables = surroundings(sink, tmp_path, REDIS_URL=line.url, SWEEP_EVERY="1")
    with running(variables, tmp_path / "log") as (worker, _beat):
        follow_up = close_a_session(cast)
        answers_by_link(cast, sink, follow_up)
        survives_a_flush(cast, sink, broker, worker)
        survives_a_broker_that_is_away(cast, sink, line)
        survives_a_broker_that_goes_while_it_works(cast, sink, line, worker)
        stops_after_the_mail_at_hand(cast, sink, worker)
        assert len(sink.accepted) == Delivery.objects.filter(state="sent").count()
    call_command("send_due")
    assert set(Delivery.objects.values_list("state", flat=True)) == {"sent"}
    assert len(sink.accepted) == Delivery.objects.count()
    connections.close_all()


def answers_by_link(cast, sink, follow_up) -> None:
    (mail,) = soon(lambda: sink.mail_to(cast.leo))
    prompt = soon(lambda: follow_up.prompts.filter(status="asked").first())
    assert Heartbeat.objects.get(name="worker").at > timezone.now() - dt.timedelta(minutes=1)
    link = re.search(r"(/learn/prompts/\S+\?a=as_planned)", wordy(mail)).group(1)
    anybody = Client(enforce_csrf_checks=True)
    before = rows()
    assert [anybody.get(link).status_code for _time in range(2)] == [200, 200]
    assert rows() == before
    anybody.post(link, {"answer": "as_planned"})
    answered = fresh(prompt)
    assert (answered.status, answered.answer) == ("answered", "as_planned")
    following = follow_up.prompts.get(status="planned")
    memory = Memory.from_json(fresh(follow_up).memory)
    assert memory.due - answered.answered_at == dt.timedelta(days=2)  # first "went as planned": SCIENCE.md section 1
    zone = ZoneInfo(cast.leo.timezone)
    local = timezone.localtime(following.due_at, zone)
    assert (local.date(), local.time()) == (timezone.localtime(memory.due, zone).date(), dt.time(11, 30))


def survives_a_flush(cast, sink, broker, worker) -> None:
    """The worker sleeps, the bell rings, the broker forgets it: beat finds the row."""
    os.killpg(worker.pid, signal.SIGSTOP)
    outbox.send_test(by=cast.ada)
    soon(lambda: broker.llen("celery"))
    broker.flushdb()
    os.killpg(worker.pid, signal.SIGCONT)
    assert len(soon(lambda: sink.mail_to(cast.ada))) == 1


def survives_a_broker_that_is_away(cast, sink, line) -> None:
    """Nobody is rung: by hand it goes out all the same, and the worker comes back by itself."""
    line.cut()
    began = time.perf_counter()
    send_another_test(cast)
    assert time.perf_counter() - began < 2
    call_command("send_due")
    assert len(sink.mail_to(cast.ada)) == 2
    line.mend()
    send_another_test(cast)
    assert len(soon(lambda: len(sink.mail_to(cast.ada)) > 2 and sink.mail_to(cast.ada))) == 3


def survives_a_broker_that_goes_while_it_works(cast, sink, line, worker) -> None:
    """What is under way ends as usual, once, and the worker is there for the next."""
    sink.script[cast.ada.user.email] = ["slow"]
    send_another_test(cast)
    soon(lambda: not sink.script[cast.ada.user.email])
    line.cut()
    assert len(soon(lambda: len(sink.mail_to(cast.ada)) > 3 and sink.mail_to(cast.ada))) == 4
    line.mend()
    send_another_test(cast)
    assert len(soon(lambda: len(sink.mail_to(cast.ada)) > 4 and sink.mail_to(cast.ada))) == 5
    assert worker.poll() is None


def stops_after_the_mail_at_hand(cast, sink, worker) -> None:
    """What it had claimed beside it can be sent at once by the next worker, which waits for no lease."""
    for member in (cast.leo, cast.ana, cast.mia, cast.cole, cast.lia):
        sink.script[member.user.email] = ["slow"]
    rows = due_for(cast.leo, cast.ana, cast.mia, cast.cole, cast.lia)
    soon(lambda: not sink.script[cast.leo.user.email])
    os.killpg(worker.pid, signal.SIGTERM)
    assert worker.wait(20) == 0
    states = Counter(Delivery.objects.filter(pk__in=[row.pk for row in rows]).values_list("state", flat=True))
    assert set(states) == {"sent", "due"}
    assert not Delivery.objects.filter(state="due", attempts__gt=0).exists()


def send_another_test(cast) -> None:
    Message.objects.filter(kind="test").update(created_at=timezone.now() - dt.timedelta(minutes=1))
    outbox.send_test(by=cast.ada)
