"""What a domain function refused, beside the field it is about."""

from django import forms

from coachhub.errors import Invalid

OTHER_NAMES = {"cancel_note": "note", "move_asked_note": "note"}


def put(form: forms.BaseForm, problem: Invalid) -> None:
    """Show the sentence at its field, or over the form when it has none here."""
    name = OTHER_NAMES.get(problem.field, problem.field)
    form.add_error(name if name in form.fields else None, str(problem.sentence))
