"""What changed, why, the plan, how sure: one form, kept as a draft or saved."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _

from sessions.models import ImprovementPlan, Reflection

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    type Words = str | _StrPromise


def longest(model: type[models.Model], name: str) -> int:
    """The field's limit in characters."""
    return getattr(model._meta.get_field(name), "max_length", None) or 0


def area(model: type[models.Model], name: str, *, rows: int, hint: "Words") -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows, "maxlength": longest(model, name), "placeholder": hint})


class LineField(forms.CharField):
    """One line that may be long: it wraps on a phone, and line breaks in it become spaces."""

    def __init__(self, *, name: str, hint: "Words", label: "Words", needed: "Words") -> None:
        super().__init__(
            label=label,
            max_length=longest(ImprovementPlan, name),
            widget=area(ImprovementPlan, name, rows=1, hint=hint),
            error_messages={"required": needed},
        )

    def to_python(self, value: Any) -> str:
        return " ".join((super().to_python(value) or "").split())


class PlanForm(forms.Form):
    """When ___ I will ___: the learner's words; the coach's Plan step is the same field."""

    use_required_attribute = False
    cue = LineField(
        name="cue",
        label=_("When"),
        hint=_("e.g. a customer repeats themselves"),
        needed=_("When will you try it? A moment you will notice."),
    )
    will = LineField(
        name="will",
        label=_("I will"),
        hint=_("e.g. say what I heard before I answer"),
        needed=_("What will you do then? One thing that can be seen or heard."),
    )
    plan_version = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput)

    def clean_plan_version(self) -> int:
        return self.cleaned_data.get("plan_version") or 0


class MeasuredPlanForm(PlanForm):
    """The plan on its own page, with its measure."""

    measure = LineField(name="measure", label=_("I will know it worked when"), hint="", needed="")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["measure"].required = False


class ReflectionForm(PlanForm):
    what_changed = forms.CharField(
        label=_("What changed?"),
        max_length=longest(Reflection, "what_changed"),
        required=False,
        widget=area(Reflection, "what_changed", rows=2, hint=_("e.g. she stopped repeating herself")),
    )
    why_it_matters = forms.CharField(
        label=_("Why does it matter?"),
        max_length=longest(Reflection, "why_it_matters"),
        required=False,
        widget=area(Reflection, "why_it_matters", rows=2, hint=_("for the customer, for you, for the team")),
    )
    confidence = forms.ChoiceField(
        label=_("How sure are you that you will do it?"),
        choices=Reflection.Confidence.choices,
        required=False,
        widget=forms.RadioSelect(attrs={"class": "chips chips-even"}),
    )
    version = forms.IntegerField(min_value=0, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, draft: bool = False, with_plan: bool = True, **kwargs: Any) -> None:
        """A draft may lack anything; without a plan (a newer one took its place) its fields are gone."""
        super().__init__(*args, **kwargs)
        for name in ("cue", "will"):
            self.fields[name].required = not draft
        if not with_plan:
            for name in ("cue", "will", "plan_version"):
                del self.fields[name]

    def clean_version(self) -> int:
        return self.cleaned_data.get("version") or 0
