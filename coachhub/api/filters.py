"""Query parameters: text on the wire, read strictly, so that a slip is said and not guessed at."""

import re
from typing import Any

from rest_framework import serializers
from rest_framework.fields import empty


class Number(serializers.IntegerField):
    """Decimal digits."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**({"required": False, "min_value": 1} | kwargs))

    def to_internal_value(self, data: Any) -> int:
        if not re.fullmatch(r"[0-9]{1,18}", str(data)):
            self.fail("invalid")
        return int(data)


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
