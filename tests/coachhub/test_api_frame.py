"""What holds for every call: tokens, problems, bodies, pages, keys, limits."""

import datetime as dt

import pytest
from django.core.cache import cache
from django.core.files.base import ContentFile
from django.db import OperationalError
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.generators import SchemaGenerator
from redis.exceptions import ConnectionError as RedisConnectionError

from coachhub.api.schema import KEY_HEADER
from programs.domain import api_keys, members, tokens
from programs.models import ApiKey, ApiToken, InvitationRound, Member, PeopleImport
from tests.api_steps import Caller

KEY = "9f1c2e7a-0000-4000-8000-000000000001"
NOOR = {"email": "noor@northwind.example", "name": "Noor Ali", "roles": ["learner"]}


def problem(response):
    assert response["Content-Type"] == "application/problem+json"
    body = response.json()
    assert (body["status"], body["instance"]) == (
        response.status_code,
        f"urn:coachhub:request:{response['X-Request-ID']}",
    )
    return body["type"].rpartition(":")[2], response.status_code


# --- Tokens


def test_without_a_token_a_call_is_told_how_to_sign_in(db):
    response = Caller().get("me/")
    assert (problem(response), response["WWW-Authenticate"]) == (("not_authenticated", 401), 'Bearer realm="CoachHub"')


@pytest.mark.parametrize("value", ["Bearer coachhub_wrong", "Bearer", "Bearer \xff", "Basic YTpi"])
def test_a_wrong_token_opens_nothing(db, value):
    assert problem(Caller(Authorization=value).get("me/")) == ("not_authenticated", 401)


def test_a_login_session_does_not_open_the_api(cast, client):
    assert problem(client.as_(cast.ana).get("/api/v1/me/")) == ("not_authenticated", 401)


def test_a_revoked_token_opens_nothing(cast):
    caller = Caller(cast.ana)
    tokens.revoke(caller.token, by=cast.ana)
    assert problem(caller.get("me/")) == ("not_authenticated", 401)


def test_a_deactivated_members_token_opens_nothing(cast):
    caller = Caller(cast.cole)
    Member.objects.filter(pk=cast.cole.pk).update(deactivated_at=timezone.now())
    assert problem(caller.get("me/")) == ("not_authenticated", 401)


def test_deactivating_ends_the_token_at_once(cast):
    caller = Caller(cast.mia)
    members.deactivate(cast.mia, by=cast.ada)
    assert problem(caller.get("me/")) == ("not_authenticated", 401)


def test_a_disabled_login_opens_nothing(cast):
    caller = Caller(cast.ana)
    type(cast.ana.user).objects.filter(pk=cast.ana.user_id).update(is_active=False)
    assert problem(caller.get("me/")) == ("not_authenticated", 401)


def test_a_reading_token_changes_nothing(cast):
    caller = Caller(cast.ana, scope="read")
    assert problem(caller.patch("me/", {"name": "Anna"})) == ("not_allowed", 403)
    assert caller.get("me/").json()["name"] == "Ana Silva"


def test_the_last_use_is_noted_once_a_minute(cast, django_assert_num_queries):
    caller = Caller(cast.ana)
    with django_assert_num_queries(2):
        caller.get("me/")
    with django_assert_num_queries(1):
        caller.get("me/")
    earlier = timezone.now() - dt.timedelta(minutes=2)
    ApiToken.objects.filter(pk=caller.token.pk).update(last_used_at=earlier)
    caller.get("me/")
    assert ApiToken.objects.get(pk=caller.token.pk).last_used_at > earlier


def test_answers_are_not_kept_by_caches(cast):
    response = Caller(cast.ana).get("me/")
    assert (response["Cache-Control"], response["Content-Type"]) == ("no-store", "application/json")


# --- Bodies and problems


@pytest.mark.parametrize(
    ("body", "content_type", "expected"),
    [
        (b"{", "application/json", ("malformed", 400)),
        (b'{"name": NaN}', "application/json", ("malformed", 400)),
        (b"\xff", "application/json", ("malformed", 400)),
        (b"[" * 100_000, "application/json", ("malformed", 400)),
        (b"9" * 5000, "application/json", ("malformed", 400)),
        (b"[]", "application/json", ("invalid", 422)),
        (b"null", "application/json", ("invalid", 422)),
        (b"name=Anna", "application/x-www-form-urlencoded", ("unsupported_media_type", 415)),
        (b" " * (256 * 1024 + 1), "application/json", ("too_large", 413)),
    ],
    ids=str,
)
def test_a_body_is_one_json_object(cast, body, content_type, expected):
    caller = Caller(cast.ana)
    response = caller.client.patch("/api/v1/me/", body, content_type=content_type, headers=caller.headers)
    assert problem(response) == expected


def test_only_json_is_answered(cast):
    assert problem(Caller(cast.ana).get("me/", Accept="text/html")) == ("not_acceptable", 406)


def test_an_unknown_field_is_refused_by_name(cast):
    response = Caller(cast.ana).patch("me/", {"nmae": "Anna"})
    assert problem(response) == ("invalid", 422)
    assert response.json()["errors"] == {"nmae": ["There is no such field."]}


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"name": 5}, "name"),
        ({"name": ""}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"name": "Ana\r\nBcc: x"}, "name"),
        ({"name": "Ana\x00"}, "name"),
        ({"name": "Ana\n"}, "name"),
        ({"holiday_region": "\n"}, "holiday_region"),
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"work_days": [7]}, "work_days.0"),
        ({"work_days": [True]}, "work_days.0"),
        ({"work_days": []}, "work_days"),
        ({"work_start": "9:00"}, "work_start"),
        ({"work_start": "17:00"}, "work_end"),
        ({"prompt_time": 9}, "prompt_time"),
        ({"keeps_words_out_of_mail": "yes"}, "keeps_words_out_of_mail"),
        ({"holiday_region": "XX"}, "holiday_region"),
    ],
    ids=str,
)
def test_a_value_that_does_not_fit_is_refused_beside_its_field(cast, data, field):
    response = Caller(cast.ana).patch("me/", data)
    assert problem(response) == ("invalid", 422)
    assert list(response.json()["errors"]) == [field]


def test_who_misses_a_choice_is_told_which_there_are(cast):
    in_a_body = Caller(cast.ada).post("members/", NOOR | {"roles": ["boss"]})
    in_the_query = Caller(cast.ada).get("members/?role=boss")
    sentence = ["“boss” is none of these: admin, coach, learner, manager."]
    assert (problem(in_a_body), in_a_body.json()["errors"]) == (("invalid", 422), {"roles.0": sentence})
    assert (problem(in_the_query), in_the_query.json()["errors"]) == (("bad_query", 400), {"role": sentence})


def test_what_is_not_there_is_said_as_a_problem(cast):
    assert problem(Caller(cast.ana).get("nowhere/")) == ("not_found", 404)
    assert problem(Caller(cast.ana).post("me", {})) == ("not_found", 404)
    assert problem(Caller(cast.ana).get("enrolments/99999999999999999999/")) == ("not_found", 404)


def test_a_method_that_is_not_taken_is_named(cast):
    response = Caller(cast.ana).delete("me/")
    assert (problem(response), response["Allow"]) == (("method_not_allowed", 405), "GET, PATCH, HEAD")


def test_a_refused_change_says_why(cast):
    response = Caller(cast.ana).post("members/", NOOR)
    assert problem(response) == ("not_allowed", 403)
    assert response.json()["detail"] == "This needs another role: manage people, programs and settings."


def test_our_own_failure_is_a_problem_too(cast, monkeypatch):
    monkeypatch.setattr(members, "change_own", lambda *_, **__: 1 / 0)
    caller = Caller(cast.ana)
    caller.client.raise_request_exception = False
    assert problem(caller.patch("me/", {"name": "Anna"})) == ("server_error", 500)


def test_a_database_that_does_not_answer_is_a_problem_that_passes(cast, monkeypatch):
    def no_answer(*_, **__):
        raise OperationalError

    monkeypatch.setattr(members, "change_own", no_answer)
    caller = Caller(cast.ana)
    caller.client.raise_request_exception = False
    assert problem(caller.patch("me/", {"name": "Anna"})) == ("unavailable", 503)


# --- Pages


def test_a_list_is_read_page_by_page(cast):
    caller = Caller(cast.ada)
    first = caller.get("members/?limit=4").json()
    second = caller.get(first["next"]).json()
    assert [len(first["results"]), len(second["results"]), second["next"]] == [4, 2, None]
    names = [each["name"] for each in first["results"] + second["results"]]
    assert names == ["Ada Okafor", "Ana Silva", "Cole Berg", "Leo Marin", "Lia Chen", "Mia Novak"]


def test_a_row_that_changes_shifts_no_page(cast):
    caller = Caller(cast.ada)
    first = caller.get("members/?limit=2").json()
    Member.objects.filter(pk=cast.ana.pk).update(name="Zoe")
    assert caller.get(first["next"]).json()["results"][0]["name"] == "Cole Berg"


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=101", "limit=x", "limit=", "cursor=x", "cursor=YWZ0ZXI6eA", "nope=1", "limit=1&limit=2"]
)
def test_a_wrong_query_is_refused(cast, query):
    assert problem(Caller(cast.ada).get(f"members/?{query}")) == ("bad_query", 400)


def schema():
    return SchemaGenerator().get_schema(request=None, public=True)


def test_a_query_of_more_than_one_line_is_refused_also_at_its_end(cast):
    assert problem(Caller(cast.ada).get("members/?external_id=abc%0B")) == ("bad_query", 400)


def test_a_list_says_when_it_begins_with_the_newest(cast):
    caller, newest = Caller(cast.ada), {}
    for number in (1, 2):
        InvitationRound.objects.create(
            organization=cast.organization, by=cast.ada, people=number, newest=9, finished_at=timezone.now()
        )
    for path, operations in schema()["paths"].items():
        if operations.get("get", {}).get("operationId", "").startswith("list_"):
            newest[path] = operations["get"]["description"].endswith(" Newest made first.")
    assert sorted(newest.values()) == [False] * 9 + [True] * 12
    for path in ("members/", "invitation-rounds/"):
        found = [each["id"] for each in caller.get(path).json()["results"]]
        assert (path, found) == (path, sorted(found, reverse=newest[f"/api/v1/{path}"]))


def test_a_number_in_a_query_is_bounded_as_the_schema_says(cast):
    caller, most = Caller(cast.ana), 2**53 - 1
    given = schema()["paths"]["/api/v1/enrolments/"]["get"]["parameters"]
    bounds = [each["schema"] for each in given if each["name"] in ("cohort", "learner", "coach")]
    assert [(each["minimum"], each["maximum"]) for each in bounds] == [(1, most)] * 3
    assert caller.get(f"enrolments/?cohort={most}").json()["results"] == []
    for more in (most + 1, 10**18, "9" * 5000):
        assert problem(caller.get(f"enrolments/?cohort={more}")) == ("bad_query", 400)


# --- Keys


def test_the_same_call_with_the_same_key_is_done_once(cast):
    caller = Caller(cast.ada, Idempotency_Key=KEY)
    first, second = caller.post("members/", NOOR), caller.post("members/", NOOR)
    assert (first.status_code, second.status_code) == (201, 201)
    assert (second.json(), second["Location"]) == (first.json(), first["Location"])
    assert Member.objects.filter(user__email=NOOR["email"]).count() == 1


def test_the_order_of_names_makes_no_other_call(cast):
    caller = Caller(cast.ada, Idempotency_Key=KEY)
    caller.post("members/", NOOR)
    assert caller.post("members/", dict(reversed(NOOR.items()))).status_code == 201


@pytest.mark.parametrize("other", [("members/", NOOR | {"name": "Noor"}), ("programs/", NOOR)], ids=str)
def test_another_call_with_the_same_key_is_refused(cast, other):
    caller = Caller(cast.ada, Idempotency_Key=KEY)
    caller.post("members/", NOOR)
    response = caller.post(*other)
    assert problem(response) in [("key_reused", 409), ("invalid", 422)]
    assert Member.objects.filter(name="Noor").count() == 0


def test_a_refused_call_leaves_its_key_free(cast):
    caller = Caller(cast.ada, Idempotency_Key=KEY)
    assert caller.post("members/", NOOR | {"email": cast.ana.user.email}).status_code == 422
    assert caller.post("members/", NOOR).status_code == 201


def test_a_call_whose_answer_was_deleted_is_said_to_be_done_and_not_done_again(cast):
    caller = Caller(cast.ada)
    sent = {"file": ContentFile(b"email,name,roles\nn@northwind.example,Noor,learner\n", name="people.csv")}
    first = caller.post("people-imports/", sent, Idempotency_Key=KEY)
    assert (first.status_code, caller.delete(first["Location"]).status_code) == (201, 204)
    assert problem(caller.post("people-imports/", sent, Idempotency_Key=KEY)) == ("answer_gone", 410)
    assert PeopleImport.objects.count() == 0


def test_a_call_whose_answer_is_no_longer_the_callers_to_see_is_said_to_be_done(cast):
    caller = Caller(cast.ada, Idempotency_Key=KEY)
    assert caller.post("members/", NOOR).status_code == 201
    Member.objects.filter(pk=cast.ada.pk).update(roles=["coach"])
    response = caller.post("members/", NOOR)
    assert (problem(response), "Noor" in response.content.decode()) == (("answer_gone", 410), False)


def test_what_can_be_repeated_says_what_it_answers_when_that_is_gone():
    for path, operations in schema()["paths"].items():
        for method, each in operations.items():
            keyed = any(given["name"] == KEY_HEADER for given in each.get("parameters", []))
            assert (path, method, "410" in each["responses"]) == (path, method, keyed)


def test_keys_of_two_people_do_not_meet(cast):
    Caller(cast.ada, Idempotency_Key=KEY).post("members/", NOOR)
    assert Caller(cast.olga, Idempotency_Key=KEY).post("members/", NOOR).status_code == 201
    assert ApiKey.objects.count() == 2


def test_a_key_keeps_no_content_and_ends_after_a_week(cast):
    caller = Caller(cast.ada)
    caller.post("members/", NOOR, Idempotency_Key=KEY)
    kept = ApiKey.objects.get()
    made = Member.objects.get(name=NOOR["name"])
    assert (len(kept.asked), kept.status, kept.location) == (64, 201, reverse("api:member", args=[made.pk]))
    ApiKey.objects.update(created_at=timezone.now() - api_keys.KEPT - dt.timedelta(hours=1))
    caller.post("members/", NOOR | {"email": "other@northwind.example"}, Idempotency_Key=KEY.replace("1", "2"))
    assert ApiKey.objects.filter(key=KEY).count() == 0


def test_a_key_that_is_none_is_refused(cast):
    assert problem(Caller(cast.ada).post("members/", NOOR, Idempotency_Key="short")) == ("bad_query", 400)


@pytest.mark.parametrize("body", [b'{"\\ud800": 1}', b'{"name": "\\ud800"}'])
def test_half_a_character_is_no_json(cast, body):
    caller = Caller(cast.ada)
    answer = caller.client.post("/api/v1/members/", body, content_type="application/json", headers=caller.headers)
    assert problem(answer) == ("malformed", 400)


# --- Limits


def test_calls_are_limited_by_token(cast, settings):
    settings.API_CALLS_PER_MINUTE = 2
    caller, other = Caller(cast.ana), Caller(cast.ana)
    answers = [caller.get("me/") for _ in range(3)]
    assert [each.status_code for each in answers] == [200, 200, 429]
    assert problem(answers[-1]) == ("too_many_requests", 429)
    assert 0 < int(answers[-1]["Retry-After"]) <= 60
    assert other.get("me/").status_code == 200


def test_without_the_cache_calls_go_through(cast, monkeypatch):
    def down(*_args, **_kwargs):
        raise RedisConnectionError

    monkeypatch.setattr(cache, "add", down)
    assert Caller(cast.ana).get("me/").status_code == 200
