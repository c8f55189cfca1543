"""The OpenAPI document: every operation with its summary, its problems and the key that makes it safe to repeat."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from django.utils.text import slugify
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_field
from rest_framework import serializers

from coachhub.api.given import ONE_LINE, Given, Line
from coachhub.api.paging import PageQuery
from coachhub.api.problems import MEDIA_TYPE

KEY_HEADER = "Idempotency-Key"
KEY_PATTERN = r"^[A-Za-z0-9_-]{8,64}$"
ON_READ = (400, 401, 404, 406, 429)
ON_WRITE = (400, 401, 403, 404, 406, 409, 415, 422, 429)
MEANING = {
    400: "The address or the body cannot be read: unknown parameter, no JSON.",
    401: "No token, or one that is revoked or of a deactivated member.",
    403: "The token may only read, or your role or part in this does not allow it.",
    404: "There is nothing here, or it is not yours.",
    406: "Only `application/json` is answered.",
    409: "The state does not allow it (any more), or the key was used for another call. Nothing was changed.",
    410: "Done before with this key; what it was answered with is no longer there, or not yours any more.",
    415: "Only `application/json` is taken; a file as `multipart/form-data`.",
    422: "A field does not fit; `errors` names it.",
    429: "Too many calls in this minute; `Retry-After` says how many seconds to wait.",
}


class Problem(serializers.Serializer[Any]):
    """RFC 9457 problem details."""

    type = serializers.CharField(help_text="What kind of problem: `urn:coachhub:problem:` and a stable word.")
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField(help_text="A sentence for the person.")
    instance = serializers.CharField(help_text="The call's id, as in `X-Request-ID` and in the log.")
    errors = serializers.DictField(  # type: ignore[assignment]  # the name is the standard's
        child=serializers.ListField(child=serializers.CharField()), required=False, help_text="Sentences by field."
    )
    theirs = serializers.CharField(required=False, help_text="With `stale`: what is kept now.")
    yours = serializers.CharField(required=False, help_text="With `stale`: what you sent.")
    missing = serializers.ListField(
        child=serializers.CharField(), required=False, help_text="With `missing`: what a session still needs."
    )


class Schema(AutoSchema):
    """Tags come from the view; what a call takes is closed: unknown names are refused."""

    def get_tags(self) -> list[str]:
        return [self.view.tag]  # type: ignore[attr-defined]

    def get_serializer_name(self, serializer: Any, direction: str) -> str:
        """Without the suffix that tells shown from given; requests have one of their own."""
        return type(serializer).__name__.removesuffix("Shown").removesuffix("Given")

    def _map_basic_serializer(self, serializer: Any, direction: str) -> dict[str, Any]:
        found: dict[str, Any] = super()._map_basic_serializer(serializer, direction)  # type: ignore[no-untyped-call]
        if "__doc__" not in vars(type(serializer)) or type(serializer).__doc__ is None:
            found.pop("description", None)  # an inherited one says nothing about this
        if isinstance(serializer, Given):
            return found | {"additionalProperties": False, "required": required(serializer)}
        if not isinstance(serializer, Problem):
            found["required"] = sorted(found["properties"])
            for each in found["properties"].values():
                for name in ("readOnly", "default", "maxLength", "minimum", "maximum"):
                    each.pop(name, None)
        return found

    def _insert_field_validators(self, field: Any, schema: dict[str, Any]) -> None:
        super()._insert_field_validators(field, schema)  # type: ignore[no-untyped-call]
        if isinstance(field, Line):
            schema["pattern"] = f"^{ONE_LINE}$"


def required(given: Given) -> list[str]:
    """Names that must be there; for a change of parts those of `always`."""
    names = sorted(name for name, field in given.fields.items() if field.required)
    return [name for name in names if name in given.always] if given.partial else names


class BearerScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the schema says it."""

    target_class = "programs.api.tokens.BearerToken"
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer", "description": "A token from the page Me."}


def operation(
    summary: str,
    *,
    status: int,
    gives: type[serializers.Serializer[Any]] | None,
    takes: type[serializers.Serializer[Any]] | None = None,
    query: Iterable[type[serializers.Serializer[Any]]] = (),
    example: Mapping[str, Any] | None = None,
    reads: bool = False,
    has_key: bool = False,
    partial: bool = False,
    also: Iterable[int] = (),
    media: str = "",
) -> Any:
    """A decorator that documents one method of a view. `also`: problems beside those of every read or write.

    `media` is the type of a file that is answered.
    """
    examples = [OpenApiExample("Example", value=dict(example), request_only=True)] if example else []
    problems = {
        (number, MEDIA_TYPE): OpenApiResponse(Problem, description=MEANING[number])
        for number in sorted({*(ON_READ if reads else ON_WRITE), *([410] if has_key else []), *also})
    }
    file = {(status, media): OpenApiResponse(OpenApiTypes.STR, description="The file.")}
    answer = file if media else {status: OpenApiResponse(gives, description="Done." if gives is None else "")}
    return extend_schema(
        operation_id=slugify(summary).replace("-", "_"),
        summary=summary,
        request=takes(partial=True) if takes and partial else takes,
        responses=answer | problems,
        parameters=[*query, *([_KEY] if has_key else [])],
        examples=examples,
    )


_KEY = OpenApiParameter(
    KEY_HEADER,
    {"type": "string", "pattern": KEY_PATTERN},
    OpenApiParameter.HEADER,
    description="Made by you, such as a UUID. For 7 days the same call with the same key is done once, and answered "
    "with its first status and what its row says now.",
)


def describe(result: dict[str, Any], **_context: Any) -> dict[str, Any]:
    """A hook of the generator: what holds for every call, from README.md beside this file."""
    result["info"]["description"] = (Path(__file__).parent / "README.md").read_text()
    for path, operations in result["paths"].items():
        for each in operations.values() if "{" not in path else ():
            each["responses"].pop("404", None)
    return result


def page_of(gives: type[serializers.Serializer[Any]]) -> type[serializers.Serializer[Any]]:
    """The serializer of one page of a list."""
    link = extend_schema_field({"type": ["string", "null"], "format": "uri"})(serializers.URLField)
    fields: dict[str, Any] = {"results": gives(many=True), "next": link(help_text="The next page; null on the last.")}
    fields["__doc__"] = "One page of a list."
    return type(f"{gives.__name__.removesuffix('Shown')}Page", (serializers.Serializer,), fields)


__all__ = ["KEY_HEADER", "KEY_PATTERN", "PageQuery", "Problem", "Schema", "operation", "page_of"]
