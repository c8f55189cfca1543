"""A decision's terms, and its outcome."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from metrics.domain.decisions import Terms
from metrics.domain.proposals import EXAMPLES
from metrics.models import Decision
from programs.models import Member


def longest(name: str) -> int:
    """The field's limit in characters."""
    return getattr(Decision._meta.get_field(name), "max_length", None) or 0


def text(name: str, label: Any, *, rows: int = 0, **options: Any) -> forms.CharField:
    """A text of Decision, in a text area of that many rows."""
    attrs = {"rows": rows, "data-counter": True} if rows else {}
    widget = forms.Textarea(attrs=attrs) if rows else forms.TextInput()
    return forms.CharField(label=label, max_length=longest(name), widget=widget, **options)


class TermsForm(forms.Form):
    """What is decided. `owners` are those who may own it; with one there is nothing to choose."""

    use_required_attribute = False
    examples = EXAMPLES
    insight = text("insight", _("Insight"), rows=3, help_text=_("In your own words if you like."))
    adjustment = forms.ChoiceField(
        label=_("Adjustment"),
        choices=Decision.Adjustment.choices,
        widget=forms.RadioSelect(attrs={"class": "chips"}),
        help_text=_("One at a time, so that figures can tell whether it helped."),
    )
    what = text("what", _("What changes"), required=False)
    owner = forms.ModelChoiceField(label=_("Owner"), queryset=Member.objects.none(), empty_label=None)
    check_on = forms.DateField(
        label=_("Check on"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=_("When figures can show it first. You are reminded then."),
    )
    told_to_learners = text(
        "told_to_learners",
        _("One sentence to learners"),
        rows=2,
        required=False,
        help_text=_("You see it as they will before you send it."),
    )
    form_key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, owners: QuerySet[Member], by: Member, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by
        owner = self.fields["owner"]
        if isinstance(owner, forms.ModelChoiceField):
            owner.queryset = owners
        if len(owners) < 2:
            del self.fields["owner"]

    def terms(self) -> Terms:
        """The valid form's terms."""
        data = self.cleaned_data
        return Terms(
            data["insight"], data["adjustment"], data["what"], data.get("owner") or self.by, data["check_on"],
            data["told_to_learners"],
        )  # fmt: skip

    def edition(self) -> dict[str, Any]:
        """The valid form's terms, and the version of the decision with which it was opened."""
        return {"terms": self.terms(), "version": self.cleaned_data["version"] or 0}


class CloseForm(forms.Form):
    """What becomes of the decision at its check date."""

    use_required_attribute = False
    outcome = forms.ChoiceField(
        label=_("What becomes of it?"),
        help_text=_("Keep: it stays. Change: something else is tried. Drop: back to how it was."),
        choices=Decision.Outcome.choices,
        widget=forms.RadioSelect(attrs={"class": "chips chips-even"}),
    )
    outcome_note = text("outcome_note", _("What you saw"), rows=3, required=False)
    version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def ending(self) -> dict[str, Any]:
        """The valid form's outcome, and the version of the decision, or of another closing of it, that was read."""
        data = self.cleaned_data
        return {"outcome": data["outcome"], "note": data["outcome_note"], "version": data["version"] or 0}

    def written(self) -> str:
        """What was typed into a form that is not valid."""
        return str(self["outcome_note"].value() or "")
