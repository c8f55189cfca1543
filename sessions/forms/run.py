"""Texts saved field by field while a session runs and closes. Lengths are the domain's business, once."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sessions.domain.running import LONGEST
from sessions.domain.texts import Kept
from sessions.domain.times import day_and_time
from sessions.forms.reflection import area
from sessions.forms.times import instant_of
from sessions.models import Feedback, ImprovementPlan, MicroSession

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    type Words = str | _StrPromise


def text(model: type[Any], name: str, *, label: "Words", hint: "Words" = "", rows: int = 2) -> forms.CharField:
    """A text that may stay empty, as long as its field in the database."""
    return forms.CharField(label=label, required=False, widget=area(model, name, rows=rows, hint=hint))


class PartForm(forms.Form):
    """A form of which any part may be posted: what is absent is left as it is."""

    use_required_attribute = False

    def given(self) -> dict[str, Any]:
        """Cleaned values of the fields that were posted."""
        return {name: value for name, value in self.cleaned_data.items() if self.add_prefix(name) in self.data}


class VersionedForm(PartForm):
    version = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput)

    def given(self) -> dict[str, Any]:
        """With the version of the page, 0 when it knew none."""
        return super().given() | {"version": self.cleaned_data.get("version") or 0}


class GoalForm(VersionedForm):
    learner_goal = text(MicroSession, "learner_goal", label=_("Their answer"))


class NoteForm(VersionedForm):
    text = forms.CharField(
        label=_("My notes"), required=False, widget=forms.Textarea(attrs={"rows": 3, "maxlength": 4000})
    )


def goal_form(text: str) -> GoalForm:
    """The form, as the goal is saved."""
    return GoalForm(initial={"learner_goal": text, "version": Kept(text).version})


def note_form(text: str | None) -> NoteForm | None:
    """The form, as the note is saved; none for a note that cannot be opened."""
    if text is None:
        return None
    return NoteForm(initial={"text": text, "version": Kept(text).version}, auto_id="note-%s")


class FeedbackForm(VersionedForm):
    line = text(Feedback, "line", label=_("Line"))
    did = text(Feedback, "did", label=_("What was said or done"))
    how = text(Feedback, "how", label=_("How"))
    impact = text(Feedback, "impact", label=_("Impact"), hint=_("What it did to the customer, the call, the work"))
    next_step = text(Feedback, "next_step", label=_("Next step"))
    behaviour = forms.IntegerField(required=False, widget=forms.HiddenInput(attrs={"data-along": True}))


HINTS: dict[str, "Words"] = {
    Feedback.Kind.KEEP: _("e.g. you waited twice; the customer slowed down"),
    Feedback.Kind.CHANGE: _("e.g. before the fix, wait for…"),
}


def feedback_form(kind: str, item: Feedback | None, data: Any = None) -> FeedbackForm:
    """The form of one kind, as it is saved. A line that no tap began speaks of the focus, and says nothing of it."""
    names = ("line", "did", "how", "impact", "next_step", "version")
    initial = {name: getattr(item, name) for name in names} if item else {"version": 0}
    form = FeedbackForm(data, initial=initial, auto_id=f"{kind}-%s")
    form.fields["line"].label = Feedback.Kind(kind).label
    form.fields["line"].widget.attrs["placeholder"] = HINTS[kind]
    return form


class PlanStepForm(VersionedForm):
    """When ___ I will ___; the measure and the next touchpoint are there already."""

    cue = text(ImprovementPlan, "cue", label=_("When"), hint=_("e.g. a customer repeats themselves"), rows=1)
    will = text(ImprovementPlan, "will", label=_("I will"), hint=_("e.g. say what I heard before I answer"), rows=1)
    measure = text(ImprovementPlan, "measure", label=_("We know it worked when"), rows=2)
    next_touchpoint = forms.CharField(label=_("Next time"), required=False, widget=forms.Select)

    def offer(self, times: Iterable[datetime]) -> None:
        """The times to choose from, and "not fixed yet"."""
        choices = [(iso(at), day_and_time(at)) for at in sorted(set(times))]
        self.fields["next_touchpoint"].widget = forms.Select(choices=[*choices, ("", _("Not fixed yet"))])

    def clean_next_touchpoint(self) -> datetime | None:
        chosen = self.cleaned_data["next_touchpoint"]
        at = instant_of(chosen)
        if chosen and at is None:
            raise forms.ValidationError(_("Choose one of the times."))
        return at and at.astimezone(UTC)


class MinutesForm(forms.Form):
    minutes = forms.IntegerField(
        label=_("It took"),
        min_value=1,
        max_value=LONGEST,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        help_text=_("Whole minutes, from start to end."),
    )


class TapForm(forms.Form):
    """One tap, or one taken back: `undo` is the key of that tap, or "last" with the key in `last`."""

    behaviour = forms.IntegerField()
    tap = forms.CharField(required=False, max_length=6)
    form_key = forms.UUIDField(required=False)
    undo = forms.CharField(required=False, max_length=40)
    last = forms.UUIDField(required=False)


class ReplyForm(forms.Form):
    kind = forms.CharField(required=False)
    text = forms.CharField(
        label=_("Reply"), required=False, widget=forms.Textarea(attrs={"rows": 2, "maxlength": 1000})
    )


def plan_form(plan: ImprovementPlan, times: Iterable[datetime]) -> PlanStepForm:
    """The plan's form as it is saved, or with its defaults; its own touchpoint can always be kept."""
    at = plan.next_touchpoint
    initial = {name: getattr(plan, name) for name in ("cue", "will", "measure", "version")}
    form = PlanStepForm(initial=initial | {"next_touchpoint": iso(at) if at else ""}, auto_id="plan-%s")
    form.offer([*times, *([at] if at else [])])
    return form


def iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat()
