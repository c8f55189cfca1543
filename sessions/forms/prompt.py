"""The answer to a question: one of five, and a sentence if they like."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from sessions.models import Prompt


class AnswerForm(forms.Form):
    use_required_attribute = False
    answer = forms.ChoiceField(
        choices=Prompt.Answer.choices,
        widget=forms.RadioSelect(attrs={"class": "choices"}),
        error_messages={"required": _("Choose one of the five answers.")},
    )
    note = forms.CharField(
        label=_("A sentence, if you like"),
        required=False,
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 2, "maxlength": 600}),
    )

    def __init__(self, *args: Any, question: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["answer"].label = question
