"""Moving, cancelling, asking to move, usual slots."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from sessions.domain.presets import Preset
from sessions.domain.times import day_and_time
from sessions.forms.content import longest
from sessions.forms.times import PICK, ChosenTime, WallTimeField, instant_of, value_of
from sessions.models import MicroSession, MoveReason


class MoveForm(forms.Form):
    """A time by one tap, the reason by another: the reason's button sends the form."""

    use_required_attribute = False
    to = ChosenTime(label=_("Move to"))
    pick_at = WallTimeField(label=_("Date and time"), required=False)
    reason = forms.ChoiceField(
        label=_("Because of"), choices=MoveReason.choices, error_messages={"required": _("Choose why it moves.")}
    )
    sequence = forms.IntegerField(widget=forms.HiddenInput, min_value=0)

    def __init__(self, data: Any = None, *, micro: MicroSession, presets: Sequence[Preset]) -> None:
        first = value_of(presets[0].at) if presets else PICK
        pick_at = presets[0].at if presets else micro.scheduled_for
        super().__init__(data, initial={"to": first, "pick_at": pick_at, "sequence": micro.schedule_sequence})
        self.likely = MoveReason.ASKED if micro.move_asked_at else ""
        reasons = sorted(MoveReason.choices, key=lambda choice: choice[0] != self.likely)
        self.fields["reason"].choices = reasons  # type: ignore[attr-defined]
        offered = {value_of(each.at): each.label for each in presets}
        if (at := instant_of(self.data.get("to", ""))) and at not in [each.at for each in presets]:
            offered[value_of(at)] = day_and_time(at)
        self.fields["to"].choices = [*offered.items(), (PICK, gettext("Pick"))]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("to") == PICK and not data.get("pick_at") and "pick_at" not in self.errors:
            self.add_error("pick_at", _("Choose a date and a time."))
        return data

    def at(self) -> datetime:
        """The chosen instant."""
        chosen: str = self.cleaned_data["to"]
        at = self.cleaned_data["pick_at"] if chosen == PICK else instant_of(chosen)
        assert isinstance(at, datetime)  # noqa: S101 (clean and ChosenTime have seen to it)
        return at


class NoteForm(forms.Form):
    """A sentence to the other person."""

    use_required_attribute = False
    note = forms.CharField(required=False, max_length=longest("cancel_note"))

    def __init__(self, *args: Any, label: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["note"].label = label


class SlotForm(forms.Form):
    """A usual slot: a weekday and a wall time in the learner's zone."""

    use_required_attribute = False
    weekday = forms.TypedChoiceField(label=_("Day"), coerce=int, choices=list(WEEKDAYS.items()))
    starts_at = forms.TimeField(label=_("Time"), widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}))
