"""Logs tell of a failure without the text of it: the database quotes whole rows, and with them what people wrote."""

import json
import logging

import pytest
from celery import shared_task
from django.db import DatabaseError, IntegrityError, connection
from django.urls import reverse

from coachhub.logs import UNTOLD, JsonFormatter
from programs.models import User
from sessions.models import MicroSession

ADDRESS = "rafael.ortiz@harbour.example"


@pytest.fixture
def lines(caplog):
    """What has been logged, as it is written."""
    caplog.handler.setFormatter(JsonFormatter())
    return lambda: [json.loads(line) for line in caplog.text.splitlines()]


def fail_with(error: BaseException, quoting: bool = False) -> None:
    """An exception with what was going on when it came, as libraries log it."""
    try:
        raise error
    except type(error) as caught:
        log = logging.getLogger("lib")
        log.error(f"it ended: {caught}" if quoting else "it ended", exc_info=True)


@pytest.mark.django_db
def test_a_task_that_fails_is_named_without_what_the_database_quotes(lines):
    @shared_task(name="tests.twice")
    def twice() -> None:
        User.objects.create_user(ADDRESS)
        User.objects.create_user(ADDRESS.upper())

    twice.apply()
    (line,) = lines()
    assert (line["logger"], line["level"], line["message"]) == ("celery.app.trace", "ERROR", "task raised unexpected")
    assert (line["task"], line["error"]) == ("tests.twice", "IntegrityError")
    assert line["constraint"] == "user_email_is_unique"
    assert line["frames"][-1].endswith(" execute")
    assert "rafael" not in json.dumps(line).lower()


@pytest.mark.django_db
def test_a_refused_row_stays_out_of_the_log(lines, cast):
    micro = cast.plan(reference="Caller wept")

    @shared_task(name="tests.too_long")
    def too_long() -> None:
        MicroSession.objects.filter(pk=micro.pk).update(minutes_planned=90)

    too_long.apply()
    (line,) = lines()
    assert (line["error"], line["constraint"]) == ("IntegrityError", "micro_lasts_10_to_20_minutes")
    assert "wept" not in json.dumps(line)


def test_what_a_task_logs_names_the_task(lines):
    @shared_task(name="tests.speaks")
    def speaks() -> None:
        logging.getLogger("coachhub.x").error("three left")

    speaks.apply()
    logging.getLogger("coachhub.x").error("none left")
    assert [(line["message"], line.get("task")) for line in lines()] == [
        ("three left", "tests.speaks"),
        ("none left", None),
    ]


def test_a_message_that_quotes_its_exception_is_left_out(lines):
    fail_with(ValueError("Leo wept"), quoting=True)
    fail_with(ValueError("Leo wept"))
    assert [(line["message"], line["error"]) for line in lines()] == [
        (UNTOLD, "ValueError"),
        ("it ended", "ValueError"),
    ]


def test_an_exception_within_a_message_is_told_by_its_type(lines):
    pool, error = logging.getLogger("psycopg.pool"), OSError("password=hunter2")
    pool.warning("error connecting in %r: %s", "pool-1", error)
    pool.warning("%(what)s failed", {"what": error})
    pool.warning(error)
    assert [line["message"] for line in lines()] == [
        "error connecting in 'pool-1': OSError",
        "OSError failed",
        "OSError",
    ]


def test_what_an_exception_came_from_is_not_quoted_either(lines):
    try:
        try:
            raise KeyError("Leo's note")
        except KeyError as cause:
            raise DatabaseError(f"again\n{ADDRESS}") from cause
    except DatabaseError as error:
        for text in (f"failed: {error!r}", "for Leo's note", f"for {ADDRESS}", "for 12 rows"):
            logging.getLogger("lib").error(text)
    assert [line["message"] for line in lines()] == [UNTOLD, UNTOLD, UNTOLD, "for 12 rows"]


def test_the_web_servers_own_lines_end_before_the_traceback(lines):
    server = logging.getLogger("_granian")
    assert (server.propagate, type(server.handlers[0].formatter)) == (False, JsonFormatter)
    text = "Application raised\nTraceback (most recent call last):\nValueError: Leo"
    logging.getLogger("like_granian").error(text)
    assert [line["message"] for line in lines()] == ["Application raised"]


def test_a_strange_host_is_named_so_that_it_can_be_allowed(client, lines):
    client.get("/", headers={"host": "coach.example"})
    strange = next(line for line in lines() if line["logger"] == "django.security.DisallowedHost")
    assert strange["message"].startswith("Invalid HTTP_HOST header: 'coach.example'.")


def test_a_failed_request_is_logged_by_its_address_and_its_error(client, cast, lines):
    def refuse(*_call: object) -> None:
        raise IntegrityError(f"Key (email)=({ADDRESS}) already exists.")

    ana = client.as_(cast.ana)
    ana.raise_request_exception = False
    with connection.execute_wrapper(refuse):
        assert ana.get(reverse("profile")).status_code == 500
    failed = next(line for line in lines() if line["logger"] == "django.request")
    assert (failed["message"], failed["error"]) == ("Internal Server Error: /me/", "IntegrityError")
    assert ADDRESS not in json.dumps(lines())
