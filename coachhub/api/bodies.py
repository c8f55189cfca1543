"""JSON in, JSON out, nothing else."""

import json
from collections.abc import Mapping
from hashlib import sha256
from typing import IO, Any

from django.core.files.base import File
from django.utils.translation import gettext as _
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.utils import json as strict_json

LARGEST = 256 * 1024  # bytes; the longest texts of one call are a tenth of it


class TooLarge(APIException):
    status_code = 413
    default_code = "too_large"


class JsonBody(BaseParser):
    """One JSON value of at most LARGEST bytes, UTF-8, without NaN and the like."""

    media_type = "application/json"

    def parse(
        self, stream: IO[Any], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        raw = stream.read(LARGEST + 1)
        if len(raw) > LARGEST:
            raise TooLarge(_("A body takes at most 256 KiB."))
        try:
            value = strict_json.loads(raw.decode())
            canonical(value).encode()  # half a surrogate pair can be escaped, and written nowhere
            return value
        except (ValueError, RecursionError) as error:
            raise ParseError(_("The body is not JSON.")) from error


class JsonAnswer(JSONRenderer):
    """UTF-8 without a byte-order mark; the type is that of the response, a problem's or plain JSON."""

    charset = None


class CsvAnswer(BaseRenderer):
    """A table as a file; a problem stays JSON, as its type says."""

    media_type = "text/csv"
    format = "csv"
    charset = "utf-8"

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> bytes:
        return data if isinstance(data, bytes) else canonical(data).encode()


def canonical(value: Any) -> str:
    """One spelling for equal bodies: keys sorted, no spaces."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_spelt)


def _spelt(value: Any) -> str:
    """A file by its content, anything else as text."""
    if not isinstance(value, File):
        return str(value)
    digest = sha256()
    for chunk in value.chunks():
        digest.update(chunk)
    return digest.hexdigest()
