"""Query parameters: text on the wire, read strictly, so that a slip is said and not guessed at."""

import re
from datetime import UTC, datetime
from typing import Any

from rest_framework import serializers
from rest_framework.fields import empty

EXACT = 2**53 - 1
"""What every reader of JSON reads as it stands; a higher bound would be another number in a browser."""
FIRST, LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


class Number(serializers.IntegerField):
    """Decimal digits."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**({"required": False, "min_value": 1, "max_value": EXACT} | kwargs))

    def to_internal_value(self, data: Any) -> int:
        if not re.fullmatch(r"[0-9]+", str(data)):
            self.fail("invalid")
        return super().to_internal_value(data)


class Moment(serializers.DateTimeField):
    """RFC 3339 with an offset, of any year."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, default_timezone=UTC, **kwargs)

    def enforce_timezone(self, value: datetime) -> datetime:
        if value.tzinfo is None:
            self.fail("invalid", format="2026-03-05T14:10:00+01:00")
        try:
            return value.astimezone(UTC)
        except OverflowError:  # within a day of the first or last moment that there is
            return FIRST if value.year == 1 else LAST


class YesNo(serializers.BooleanField):
    """`true` or `false`."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**({"required": False} | kwargs))

    def run_validation(self, data: Any = empty) -> Any:
        if data is empty:
            return super().run_validation(data)
        if data not in ("true", "false"):
            self.fail("invalid", input=data)
        return data == "true"
