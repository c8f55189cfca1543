"""Planning and editing: everything is filled in already, so that the form can be saved as it comes."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django import forms
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from programs.models import Blueprint
from sessions.domain.proposals import Focus, Proposal
from sessions.domain.texts import whole
from sessions.domain.times import clock, day_and_time
from sessions.forms.content import ContentForm, minutes_field, why
from sessions.forms.times import PICK, ChosenTime, WallTimeField, instant_of, value_of
from sessions.models import MicroSession, Reply

SOON = timedelta(minutes=30)
STEP = timedelta(minutes=5)


class TopicsField(forms.TypedMultipleChoiceField):
    """Numbers of replies: also of those not offered any more, as an earlier save of the same form took them up."""

    def valid_value(self, value: Any) -> bool:
        return whole(str(value)) > 0


class PlanningForm(ContentForm):
    """With the minutes, and what was to be talked about next time."""

    topics = TopicsField(
        label=_("Talk about"),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple(attrs={"class": "choices"}),
    )

    def __init__(self, *args: Any, usual_minutes: int, topics: Sequence[Reply], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["minutes_planned"] = minutes_field(usual=usual_minutes)
        if topics or self.data.get("topics"):
            self.fields["topics"].choices = [(each.pk, topic_words(each)) for each in topics]  # type: ignore[attr-defined]
        else:
            del self.fields["topics"]


class PlanForm(PlanningForm):
    """A new session, prefilled from its proposal."""

    when = ChosenTime(label=_("When"))
    pick_at = WallTimeField(label=_("Date and time"), required=False)
    form_key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, proposal: Proposal, cases: Sequence[Blueprint], **kwargs: Any) -> None:
        super().__init__(
            *args,
            focuses=proposal.choices,
            cases=cases,
            usual_minutes=proposal.minutes,
            topics=proposal.topics,
            initial=initial_of(proposal),
            **kwargs,
        )
        if proposal.difficulty_because:
            self.fields["difficulty"].help_text = why(proposal.difficulty_because)
        self.fields["when"].choices = offered_times(proposal, self.data.get("when", ""))  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if data.get("when") == PICK and not data.get("pick_at") and "pick_at" not in self.errors:
            self.add_error("pick_at", _("Choose a date and a time."))
        return data

    def at(self) -> datetime | None:
        """The chosen instant."""
        when = self.cleaned_data["when"]
        picked: datetime | None = self.cleaned_data["pick_at"]
        return picked if when == PICK else instant_of(when)


class NextForm(forms.Form):
    """The next session as it is proposed: nothing but its time, and the key of this form."""

    when = forms.CharField(widget=forms.HiddenInput)
    form_key = forms.UUIDField(widget=forms.HiddenInput)

    def clean_when(self) -> datetime:
        at = instant_of(self.cleaned_data["when"])
        if at is None:
            raise forms.ValidationError(_("Enter a date and a time."))
        return at


class EditForm(PlanningForm):
    """A planned session; its time is moved, not edited."""

    version = forms.IntegerField(widget=forms.HiddenInput)


def initial_of(proposal: Proposal) -> dict[str, Any]:
    """The proposal as the form's first values."""
    return {
        "when": value_of(proposal.at),
        "pick_at": proposal.at,
        "minutes_planned": proposal.minutes,
        "focus": proposal.focus.pk,
        "practise_on": "work",
        "blueprint": proposal.blueprint.pk if proposal.blueprint else "",
        "success_criterion": proposal.success,
        "difficulty": proposal.difficulty,
        "topics": [each.pk for each in proposal.topics],
        "form_key": uuid4(),
    }


def values_of(micro: MicroSession, *, note: str) -> dict[str, Any]:
    """A planned session as the edit form's first values."""
    names = ("minutes_planned", "practise_on", "reference", "success_criterion", "difficulty", "difficulty_reason")
    texts = ("demonstration", "job_aid", "constraint", "version")
    values = {name: getattr(micro, name) for name in (*names, *texts)}
    topics = [each.pk for each in micro.topics.all()]
    return values | {"focus": micro.focus_id, "blueprint": micro.blueprint_id or "", "note": note, "topics": topics}


def offered_times(proposal: Proposal, posted: str) -> list[tuple[str, str]]:
    """Chips: the usual slot or next free time, in half an hour, another one; and what was posted, if none of them."""
    named = gettext("%(time)s · usual slot") if proposal.usual else "%(time)s"
    offered = {value_of(proposal.at): named % {"time": day_and_time(proposal.at)}}
    soon = rounded_up(timezone.now() + SOON)
    offered.setdefault(value_of(soon), gettext("Soon · %(time)s") % {"time": clock(soon)})
    if (at := instant_of(posted)) and posted not in offered:
        offered[posted] = day_and_time(at)
    return [*offered.items(), (PICK, gettext("Pick"))]


def rounded_up(at: datetime) -> datetime:
    """To the next five minutes."""
    over = timedelta(minutes=at.minute % 5, seconds=at.second, microseconds=at.microsecond)
    return at + (STEP - over if over else over)


def topic_words(reply: Reply) -> str:
    """What the reflection said, short."""
    reflection = reply.reflection
    words = reply.text or reflection.what_changed or reflection.why_it_matters or gettext("Their reflection")
    return f"“{words[:140]}{'…' if len(words) > 140 else ''}”"


def focuses_of(micro: MicroSession) -> list[Focus]:
    """The behaviours of the session's own rubric."""
    criteria = micro.rubric.criteria.select_related("behaviour").order_by("position")
    return [Focus(criterion, "") for criterion in criteria]
