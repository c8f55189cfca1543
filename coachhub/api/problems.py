"""Errors as RFC 9457 problem details: one shape for a refused state change, a bad field and our own failure."""

import logging
from collections.abc import Iterator, Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from coachhub import logs
from coachhub.errors import DomainError

MEDIA_TYPE = "application/problem+json"
EXTRAS = ("theirs", "yours", "missing")  # what some domain errors say beside their sentence
CODES = {
    400: "malformed", 401: "not_authenticated", 403: "not_allowed", 404: "not_found", 405: "method_not_allowed",
    406: "not_acceptable", 413: "too_large", 415: "unsupported_media_type", 422: "invalid", 429: "too_many_requests",
    500: "server_error", 503: "unavailable",
}  # fmt: skip
log = logging.getLogger("coachhub.api")


class BadQuery(exceptions.ValidationError):
    """A query parameter that is unknown or has a value it does not take."""


def handle(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """DRF's exception handler. None, so that it is raised on, for what is our own failure."""
    found = describe(error)
    if found is None:
        return None
    set_rollback()
    code, number, rest = found
    return Response(
        problem(number, code=code, **rest), status=number, headers=headers_of(error), content_type=MEDIA_TYPE
    )


def problem(number: int, *, code: str = "", detail: str = "", **rest: Any) -> dict[str, Any]:
    """The members of a problem: type, title, status, detail, instance; `errors` by field where there are some."""
    code = code or CODES.get(number, "refused")
    body: dict[str, Any] = {
        "type": f"urn:coachhub:problem:{code}",
        "title": HTTPStatus(number).phrase,
        "status": number,
        "detail": detail,
        "instance": f"urn:coachhub:request:{logs.request_id.get()}",
    }
    return body | {name: value for name, value in rest.items() if value}


def describe(error: Exception) -> tuple[str, int, dict[str, Any]] | None:
    """Code, status and the other members; None for an error that nobody expected."""
    if isinstance(error, DomainError):
        return error.code, int(error.status), _of_domain(error)
    if isinstance(error, Http404):
        return "not_found", 404, {"detail": _("There is nothing here, or it is not yours.")}
    if isinstance(error, PermissionDenied):
        return "not_allowed", 403, {"detail": _("You cannot do this.")}
    if isinstance(error, SuspiciousOperation):  # such as a form of a thousand fields
        return "malformed", 400, {"detail": _("The body cannot be read.")}
    if isinstance(error, exceptions.ValidationError):
        return _of_fields(error)
    if isinstance(error, exceptions.APIException):
        return CODES.get(error.status_code, "refused"), error.status_code, {"detail": str(error.detail)}
    return None


def headers_of(error: Exception) -> dict[str, str]:
    """How to sign in, when to come back."""
    found = {}
    if getattr(error, "auth_header", None):
        found["WWW-Authenticate"] = error.auth_header  # type: ignore[attr-defined]
    if getattr(error, "wait", None) is not None:
        found["Retry-After"] = str(int(error.wait))  # type: ignore[attr-defined]
    return found


def _of_domain(error: DomainError) -> dict[str, Any]:
    sentence = str(error.sentence)
    errors = {error.field: [sentence]} if error.field else {}
    extras = {name: getattr(error, name) for name in EXTRAS if hasattr(error, name)}
    return {"detail": sentence, "errors": errors, **extras}


def _of_fields(error: exceptions.ValidationError) -> tuple[str, int, dict[str, Any]]:
    errors: dict[str, list[str]] = {}
    for field, sentence in _flat(error.detail):
        errors.setdefault(field or "body", []).append(sentence)
    if isinstance(error, BadQuery):
        return "bad_query", 400, {"detail": _("The address has parameters that do not fit."), "errors": errors}
    return "invalid", 422, {"detail": _("Some fields do not fit."), "errors": errors}


def _flat(detail: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Nested errors with their paths: `slots.0.weekday`."""
    if isinstance(detail, Mapping):
        for name, each in detail.items():
            step = "" if name == "non_field_errors" else str(name)
            yield from _flat(each, ".".join(filter(None, (path, step))))
    elif isinstance(detail, list | tuple):
        for number, each in enumerate(detail):
            nested = isinstance(each, Mapping | list)
            if each or not nested:
                yield from _flat(each, f"{path}.{number}" if nested else path)
    else:
        yield path, str(detail)
