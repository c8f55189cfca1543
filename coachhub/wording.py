"""CoachHub's words where Django has its own: what a form says about an empty field, and an empty choice."""

from django import forms
from django.db.models import fields
from django.utils.translation import gettext_lazy as _

REQUIRED = {
    forms.Field: _("Write something here."),
    forms.IntegerField: _("Write a number."),
    forms.DateField: _("Choose a day."),
    forms.TimeField: _("Choose a time."),
    forms.ChoiceField: _("Choose one."),
    forms.MultipleChoiceField: _("Choose at least one."),
    forms.ModelMultipleChoiceField: _("Choose at least one."),
    forms.FileField: _("Choose a file."),
    forms.BooleanField: _("Tick this to go on."),
}
CHOOSE = _("Choose…")


def install() -> None:
    """For every form, also those of packages. Fields read their class's messages when they are made, so this runs
    before any form is imported; Django leaves the label of an empty choice to an app's ready()."""
    for kind, sentence in REQUIRED.items():
        own: dict[str, object] = vars(kind).get("default_error_messages", {})
        setattr(kind, "default_error_messages", own | {"required": sentence})  # noqa: B010 (the stubs know no such name)
    fields.BLANK_CHOICE_LABEL = CHOOSE
