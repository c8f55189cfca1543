"""Request ids, logs without content, health, errors as responses."""

import dbm.dumb
import json
import logging
import re
from importlib import import_module
from pathlib import Path

import pytest
from django.db import OperationalError, connection
from django.test import RequestFactory
from django.urls import reverse
from pghistory.models import Context

from coachhub import doctor, health, logs
from coachhub.celery import app
from coachhub.errors import Stale, WrongState
from coachhub.logs import JsonFormatter
from coachhub.middleware import DomainErrorMiddleware
from coachhub.pages.trouble import server_error
from coachhub.timetable import Timetable


def test_healthz_needs_no_login_and_no_database(client):
    response = client.get("/healthz")
    assert (response.status_code, response.content) == (200, b"ok\n")


def test_readyz_names_each_part(client, db):
    response = client.get("/readyz")
    assert (response.status_code, set(response.json().values())) == (200, {"ok"})
    assert list(response.json()) == ["database", "migrations", "broker", "disk"]


def test_a_disk_with_no_room_for_the_database_is_named(client, db, monkeypatch):
    monkeypatch.setattr(health, "LEAST_SPACE", 2**60)
    room, *others = doctor.examine()
    assert client.get("/readyz").json()["disk"] == "full"
    assert (room.part, room.healthy, others[0].says) == ("disk", False, "answers")
    assert re.fullmatch(r"full, \d+ MB free on the disk that holds .*: free some space", room.says)


def test_the_disk_of_a_database_that_lives_elsewhere_is_looked_at_too(client, db, settings):
    settings.DATABASE_DIR = Path("/proc")  # has no room at all
    assert client.get("/readyz").json()["disk"] == "full"
    assert doctor.examine()[0].says == "full, 0 MB free on the disk that holds /proc: free some space"


def test_readyz_stays_ready_without_the_broker(client, db, settings):
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
    }
    response = client.get("/readyz")
    assert (response.status_code, response.json()["broker"]) == (200, "degraded")


def test_beat_rings_on_while_its_file_cannot_be_written_and_writes_it_later(tmp_path):
    timetable = Timetable(app=app, schedule_filename=str(tmp_path / "times"))
    timetable.schedule["sessions.tasks.send_due"].total_run_count = 7
    with dbm.dumb.open(str(tmp_path / "closed")) as closed:
        pass
    file, timetable._store.dict = timetable._store.dict, closed
    timetable.sync()
    assert timetable.schedule["sessions.tasks.send_due"].total_run_count == 7
    timetable._store.dict = file
    timetable.close()
    again = Timetable(app=app, schedule_filename=str(tmp_path / "times"))
    assert again.schedule["sessions.tasks.send_due"].total_run_count == 7
    again.close()


def test_a_given_request_id_is_kept_and_a_strange_one_replaced(client, db):
    kept = client.get("/healthz", headers={"X-Request-ID": "abc-12345678"})
    replaced = client.get("/healthz", headers={"X-Request-ID": "a b\r\nSet-Cookie: x"})
    assert kept["X-Request-ID"] == "abc-12345678"
    assert len(replaced["X-Request-ID"]) == 32


def test_the_request_log_holds_the_route_not_the_path(client, cast, caplog):
    with caplog.at_level(logging.INFO, logger="coachhub.request"):
        client.as_(cast.ana).get("/coach/learners/999999/")
    record = caplog.records[-1]
    assert (record.path, record.member) == ("coach/learners/<int:pk>/", cast.ana.pk)


def test_the_token_of_a_link_stands_in_no_line():
    token = "q5Zc8-AbCdEfGhIjKlMnOpQrStUvWx"
    record = logging.makeLogRecord({"msg": "Forbidden (%s): %s", "args": ("CSRF", f"/accounts/invitation/{token}/")})
    assert json.loads(JsonFormatter().format(record))["message"] == "Forbidden (CSRF): /accounts/invitation/…/"


@pytest.mark.parametrize(
    ("noted", "kept"),
    [
        ("/learn/prompts/7.1vMx2a.s-E_t/", "/learn/prompts/<str:token>/"),
        ("/learn/unsubscribe/7.1vMx2a.s-E_t/", "/learn/unsubscribe/<str:token>/"),
        ("/learn/code/xK3_9-/", "/learn/code/<str:token>/"),
        ("/mounted/accounts/invitation/Zq-3_x/", "/accounts/invitation/<str:token>/"),
        ("/learn/code/<str:token>/", "/learn/code/<str:token>/"),
        *[
            (same, same)
            for same in ("/learn/code/", "/learn/code/rate/", "/learn/code/rate/score/", "/learn/code/done/")
        ],
        ("/coach/sessions/7/finish/", "/coach/sessions/7/finish/"),
        (None, None),
    ],
)
def test_tokens_of_links_that_were_noted_before_were_taken_out(db, noted, kept):
    """Migration 0009."""
    redact = import_module("programs.migrations.0009_history_holds_no_tokens_of_links").Migration.operations[0]
    known = {"user": 4, "member": 5}
    row = Context.objects.create(metadata=known | ({"url": noted} if noted else {}))
    with connection.cursor() as cursor:
        cursor.execute(redact.sql)
    row.refresh_from_db()
    assert row.metadata == known | ({"url": kept} if kept else {})


def test_an_exception_is_logged_without_its_text():
    try:
        raise ValueError("Leo said something private")
    except ValueError as error:
        info = (type(error), error, error.__traceback__)
    record = logging.LogRecord("x", logging.ERROR, __file__, 1, "failed", (), info)
    line = JsonFormatter().format(record)
    assert json.loads(line)["error"] == "ValueError"
    assert "private" not in line


def test_the_request_id_stands_on_every_line():
    token = logs.request_id.set("abc-12345678")
    record = logging.LogRecord("x", logging.INFO, __file__, 1, "hello", (), None)
    assert json.loads(JsonFormatter().format(record))["request"] == "abc-12345678"
    logs.request_id.reset(token)


def test_strangers_are_sent_to_the_login_page_whole_when_htmx_asks(client, db):
    response = client.get(reverse("today"), headers={"HX-Request": "true"})
    assert (response.status_code, response["HX-Redirect"]) == (200, reverse("account_login") + "?next=/")


@pytest.mark.parametrize(
    ("referer", "back"),
    [
        ("http://testserver/coach/week/?a=1", "/coach/week/%3Fa%3D1"),
        ("http://testserver//evil.example/", "/evil.example/"),
        ("", "/"),
    ],
)
def test_who_was_signed_out_comes_back_to_the_page_with_the_form(client, cast, referer, back):
    save = reverse("coach:micro-start", args=[1])
    sent = client.post(save, headers={"Referer": referer})
    by_htmx = client.post(save, headers={"Referer": referer, "HX-Request": "true"})
    assert (sent.url, by_htmx["HX-Redirect"]) == (f"/accounts/login/?next={back}",) * 2


def test_an_address_that_only_saves_says_so_when_it_is_opened(client, cast):
    page = client.as_(cast.ana).get(reverse("coach:micro-start", args=[1]), headers={"Referer": "http://evil.example/"})
    assert (page.status_code, page["Allow"]) == (405, "POST")
    assert "This address only saves" in page.content.decode()
    assert "evil.example" not in page.content.decode()


@pytest.fixture
def refuse(rf: RequestFactory):
    """What the middleware answers to an exception, for a plain request."""

    def answer(error):
        request = rf.get("/")
        request.htmx, request.member, request._messages = False, None, []
        return DomainErrorMiddleware(lambda request: None).process_exception(request, error)

    return answer


def test_a_refused_change_is_a_page_that_says_what_happened(refuse):
    response = refuse(WrongState("This session is closed."))
    assert response.status_code == 409
    assert "This session is closed." in response.content.decode()


def test_a_stale_save_shows_both_texts(refuse):
    page = refuse(Stale(theirs="their <b>", yours="your words")).content.decode()
    assert "their &lt;b&gt;" in page
    assert "your words" in page


def test_own_words_are_shown_also_where_the_other_one_left_nothing(refuse):
    assert "your words" in refuse(Stale(theirs="", yours="your words")).content.decode()


def test_other_exceptions_are_not_swallowed(refuse):
    assert refuse(ValueError("x")) is None


def test_a_page_is_compressed_for_who_takes_it(cast, client):
    ana = client.as_(cast.ana)
    whole, small = ana.get("/"), ana.get("/", headers={"Accept-Encoding": "gzip"})
    assert (whole.headers.get("Content-Encoding"), small["Content-Encoding"]) == (None, "gzip")
    assert len(small.content) < len(whole.content) / 2


def test_our_own_failure_names_the_request(rf):
    request = rf.get("/")
    request.request_id = "abc-12345678"
    response = server_error(request)
    assert response.status_code == 500
    assert "abc-12345678" in response.content.decode()


@pytest.mark.parametrize(
    ("path", "says"), [("/", "Back in a moment"), ("/api/v1/me/", "urn:coachhub:problem:unavailable")]
)
def test_a_database_that_does_not_answer_is_no_failure_of_ours(rf, path, says):
    try:
        raise OperationalError
    except OperationalError:
        response = server_error(rf.get(path))
    assert (response.status_code, response["Retry-After"]) == (503, "30")
    assert says in response.content.decode()


@pytest.mark.parametrize(
    ("method", "came_from", "again"),
    [
        ("get", "http://testserver/coach/", ""),
        ("post", "http://testserver/coach/", "http://testserver/coach/"),
        ("post", "https://elsewhere.example/", "/"),
        ("post", "", "/"),
    ],
)
def test_after_our_own_failure_the_way_on_is_a_page_that_can_be_opened(rf, method, came_from, again):
    page = server_error(getattr(rf, method)("/coach/sessions/1/start/", headers={"Referer": came_from}))
    assert f'<a class="btn btn-primary" href="{again}">' in page.content.decode()


def test_a_form_in_another_charset_is_a_bad_request(client, cast):
    answer = client.as_(cast.ana).post(
        "/me/", data=b"a=b", content_type="application/x-www-form-urlencoded; charset=latin-1"
    )
    assert (answer.status_code, "could not read" in answer.content.decode()) == (400, True)
