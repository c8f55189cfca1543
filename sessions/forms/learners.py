"""Sorting and filtering My learners."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from programs.models import Program
from sessions.domain.learners import Order, Row


class ListForm(forms.Form):
    """`?sort=` and `?program=`; anything else is as if it were not there."""

    use_required_attribute = False
    sort = forms.ChoiceField(label=_("Sort by"), choices=Order.choices, required=False)
    program = forms.TypedChoiceField(label=_("Program"), coerce=int, empty_value=None, required=False)

    def __init__(self, data: Any, *, programs: Iterable[Program]) -> None:
        super().__init__(data)
        offered = sorted({(each.pk, each.name) for each in programs}, key=lambda pair: pair[1].lower())
        self.fields["program"].choices = [("", _("All programs")), *offered]  # type: ignore[attr-defined]
        self.is_valid()

    @property
    def order(self) -> str:
        return self.cleaned_data.get("sort") or Order.WAITING

    @property
    def program_id(self) -> int | None:
        chosen: int | None = self.cleaned_data.get("program")
        return chosen

    def take(self, rows: Iterable[Row]) -> list[Row]:
        """The rows of the chosen program, in the chosen order."""
        wanted = self.program_id
        kept = [row for row in rows if wanted in (None, row.enrolment.program_id)]
        return kept if self.order == Order.WAITING else sorted(kept, key=Row.name_key)
