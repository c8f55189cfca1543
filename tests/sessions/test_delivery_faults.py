"""The ledger under faults: what was due against what the receiver took. Real rows, real processes, a real server."""

import datetime as dt
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.db import connections

from sessions.domain import assembly, bell, claims, delivery, outbox, prompts
from sessions.domain.clock import database_now
from sessions.models import Delivery, Message, Prompt
from tests.sessions.delivery_steps import Sink, due_for, state_of, surroundings, use
from tests.sessions.prompt_steps import GOOD, HARD, asked, at, followed, fresh, prompt_of

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sink(settings):
    with Sink() as sink:
        use(settings, sink)
        yield sink


def at_once(work, times: int) -> list:
    """The results of the same work in as many threads, begun together, each with a connection of its own."""
    start = threading.Barrier(times)

    def run(_number):
        start.wait()
        try:
            return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(run, range(times)))


def sweep_all():
    """As a worker does: batch after batch until nothing is due."""
    sent = 0
    while batch := delivery.send_due(3):
        sent += batch["sent"]
    return sent


def everybody(cast):
    return [cast.ada, cast.ana, cast.cole, cast.leo, cast.lia, cast.mia, cast.olga]


def expected(cast, each: int) -> Counter:
    return Counter({member.user.email: each for member in everybody(cast)})


# Two workers, two beats


def test_four_sweeps_at_once_send_everything_once(cast, sink):
    for _round in range(4):
        due_for(*everybody(cast))
    assert sum(at_once(sweep_all, 4)) == 28
    assert Counter(sink.ledger) == expected(cast, 4)
    assert len({mail["Message-ID"] for _to, mail in sink.accepted}) == 28


def test_that_ledger_can_fail(cast, sink, monkeypatch):
    """Without the state change of a claim, the same four sweeps send things twice."""
    harmless = claims.CLAIM.replace("SET state = 'sending'", "SET state = 'due'").replace("%(lease)s", "NULL::interval")
    monkeypatch.setattr(claims, "CLAIM", harmless)
    due_for(*everybody(cast))
    at_once(lambda: delivery.send_due(10), 4)
    assert sum(Counter(sink.ledger).values()) > 7


def test_two_runs_at_once_write_one_message(cast, time_machine):
    moment = at("2026-01-07T11:30")
    prompt = prompt_of(followed(cast, ended=moment - dt.timedelta(days=2)), "planned", at=moment)
    assert sorted(at_once(lambda: assembly.assemble(moment), 3)) == [0, 0, 1]
    assert (Message.objects.count(), Delivery.objects.count()) == (1, 1)
    assert fresh(prompt).message is not None


def test_two_answers_at_once_plan_one_next_question(cast):
    prompt = asked(cast)
    words = iter([GOOD, HARD, GOOD, HARD])
    at_once(lambda: prompts.answer(Prompt.objects.get(pk=prompt.pk), by=cast.leo, answer=next(words)), 4)
    assert Prompt.objects.count() == 2
    assert fresh(prompt).answer in (GOOD, HARD)


def test_answer_while_the_mail_is_assembled_leaves_one_truth(cast):
    moment = at("2026-01-07T11:30")
    prompt = prompt_of(followed(cast, ended=moment - dt.timedelta(days=2)), "planned", at=moment)
    work = [
        lambda: prompts.answer(Prompt.objects.get(pk=prompt.pk), by=cast.leo, answer=GOOD),
        lambda: assembly.assemble(moment),
    ]
    at_once(lambda: work.pop()(), 2)  # noqa: PLW0108 (each thread takes its own)
    assert fresh(prompt).status == "answered"
    assert delivery.send_due(now=moment)["sent"] == 0


# A worker that is killed

KILLED = """
import os, signal
import django
django.setup()
from sessions.delivery.email.channel import EmailChannel
from sessions.domain import delivery
original = EmailChannel.send
def send(self, row):
    if {moment!r} == "after the send":
        original(self, row)
    os.kill(os.getpid(), signal.SIGKILL)
EmailChannel.send = send
delivery.send_due()
"""


def kill_a_worker(moment: str, sink: Sink, tmp_path) -> int:
    command = [sys.executable, "-c", KILLED.format(moment=moment)]
    return subprocess.run(command, cwd=ROOT, env=surroundings(sink, tmp_path)).returncode


@pytest.mark.parametrize(("moment", "copies"), [("after the claim", 1), ("after the send", 2)])
def test_killed_worker_loses_nothing_and_doubles_at_most_what_it_held(cast, sink, tmp_path, moment, copies):
    first, *others = due_for(cast.leo, cast.ana, cast.ada)
    assert kill_a_worker(moment, sink, tmp_path) == -signal.SIGKILL
    assert state_of(first)[:2] == ("sending", 1)
    assert delivery.send_due() == {}  # all three are leased to who has died
    assert delivery.send_due(now=database_now() + claims.LEASE) == {"sent": 3}
    assert Counter(sink.ledger) == {
        "leo@northwind.example": copies, "ana@northwind.example": 1, "ada@northwind.example": 1
    }  # fmt: skip
    assert len({mail["Message-ID"] for mail in sink.mail_to(cast.leo)}) == 1
    assert [state_of(row)[0] for row in (first, *others)] == ["sent"] * 3


# Clocks


@pytest.mark.parametrize("hours", [-1, 1, 24 * 366])
def test_machine_whose_clock_is_wrong_sends_at_the_right_time(cast, sink, time_machine, hours):
    due, later = due_for(cast.leo, cast.ana)
    Delivery.objects.filter(pk=later.pk).update(next_try_at=database_now() + dt.timedelta(minutes=30))
    time_machine.move_to(database_now() + dt.timedelta(hours=hours))
    assert delivery.send_due() == {"sent": 1}
    assert [state_of(row)[0] for row in (due, later)] == ["sent", "due"]


# A broker that is away


def seconds(work) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def ring_at(monkeypatch, port: int) -> None:
    """A new process whose broker is on this port; its first ring loads Celery's parts."""
    monkeypatch.setattr(bell, "bell", bell.bell_to(f"redis://127.0.0.1:{port}/0"))
    monkeypatch.setattr(bell, "_silent_until", 0.0)


def warnings_in(caplog) -> list[str]:
    return [record.message for record in caplog.records if record.name == "coachhub.outbox"]


def test_broker_that_does_not_answer_delays_a_request_once_and_little(monkeypatch, caplog):
    bell.ring()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        ring_at(monkeypatch, silent.getsockname()[1])
        assert seconds(bell.ring) < 2 * bell.TIMEOUT + 0.2
        assert seconds(bell.ring) < 0.01
    assert warnings_in(caplog) == ["the bell did not ring: OperationalError"]


def test_broker_that_is_stopped_delays_nothing(monkeypatch, caplog):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    ring_at(monkeypatch, port)
    bell.ring()
    monkeypatch.setattr(bell, "_silent_until", 0.0)
    assert seconds(bell.ring) < 0.2
    assert warnings_in(caplog) == ["the bell did not ring: OperationalError"] * 2


def test_message_is_kept_when_the_bell_is_broken(cast, sink, monkeypatch):
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    ring_at(monkeypatch, port)
    outbox.send_test(by=cast.ada)
    assert delivery.send_due() == {"sent": 1}
