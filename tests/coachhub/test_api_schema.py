"""The schema says what the API does: schemathesis calls every operation and finds no difference."""

import datetime as dt
import re
import tomllib
from collections import Counter
from copy import deepcopy
from typing import Any
from uuid import UUID
from zlib import crc32

import pytest
import schemathesis
from access_imports import checked
from access_insights import published
from api_rows import API, a_week, ticked, with_substitute
from django.conf import settings
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction
from django.test import override_settings
from django.urls import resolve
from django.utils import timezone
from drf_spectacular.generators import SchemaGenerator
from hypothesis import strategies as st
from rules_access import ACTORS
from schemathesis.checks import load_all_checks
from schemathesis.config import SchemathesisConfig
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation.feedback import FeedbackSources
from schemathesis.pytest._test_builder import build_operation_test

from coachhub.wsgi import application
from programs.api.organization import SETTINGS
from programs.api.people import SETTABLE
from programs.api.programs import OF_COHORT, OF_PROGRAM
from programs.api.versions import values_of
from programs.domain import agreements, invitation_rounds
from programs.domain.known import checksum
from programs.models import Enrolment
from sessions.domain import closing
from sessions.models import Prompt
from tests.api_steps import Caller
from tests.conftest import make_cast
from tests.sessions.rate_steps import both, fresh, reflect, reply
from tests.sessions.run_steps import write_lines

# Of edges that every operation has many of, each n-th is enough: of two thousand wrong types a hundred.
EACH = {
    "incorrect_type": 20, "unspecified_http_method": 16, "valid_object": 6, "object_required_and_optional": 4,
    "object_unexpected_properties": 6, "object_only_required": 2, "missing_parameter": 6, "malformed_content_type": 4,
    "invalid_pattern": 2, "value_below_minimum": 2, "value_above_maximum": 2, "string_above_max_length": 2,
}  # fmt: skip
seen: Counter[str | tuple[str, str]] = Counter()
PLAIN = {"Accept-Encoding": "identity"}  # schemathesis asks for gzip and, over WSGI, does not unpack it
ROLES = ("ada", "ana", "leo", "mia")
WHO_CAN = {
    "Ratings": "ana", "Sessions": "ana", "Feedback and plan": "ana", "Record": "leo", "Reflections": "leo",
    "Prompts": "leo", "Figures and decisions": "mia",
}  # fmt: skip
PROPOSAL, TICK = "/api/v1/enrolments/{id}/proposal/", "/api/v1/micro-sessions/{id}/ticks/"
CODE = "/api/v1/micro-sessions/{id}/code/"
IN_RANGE = st.dates(dt.date(2000, 1, 1), dt.date(2100, 12, 31)).map(str)
schemathesis.openapi.format("date", IN_RANGE)  # the years that the schema's pattern takes, which few of all are
schemathesis.openapi.format("date-time", IN_RANGE.map("{}T09:00:00Z".format))
PLAINLY = tomllib.loads((settings.BASE_DIR / "schemathesis.toml").read_text())  # what a run from outside reads
CONFIG = {
    "seed": 20260305,
    "generation": {"deterministic": True, "database": "none", "max-examples": 1},
    "phases": {"fuzzing": {"generation": {"max-examples": 1}}},  # whole bodies at random, the same in every run
    # Three calls for one; tests/rules/test_access_api.py has it for every route.
    "checks": PLAINLY["checks"] | {"ignored_auth": {"enabled": False}},
}
DOCUMENT = SchemaGenerator().get_schema(request=None, public=True)
schema = schemathesis.openapi.from_dict(DOCUMENT, config=SchemathesisConfig.from_dict(CONFIG))
schema.app = application
OPERATIONS = [each.ok() for each in schema.get_all_operations()]
TAGS = sorted({operation.tags[0] for operation in OPERATIONS})


@pytest.fixture(scope="module")
def stays_connected():
    """Requests leave the connection open."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def name_of(operation) -> str:
    """The route's, by which its row is known."""
    return resolve(re.sub(r"{\w+}", "1", operation.path.replace("{key}", str(UUID(int=0))))).view_name


def done(operation, row, world, as_):
    """The status of that row's call as who may; its body is one by the schema, and so is the answer."""
    call = row.calls[operation.method.upper()]
    who = next(who for who, status in call.who.items() if 200 <= status < 300)
    names = re.findall(r"{(\w+)}", operation.path)
    values = {"path_parameters": dict(zip(names, map(str, row.args(world)), strict=True))}
    data = call.data(world)
    if data is None:
        assert not any(sent.is_required for sent in operation.body), "the schema asks for a body"
    else:
        (sent,) = operation.body
        values |= {"media_type": sent.media_type, "body": data}
        if "file" in data:
            values["body"] = {"file": data["file"].read()}
        else:
            assert sent.is_valid(data), "the body is none by the schema"
    return operation.Case(**values).call_and_validate(headers=as_[ACTORS[who]].headers | PLAIN).status_code


def test_every_operation_answers_what_is_asked_rightly_as_the_schema_says(cast, stays_connected, settings, subtests):
    """As who may, where it may be done; most bodies at random find no session in that state.

    It stands first: between the tests below their rows stay, and one organization cannot be there twice.
    """
    load_all_checks()
    settings.API_CALLS_PER_MINUTE = 10**6
    as_ = {name: Caller(getattr(cast, name)) for name in ACTORS.values()}
    for operation in OPERATIONS:
        with subtests.test(operation.label), transaction.atomic():
            row = API[name_of(operation)]
            assert 200 <= done(operation, row, row.world(deepcopy(cast)), as_) < 300
            transaction.set_rollback(True)


@pytest.fixture(scope="module")
def calls(stays_connected, django_db_setup, django_db_blocker):
    """The four callers, and a row for every kind of number in a path."""
    with django_db_blocker.unblock(), override_settings(API_CALLS_PER_MINUTE=10**6), transaction.atomic():
        cast = make_cast()
        yield {name: Caller(getattr(cast, name)) for name in ROLES}, rows_of(cast), in_bodies_of(cast)
        transaction.set_rollback(True)


def rows_of(cast) -> dict[str, dict[str, Any]]:
    """By the first segment of the path, or by how the path begins."""
    agreements.draft(cast.enrolment)
    micro = both(cast.held())
    reflect(micro)
    reply(micro)
    write_lines(fresh(micro))
    closing.close(micro, by=cast.ana)
    figures, running = published(cast), ticked(cast)
    return {
        "members": {"id": cast.lia.pk}, "pillars": {"id": cast.pillar.pk}, "rubrics": {"id": cast.rubric.pk},
        "blueprints": {"id": cast.pillar.blueprints.first().pk}, "programs": {"id": cast.program.pk},
        "cohorts": {"id": cast.cohort.pk}, "agreements": {"id": cast.enrolment.agreements.get().pk},
        "enrolments": {"id": cast.enrolment.pk, "slot": cast.enrolment.usual_slots.get().pk,
                       "substitute": with_substitute(cast).substitute},
        "micro-sessions": {"id": micro.pk, "reply": micro.reflection.replies.get().pk},
        "prompts": {"id": Prompt.objects.get(follow_up__plan__micro=micro).pk},
        "releases": {"id": figures.release.pk}, "figures": {"id": figures.figure.pk},
        "decisions": {"id": figures.decision.pk}, TICK: {"id": running.pk, "key": str(running.key)},
        CODE: {"id": running.pk}, "people-imports": {"id": checked(cast).pk},
        "invitation-rounds": {"id": invitation_rounds.begin(by=cast.ada).pk},
    }  # fmt: skip


def in_bodies_of(cast) -> dict[str, Any]:
    """Rows by the names that bodies have for them: a made-up number would be refused before anything is tried."""
    behaviour, week = cast.criteria[0].behaviour_id, a_week(cast)
    return {
        "program": cast.program.pk, "cohort": cast.cohort.pk, "pillar": cast.pillar.pk, "learner": cast.leo.pk,
        "coach": cast.ana.pk, "managers": [cast.mia.pk], "enrolment": cast.enrolment.pk, "focus": behaviour,
        "behaviour": behaviour, "criterion": cast.criteria[0].pk,
        "versions": {
            "members": {"version": checksum(values_of(cast.lia, SETTABLE))},
            "programs": {"version": checksum(values_of(cast.program, OF_PROGRAM))},
            "cohorts": {"version": checksum(values_of(cast.cohort, OF_COHORT))},
            "organization": {"version": checksum(values_of(cast.organization, SETTINGS))},
            "week": {"day": week["day"]} | week["take"][0],
        },
    }  # fmt: skip


def with_rows(value, rows):
    """The body with numbers of rows that are there; a list stays as long as it was."""
    if isinstance(value, list):
        return [with_rows(each, rows) for each in value]
    if not isinstance(value, dict):
        return value
    known = {name: rows[name] for name in value.keys() & rows.keys() if value[name]}
    repeated = {name: row * len(value[name]) for name, row in known.items() if isinstance(row, list)}
    return {name: with_rows(each, rows) for name, each in value.items()} | known | repeated


def number_of(case) -> int:
    """The how-manieth of its kind the case is for its operation, from 0."""
    kind = (case.operation.label, str(getattr(case.meta.phase.data, "scenario", "")))
    seen[kind] += 1
    return seen[kind] - 1


def is_left_out(case, number: int) -> bool:
    """Which of the n are taken differs from operation to operation, and is the same in every run."""
    each = EACH.get(str(getattr(case.meta.phase.data, "scenario", "")), 1)
    return (number + crc32(case.operation.label.encode())) % each != 0


def is_a_file_after_all(case) -> bool:
    """Any bytes are a file: what is called a wrong one arrives as a right one."""
    body = case.meta.components.get(ParameterLocation.BODY)
    return case.media_type == "multipart/form-data" and body and body.mode.is_negative and set(case.body) == {"file"}


def check(case, calls):
    """With rows that are there, else every number would end in 404; the first of all as every role."""
    callers, rows, in_bodies = calls
    path, positive = case.operation.path, case.meta.generation.mode.is_positive
    begins = (prefix for prefix in (TICK, CODE) if path.startswith(prefix))
    kind = next(begins, path.removeprefix("/api/v1/").split("/")[0])
    if positive:
        case.body = with_rows(case.body, in_bodies | in_bodies["versions"].get(kind, {}))
    for name, pk in rows.get(kind, {}).items():
        if name in case.path_parameters and (positive or isinstance(case.path_parameters[name], int)):
            case.path_parameters[name] = pk
    number = number_of(case)
    first = not seen[case.operation.label]
    seen[case.operation.label] += 1
    if (is_left_out(case, number) or is_a_file_after_all(case)) and not first:
        return
    for who in ROLES if first else [WHO_CAN.get(case.operation.tags[0], "ada")]:
        with transaction.atomic():
            case.call_and_validate(headers=callers[who].headers | PLAIN)
            transaction.set_rollback(True)


@pytest.mark.django_db
def test_what_an_ended_enrolment_proposes_is_in_the_schema(calls):
    callers, rows, _in_bodies = calls
    with transaction.atomic():
        Enrolment.objects.filter(pk=rows["enrolments"]["id"]).update(ended_on=timezone.localdate())
        case = schema[PROPOSAL]["GET"].Case(path_parameters={"id": rows["enrolments"]["id"]})
        assert case.call_and_validate(headers=callers["ana"].headers | PLAIN).status_code == 409
        transaction.set_rollback(True)


@pytest.mark.django_db
@pytest.mark.parametrize("tag", TAGS)
def test_every_operation_does_what_the_schema_says(tag, calls, subtests):
    load_all_checks()
    for operation in OPERATIONS:
        if operation.tags == [tag]:
            with subtests.test(operation.label):
                test = build_operation_test(
                    config=schema.config, operation=operation, test_func=check, given_kwargs={},
                    feedback=FeedbackSources(),
                )  # fmt: skip
                test(calls=calls)
