"""Sorting and filtering My learners."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sessions.domain.learners import Order, Taught


class ListForm(forms.Form):
    """`?sort=` and `?program=`; anything else is as if it were not there."""

    use_required_attribute = False
    sort = forms.ChoiceField(label=_("Sort by"), choices=Order.choices, required=False)
    program = forms.TypedChoiceField(label=_("Program"), coerce=int, empty_value=None, required=False)

    def __init__(self, data: Any, *, programs: Mapping[int, Taught]) -> None:
        super().__init__(data)
        offered = sorted(((pk, taught.name) for pk, taught in programs.items()), key=lambda pair: pair[1].lower())
        self.fields["program"].choices = [("", _("All programs")), *offered]  # type: ignore[attr-defined]
        self.is_valid()

    @property
    def chosen(self) -> dict[str, Any]:
        """What `MyLearners.lines` takes."""
        return {
            "order": self.cleaned_data.get("sort") or Order.WAITING,
            "program": self.cleaned_data.get("program"),
        }
