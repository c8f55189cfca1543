"""The part that plan, edit and log have in common: what a session is about."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from programs.models import Behaviour, Blueprint
from sessions.domain.content import DIFFICULTIES, Content, plain, texts_of
from sessions.domain.notes import LONGEST
from sessions.domain.proposals import Focus
from sessions.models import MicroSession, PractiseOn

MINUTES = (10, 15, 20)
OF_THE_CASE = ("demonstration", "job_aid", "constraint")


def longest(name: str) -> int:
    """The field's limit in characters."""
    return getattr(MicroSession._meta.get_field(name), "max_length", None) or 0


def text(name: str, *, label: Any, rows: int = 0, hint: Any = "", help_text: Any = "") -> forms.CharField:
    """An optional text of MicroSession; `rows` makes it a text area."""
    attrs: dict[str, Any] = {"placeholder": hint} if hint else {}
    widget = forms.Textarea(attrs={"rows": rows, **attrs}) if rows else forms.TextInput(attrs=attrs)
    return forms.CharField(label=label, max_length=longest(name), required=False, widget=widget, help_text=help_text)


def why(because: str) -> str:
    """What speaks for a focus or a difficulty, as the line below it."""
    return gettext("Because: %(because)s") % {"because": because}


class FocusSelect(forms.Select):
    """Each option carries its success criterion and what speaks for it, for static/js/plan.js."""

    def __init__(self, focuses: Iterable[Focus]) -> None:
        self.focuses = {str(each.criterion.behaviour_id): each for each in focuses}
        super().__init__(attrs={"data-focus": "success_criterion"})

    def create_option(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(*args, **kwargs)
        if focus := self.focuses.get(str(option["value"])):
            option["attrs"] |= {"data-success": focus.criterion.success, "data-because": why(focus.because)}
        return option


class ContentForm(forms.Form):
    """Fields of sessions.domain.content.Content, and the private note."""

    use_required_attribute = False
    focus = forms.TypedChoiceField(label=_("Focus"))
    practise_on = forms.ChoiceField(
        label=_("Practise on"), choices=PractiseOn.choices, widget=forms.RadioSelect(attrs={"class": "chips"})
    )
    blueprint = forms.TypedChoiceField(
        label=_("Case"),
        required=False,
        empty_value=None,
        help_text=_("With their work, what speaks of its people is left out."),
    )
    reference = text(
        "reference", label=_("Reference"), hint=_("call or case number, minute"),
        help_text=_("No names or card numbers."),
    )  # fmt: skip
    success_criterion = text("success_criterion", label=_("Success is"), rows=2)
    difficulty = forms.TypedChoiceField(
        label=_("Difficulty"),
        coerce=int,
        choices=[(each, str(each)) for each in DIFFICULTIES],
        widget=forms.RadioSelect(attrs={"class": "chips"}),
    )
    difficulty_reason = text("difficulty_reason", label=_("Why this difficulty?"))
    demonstration = text("demonstration", label=_("Demonstration"), rows=3)
    job_aid = text("job_aid", label=_("Job aid"), rows=3)
    constraint = text("constraint", label=_("Constraint"))
    note = forms.CharField(
        label=_("Note to self"),
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Only you can open this in CoachHub. A legal data request may reach it."),
    )

    folded: tuple[str, ...] = (*OF_THE_CASE, "note")

    def __init__(self, *args: Any, focuses: Sequence[Focus], cases: Sequence[Blueprint], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.criteria = {each.criterion.behaviour_id: each.criterion for each in focuses}
        behaviours = {str(each.criterion.behaviour_id): each.behaviour for each in focuses}
        self.cases = {str(case.pk): case for case in cases}
        focus, blueprint = self.fields["focus"], self.fields["blueprint"]
        focus.widget = FocusSelect(focuses)
        reasons = {str(each.criterion.behaviour_id): each.because for each in focuses}
        chosen = self.data.get(self.add_prefix("focus")) if self.is_bound else self.initial.get("focus")
        if because := reasons.get(str(chosen)):
            focus.help_text = why(because)
        _offer(focus, {str(pk): each.name for pk, each in self.criteria.items()}, behaviours)
        titles = {pk: f"{case.title} · {case.difficulty}" for pk, case in self.cases.items()}
        _offer(blueprint, {"": gettext("No case")} | titles, self.cases)

    @property
    def fold_is_open(self) -> bool:
        """Whether something in the fold needs to be seen."""
        return any(name in self.errors for name in self.folded)

    def clean(self) -> dict[str, Any]:
        """A text that still is the default of another behaviour or case was not written: it follows the choice.

        Of any other: a form that comes back with a problem may hold texts of a choice that was never saved. What the
        saved session and the chosen case lend is left to the domain, which knows what belongs.
        """
        data = super().clean() or self.cleaned_data
        if focus := data.get("focus"):
            others = {each.success for pk, each in self.criteria.items() if pk != focus.pk}
            if data.get("success_criterion") in others:
                data["success_criterion"] = self.criteria[focus.pk].success
        chosen = data.get("blueprint")
        for case in self.cases.values():
            for name, default in texts_of(case).items():
                if case != chosen and default and plain(data.get(name)) == default:
                    data[name] = ""
        return data

    def details(self, *, minutes_planned: int) -> Content:
        """What was chosen, for the domain."""
        data = self.cleaned_data
        names = ("focus", "practise_on", "blueprint", "reference", "success_criterion", "difficulty")
        fields = {name: data[name] for name in (*names, "difficulty_reason", *OF_THE_CASE)}
        return Content(minutes_planned=minutes_planned, **fields)


def minutes_field(*, usual: int) -> forms.TypedChoiceField:
    """10, 15, 20 and what the program asks for."""
    offered = sorted({*MINUTES, usual})
    return forms.TypedChoiceField(
        label=_("Minutes"),
        coerce=int,
        choices=[(each, str(each)) for each in offered],
        widget=forms.RadioSelect(attrs={"class": "chips"}),
    )


def _offer(field: forms.Field, labels: Mapping[str, str], values: Mapping[str, Behaviour | Blueprint]) -> None:
    """Choices by primary key that come out as the thing itself."""
    assert isinstance(field, forms.TypedChoiceField)  # noqa: S101 (declared above)
    field.choices = list(labels.items())
    field.coerce = values.__getitem__
