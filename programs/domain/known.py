"""What somebody knew who saves: asked where nobody can save in between, under the lock of the row."""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any
from zlib import crc32

from django.db.models import Model

from coachhub.errors import WrongState

type Known[M] = Callable[[M], None]
"""Gets the locked row; raises SavedMeanwhile, or Stale for a client, when it is not what the saver was shown."""


class SavedMeanwhile(WrongState):
    """Somebody else saved other values since the page was drawn; nothing was changed."""


def unasked(row: object) -> None:
    """For imports, which name what they change and leave the rest."""


def checksum(values: Mapping[str, Any]) -> int:
    """What tells these values from others, where no version of them is stored."""
    return crc32(json.dumps(plain(values)).encode())


def plain(value: Any) -> Any:
    """A value as JSON has it: rows by their numbers, of many the order does not count, dates as text."""
    if isinstance(value, Model):
        return value.pk
    if isinstance(value, Mapping):
        return {name: plain(value[name]) for name in sorted(value)}
    if is_many(value):
        return sorted(map(plain, value.all() if hasattr(value, "all") else value), key=str)
    return value if isinstance(value, int | str | None) else str(value)


def is_many(value: Any) -> bool:
    """Rows of a relation, a list, a queryset; a text is one."""
    return hasattr(value, "all") or (isinstance(value, Iterable) and not isinstance(value, str | bytes))
