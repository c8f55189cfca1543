"""Lists in pages: by primary key, so that nothing is skipped or shown twice while rows come, go and change."""

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.utils.urls import replace_query_param

from coachhub.api.filters import Number
from coachhub.api.problems import BadQuery

DEFAULT, MOST = 50, 100
MARK = b"after:"
NAMES = ("cursor", "limit")


class PageQuery(serializers.Serializer[Any]):
    """How to go through a list."""

    cursor = serializers.CharField(
        required=False, max_length=60, help_text="Opaque; take it from `next` of the page before."
    )
    limit = Number(default=DEFAULT, max_value=MOST, help_text="Rows on a page.")


def page(
    rows: QuerySet[Any], request: Request, *, newest_first: bool = False, cursor: str = "", limit: int = DEFAULT
) -> tuple[list[Model], str | None]:
    """One page and the address of the next one, None on the last. One query. Raises BadQuery."""
    if cursor:
        after = key_of(cursor)
        rows = rows.filter(pk__lt=after) if newest_first else rows.filter(pk__gt=after)
    found = list(rows.order_by("-pk" if newest_first else "pk")[: limit + 1])
    if len(found) <= limit:
        return found, None
    last = found[limit - 1]
    return found[:limit], replace_query_param(request.build_absolute_uri(), "cursor", cursor_of(last.pk))


def cursor_of(pk: int) -> str:
    return urlsafe_b64encode(MARK + str(pk).encode()).decode().rstrip("=")


def key_of(cursor: str) -> int:
    """The primary key behind a cursor. Raises BadQuery for one that we did not make."""
    try:
        plain = urlsafe_b64decode((cursor + "=" * (-len(cursor) % 4)).encode())
        if cursor_of(pk := int(plain.removeprefix(MARK))) == cursor:
            return pk
    except (ValueError, binascii.Error):
        pass
    raise BadQuery({"cursor": [_("This is not a cursor of this list. Begin at the first page.")]})
