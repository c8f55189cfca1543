"""Lists in pages: by primary key, so that nothing is skipped or shown twice while rows come, go and change."""

import re
from typing import Any, ClassVar

from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.utils.urls import replace_query_param

from coachhub.api.filters import Number
from coachhub.api.given import Given

DEFAULT, MOST = 50, 100
MARK = "after-"
CURSOR = MARK + "[0-9]{1,18}"
NAMES = ("cursor", "limit")


@extend_schema_field({"type": "string", "pattern": f"^{CURSOR}$"})
class Cursor(serializers.CharField):
    """Where the next page begins: made by us, taken back as it was."""

    default_error_messages: ClassVar[dict[str, Any]] = {"strange": _("This is no cursor. Begin at the first page.")}

    def to_internal_value(self, data: Any) -> str:
        if not re.fullmatch(CURSOR, str(data)):
            self.fail("strange")
        return str(data)


class PageQuery(Given):
    """How to go through a list."""

    cursor = Cursor(required=False, help_text="Opaque; take it from `next` of the page before.")
    limit = Number(default=DEFAULT, max_value=MOST, help_text="Rows on a page.")


def page(
    rows: QuerySet[Any], request: Request, *, newest_first: bool = False, cursor: str = "", limit: int = DEFAULT
) -> tuple[list[Model], str | None]:
    """One page and the address of the next one, None on the last. One query."""
    if cursor:
        after = int(cursor.removeprefix(MARK))
        rows = rows.filter(pk__lt=after) if newest_first else rows.filter(pk__gt=after)
    found = list(rows.order_by("-pk" if newest_first else "pk")[: limit + 1])
    if len(found) <= limit:
        return found, None
    last = found[limit - 1]
    return found[:limit], replace_query_param(request.build_absolute_uri(), "cursor", cursor_of(last.pk))


def cursor_of(pk: int) -> str:
    return f"{MARK}{pk}"
