"""Logging a session that took place: when, how long, what about; the rest is folded."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from programs.models import Blueprint
from sessions.domain.content import MINUTES as PLANNED
from sessions.domain.logging_held import MINUTES, likely_start
from sessions.domain.proposals import Proposal
from sessions.forms.content import ContentForm
from sessions.forms.plan import initial_of
from sessions.forms.times import WallTimeField
from sessions.models import MicroSession


class HeldForm(forms.Form):
    """When it was and how long it took."""

    use_required_attribute = False
    held_at = WallTimeField(label=_("When did it start?"))
    minutes = forms.IntegerField(
        label=_("How many minutes did it take?"),
        min_value=MINUTES[0],
        max_value=MINUTES[-1],
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )


class LogForm(HeldForm, ContentForm):
    """Three required fields, filled in as far as can be guessed."""

    form_key = forms.UUIDField(widget=forms.HiddenInput)
    field_order = ("held_at", "minutes", "focus")
    folded = tuple(name for name in ContentForm.base_fields if name != "focus")

    def __init__(self, *args: Any, proposal: Proposal, cases: Sequence[Blueprint], **kwargs: Any) -> None:
        guess = likely_start(proposal.enrolment, minutes=proposal.minutes)
        initial = initial_of(proposal) | {"held_at": guess, "minutes": proposal.minutes, "form_key": uuid4()}
        super().__init__(*args, focuses=proposal.choices, cases=cases, initial=initial, **kwargs)

    @property
    def minutes_planned(self) -> int:
        """What it would have been planned as: within what a session may be planned for."""
        taken: int = self.cleaned_data["minutes"]
        return min(max(taken, PLANNED[0]), PLANNED[-1])


def took_place_form(micro: MicroSession, data: Any = None) -> HeldForm:
    """For a planned session that was held: its own time and minutes, or what was sent."""
    planned = {"held_at": min(micro.scheduled_for, timezone.now()), "minutes": micro.minutes_planned}
    return HeldForm(data, initial=planned)
