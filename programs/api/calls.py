"""One call: a checked body, one transaction, once per key, and an answer as the row's own address gives it."""

import copy
import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from functools import wraps
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

import pghistory
from django.db import transaction
from django.http.response import HttpResponseBase
from django.urls import resolve
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from coachhub.api.bodies import CsvAnswer, JsonAnswer, canonical
from coachhub.api.given import Given
from coachhub.api.paging import NAMES, PageQuery, page
from coachhub.api.problems import BadQuery
from coachhub.api.schema import KEY_HEADER, KEY_PATTERN, operation, page_of
from coachhub.api.shown import Composed, Shown
from coachhub.errors import DomainError
from programs.api.tokens import ApiRequest, MayWrite
from programs.domain import api_keys
from programs.models import ApiKey

type Method = Callable[..., Any]
type Telling = Callable[..., Iterable[Any]]
type Answer = Shown[Any] | Composed


class Call(APIView):
    """Answers in the member's name: their zone for sentences and dates, their number in the history."""

    tag: ClassVar[str] = ""
    permission_classes = [IsAuthenticated, MayWrite]
    http_method_names = ["get", "post", "put", "patch", "delete", "head"]

    def dispatch(self, request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with ExitStack() as self.acting:
            return super().dispatch(request, *args, **kwargs)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        member = request.member  # type: ignore[attr-defined]
        self.acting.enter_context(timezone.override(ZoneInfo(member.timezone)))
        self.acting.enter_context(pghistory.context(member=member.pk))

    def finalize_response(self, request: Request, response: Any, *args: Any, **kwargs: Any) -> Any:
        response = super().finalize_response(request, response, *args, **kwargs)
        response["Cache-Control"] = "no-store"
        return response


class FileCall(Call):
    """Answers a file."""

    renderer_classes = [CsvAnswer, JsonAnswer]


class Nothing(Given):
    """A call without a body."""


def shows(
    summary: str, *, gives: type[Answer], many: bool = False, newest_first: bool = False,
    filters: type[Given] = Nothing, also: tuple[int, ...] = (), told: Telling | None = None,
) -> Callable[[Method], Method]:  # fmt: skip
    """A GET: one row, or with `many` a page of the rows of a queryset. The method gets the checked filters.

    `also`: problems that this read has beside the usual ones. `told` makes of the rows of a page, and the numbers in
    its path, what is shown of them, for what takes more than one table.
    """

    def decorate(method: Method) -> Method:
        query = [each for each, there in ((filters, filters is not Nothing), (PageQuery, many)) if there]
        answer = page_of(gives) if many else gives
        document = operation(summary, status=200, gives=answer, query=query, reads=True, also=also)

        @wraps(method)
        def call(view: Call, request: ApiRequest, **kwargs: Any) -> Response:
            paging, chosen = asked(request, filters, many)
            found = method(view, request, **kwargs, **chosen)
            if not many:
                return Response(shown(gives, found, request))
            rows, following = page(found, request, newest_first=newest_first, **paging)
            lines = told(rows, request, **kwargs) if told else rows
            return Response({"results": [shown(gives, row, request) for row in lines], "next": following})

        if newest_first:
            call.__doc__ = f"{call.__doc__} Newest made first."
        return document(call)  # type: ignore[no-any-return]

    return decorate


def hands_out(summary: str) -> Callable[[Method], Method]:
    """A GET of a CSV file, which the method returns as bytes."""

    def decorate(method: Method) -> Method:
        @wraps(method)
        def call(view: Call, request: ApiRequest, **kwargs: Any) -> Response:
            asked(request, Nothing, False)
            return Response(method(view, request, **kwargs))

        return operation(summary, status=200, gives=None, reads=True, media=CsvAnswer.media_type)(call)  # type: ignore[no-any-return]

    return decorate


def does(
    summary: str, *, gives: type[Answer] | None = None, takes: type[Given] = Nothing, status: int = 200,
    partial: bool = False, names: Mapping[str, str] | None = None, example: Mapping[str, Any] | None = None,
    keyed: bool = True,
) -> Callable[[Method], Method]:  # fmt: skip
    """A POST, PUT, PATCH or DELETE. The method gets the checked body as `data` and returns the row to answer with.

    `names` turns field names of domain errors into those of the body. `keyed` is False where a repeated call is
    harmless by its method.
    """
    status = status if gives else 204

    def decorate(method: Method) -> Method:
        body = None if takes is Nothing else takes
        document = operation(
            summary, status=status, gives=gives, takes=body, example=example, has_key=keyed, partial=partial
        )

        @wraps(method)
        def call(view: Call, request: ApiRequest, **kwargs: Any) -> Any:
            asked(request, Nothing, False)
            data = taken(takes, request, partial=partial)
            with transaction.atomic():
                key = claimed(request) if keyed else None
                if key and key.status:
                    return again(request, key)
                row = renamed(names or {}, lambda: method(view, request, **kwargs, data=data))
                address = gives.address(row) if gives else ""
                if key:
                    api_keys.note(key, status=status, location=address)
            headers = {"Location": address} if status == 201 else {}
            return Response(shown(gives, row, request) if gives else None, status=status, headers=headers)

        return document(call)  # type: ignore[no-any-return]

    return decorate


def shown(gives: type[Answer], row: Any, request: ApiRequest) -> Any:
    """The row as this member sees it."""
    return gives(row, context={"request": request, "member": request.member}).data


def taken(takes: type[Given], request: ApiRequest, *, partial: bool = False) -> dict[str, Any]:
    """The checked body. Raises ValidationError, and ParseError for what is no JSON."""
    body = takes(data=request.data, partial=partial, context={"request": request, "member": request.member})
    body.is_valid(raise_exception=True)
    found: dict[str, Any] = body.validated_data
    return found


def asked(request: ApiRequest, filters: type[Given], many: bool) -> tuple[dict[str, Any], dict[str, Any]]:
    """The checked query: how to page, and the filters. Raises BadQuery, also for a parameter given twice."""
    twice = [name for name in request.query_params if len(request.query_params.getlist(name)) > 1]
    if twice:
        raise BadQuery({name: [_("Give this once.")] for name in twice})
    given = request.query_params.dict()
    paging = PageQuery(data={name: given.pop(name) for name in NAMES if many and name in given})
    chosen = filters(data=given, context={"request": request, "member": request.member})
    for query in (paging, chosen):
        if not query.is_valid():
            raise BadQuery(query.errors)
    return dict(paging.validated_data), dict(chosen.validated_data)


def claimed(request: ApiRequest) -> ApiKey | None:
    """The row of the call's key, if it carries one. Raises BadQuery, KeyReused."""
    key = request.headers.get(KEY_HEADER)
    if key is None:
        return None
    if not re.fullmatch(KEY_PATTERN, key):
        raise BadQuery({KEY_HEADER: [_("8 to 64 letters, digits, hyphens or underscores.")]})
    says = f"{request.method} {request.path} {canonical(request.data)}"
    return api_keys.claim(by=request.member, key=key, asked=says)


def again(request: ApiRequest, key: ApiKey) -> Any:
    """The first status, with the row as it is now: what is no longer visible is not repeated. Raises AnswerGone."""
    if not key.location:
        return Response(status=key.status)
    reading = copy.copy(request._request)
    reading.method = "GET"
    path, _mark, query = key.location.partition("?")
    reading.GET = type(reading.GET)(query)
    found = resolve(path)
    response = found.func(reading, *found.args, **found.kwargs)
    if response.status_code == 404:
        raise api_keys.AnswerGone
    if response.status_code == 200:
        response.status_code = key.status
        if key.status == 201:
            response["Location"] = key.location
    return response


def renamed(names: Mapping[str, str], step: Callable[[], Any]) -> Any:
    """Do the step; an error about a field names it as the body does. `level-*` stands for all that begin so."""
    try:
        return step()
    except DomainError as error:
        series = re.sub("-.*", "-*", error.field)
        error.field = names.get(error.field) or names.get(series) or error.field
        raise
