"""Steps that several tests of running and closing take, through the real domain functions."""

import datetime as dt
import re
import threading

import pytest
import time_machine
from django.db import connection
from django.urls import reverse

from programs.models import Member
from sessions.domain import feedback, plans, ratings, running
from sessions.models import MicroSession, Reflection

MONDAY = dt.datetime(2026, 1, 12, 9, 0, tzinfo=dt.UTC)
LINES = {"keep": "You named the feeling twice.", "change": "Wait for the answer."}


@pytest.fixture(name="clock")
def stopped_clock():
    with time_machine.travel(MONDAY, tick=False) as clock:
        yield clock


@pytest.fixture(name="micro")
def running_micro(clock, cast):
    return running.start(cast.plan(), by=cast.ana)


@pytest.fixture(name="ana")
def anas_browser(client, cast):
    return client.as_(cast.ana)


def url(name: str, *args) -> str:
    return reverse(f"coach:{name}", args=args)


def in_phase(micro, phase: str):
    return running.go_to(micro, by=micro.coach, phase=phase)


def words(response) -> str:
    """The page's text, tags and repeated spaces gone."""
    body = re.sub(r"(?s)<(script|style|template).*?</\1>", " ", response.content.decode())
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", body)).strip()


def rate(micro: MicroSession, by: Member, level: int | None = 3, *, submit: bool = False):
    """Every criterion of the rubric on one level."""
    levels = {criterion.pk: level for criterion in micro.rubric.criteria.all()}
    step = ratings.hand_in if submit else ratings.score_all
    return step(micro, by=by, levels=levels)


def write_lines(micro: MicroSession) -> None:
    for kind, line in LINES.items():
        feedback.write(micro, by=micro.coach, kind=kind, version=0, line=line)


def write_plan(micro: MicroSession, by: Member | None = None):
    return plans.write(micro, by=by or micro.coach, version=0, cue="the voice rises", will="say what I heard")


def complete(micro: MicroSession) -> MicroSession:
    """Everything that closing asks for, as drafts."""
    rate(micro, micro.coach)
    write_lines(micro)
    write_plan(micro)
    return micro


def closed(micro: MicroSession) -> MicroSession:
    """A running session, completed and finished by its coach."""
    return running.finish(complete(micro), by=micro.coach)


def reflect(micro: MicroSession, **texts) -> Reflection:
    """A reflection that the learner has saved."""
    texts = {"what_changed": "She stopped repeating herself."} | texts
    return Reflection.objects.create(micro=micro, saved_at=micro.ended_at, **texts)


def at_once(*steps) -> list:
    """Run the steps in threads that begin together; the result or the error of each."""
    ready, results = threading.Barrier(len(steps)), [None] * len(steps)

    def run(place, step):
        try:
            ready.wait(timeout=10)
            results[place] = step()
        except Exception as error:
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(steps)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
    return results
