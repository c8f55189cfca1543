"""Wall times as people type them, in their own zone; a clock change never refuses one."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from sessions.domain.calendar import WorkingCalendar

PICK = "pick"
FORMAT = "%Y-%m-%dT%H:%M"
YEARS = range(2000, 2200)


class WallTimeInput(forms.DateTimeInput):
    """A native date and time picker; its value is a wall time of the active zone."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format=FORMAT)


class WallTimeField(forms.Field):
    """A date and time typed in the active zone, as an instant in UTC: a skipped time is the next valid minute."""

    widget = WallTimeInput

    def to_python(self, value: Any) -> datetime | None:
        if value in self.empty_values:
            return None
        if isinstance(value, datetime):
            return value
        text = str(value).strip()
        try:
            wall = datetime.fromisoformat(text)
        except ValueError:
            raise ValidationError(_("Enter a date and a time.")) from None
        if wall.tzinfo or len(text) <= len("2026-01-15") or wall.year not in YEARS:
            raise ValidationError(_("Enter a date and a time."))
        return WorkingCalendar(_zone()).at(wall.date(), wall.time())

    def prepare_value(self, value: Any) -> Any:
        return timezone.localtime(value).replace(tzinfo=None) if isinstance(value, datetime) else value


class ChosenTime(forms.ChoiceField):
    """Chips with an instant each, and "pick" for the field beside it.

    What was offered when the page was made may no longer be: any instant is taken, the domain says whether it can be.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(widget=forms.RadioSelect(attrs={"class": "chips times"}), **kwargs)

    def valid_value(self, value: Any) -> bool:
        return value == PICK or instant_of(value) is not None


def instant_of(value: str) -> datetime | None:
    """The instant of a chip's value, None for anything else."""
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return None
    return at if at.tzinfo and at.year in YEARS else None


def value_of(at: datetime) -> str:
    """A chip's value."""
    return at.isoformat()


def _zone() -> ZoneInfo:
    zone = timezone.get_current_timezone()
    return zone if isinstance(zone, ZoneInfo) else ZoneInfo(str(zone))
