"""What calls take: unknown names are refused, a type is what the schema says, rows come through a door."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from typing import Any, ClassVar, NoReturn

from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.fields import empty

ONE_LINE = r"[^\u0000-\u001f\u007f-\u009f]*"
EARLIEST, LATEST = 2000, 2100  # years: what is outside is a slip, and would overflow sums of times
IN_RANGE = rf"^(20[0-9]{{2}}|{LATEST})-"  # those years, for the schema
type Door = Callable[[Any], QuerySet[Any]]


class Given(serializers.Serializer[Any]):
    """What a call takes. A name that is not a field is refused, so that a misspelt one is not lost."""

    always: ClassVar[tuple[str, ...]] = ()  # must be there also in a change of parts

    def to_internal_value(self, data: Any) -> Any:
        if isinstance(data, Mapping):
            unknown = {str(name): [_("There is no such field.")] for name in data if name not in self.fields}
            if unknown:
                raise serializers.ValidationError(unknown)
            missing = {name: [_("This field is required.")] for name in self.always if name not in data}
            if missing:
                raise serializers.ValidationError(missing)
        return super().to_internal_value(data)


class Text(serializers.CharField):
    """A string; a number is none."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class Line(Text):
    """One line: no line ends or other control characters, which would break mail headers and tables.

    Also none at its ends, where they would be trimmed before anything looks: the schema forbids them everywhere.
    """

    default_error_messages: ClassVar[dict[str, Any]] = {"lines": _("Write this on one line.")}

    def run_validation(self, data: Any = empty) -> Any:
        if isinstance(data, str) and not re.fullmatch(ONE_LINE, data):
            self.fail("lines")
        return super().run_validation(data)


class Email(serializers.EmailField):
    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class Whole(serializers.IntegerField):
    """A whole number, not a string of digits."""

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, bool) or not isinstance(data, int | float) or data != data // 1:
            self.fail("invalid")
        return int(data)


class Flag(serializers.BooleanField):
    """True or false."""

    def run_validation(self, data: Any = empty) -> Any:
        if data is not empty and not isinstance(data, bool):
            self.fail("invalid", input=data)
        return super().run_validation(data)


class OneOf(serializers.ChoiceField):
    """One of the choices, as a string; who missed is told which there are."""

    default_error_messages: ClassVar[dict[str, Any]] = {"invalid_choice": _("“{input}” is none of these: {choices}.")}

    def fail(self, key: str, **kwargs: Any) -> NoReturn:
        super().fail(key, choices=", ".join(map(str, self.choices)), **kwargs)

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid_choice", input=data)
        chosen: str = super().to_internal_value(data)
        return chosen


class Key(serializers.UUIDField):
    """A UUID made by the client."""

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str) or len(data) != 36:
            self.fail("invalid", value=data)
        return super().to_internal_value(data)


@extend_schema_field({"type": "string", "format": "date-time", "pattern": IN_RANGE})
class Instant(serializers.DateTimeField):
    """RFC 3339 with an offset, kept and answered in UTC."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "no_offset": _("Say the offset too: 2026-03-05T14:10:00+01:00."),
        "far": _("This year is out of range."),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(default_timezone=UTC, **kwargs)

    def enforce_timezone(self, value: datetime) -> datetime:
        if value.tzinfo is None:
            self.fail("no_offset")
        if not EARLIEST <= value.year <= LATEST:
            self.fail("far")
        return value.astimezone(UTC)


@extend_schema_field({"type": "string", "format": "date", "pattern": IN_RANGE})
class Day(serializers.DateField):
    default_error_messages: ClassVar[dict[str, Any]] = {"far": _("This year is out of range.")}

    def to_internal_value(self, value: Any) -> date:
        day: date = super().to_internal_value(value)
        if not EARLIEST <= day.year <= LATEST:
            self.fail("far")
        return day


@extend_schema_field({"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$", "examples": ["14:10"]})
class WallTime(serializers.Field[time, Any, str, Any]):
    """Hours and minutes on the clock of the zone that stands beside it: `14:10`."""

    default_error_messages: ClassVar[dict[str, Any]] = {"invalid": _("Write hours and minutes: 14:10.")}

    def to_internal_value(self, data: Any) -> time:
        if not isinstance(data, str) or not re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", data):
            self.fail("invalid")
        return time.fromisoformat(data)

    def to_representation(self, value: time) -> str:
        return f"{value:%H:%M}"


@extend_schema_field({"type": "integer", "minimum": 1})
class Row(serializers.Field[Model, Any, int, Any]):
    """A row by its number, found through a door that takes the member; another's is as good as none."""

    default_error_messages: ClassVar[dict[str, Any]] = {
        "absent": _("There is no such thing, or it is not yours."),
        "invalid": _("A number is needed."),
    }

    def __init__(self, door: Door, **kwargs: Any) -> None:
        self.door = door
        super().__init__(**kwargs)

    def to_internal_value(self, data: Any) -> Model:
        if isinstance(data, bool) or not isinstance(data, int):
            self.fail("invalid")
        row: Model | None = self.door(self.context["member"]).filter(pk=data).first()
        if row is None:
            self.fail("absent")
        return row

    def to_representation(self, value: Model) -> int:
        return int(value.pk)
