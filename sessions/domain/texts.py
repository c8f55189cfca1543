"""Texts as they are kept: trimmed, within their field's length, and nothing the database cannot hold."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from coachhub.errors import Invalid


def fitting(model: type[models.Model], field: str, text: str) -> str:
    """The trimmed text for `model.field`, a line break as one character.

    Raises Invalid when it is too long or holds a null character.
    """
    text = text.replace("\r\n", "\n").strip()
    longest = getattr(model._meta.get_field(field), "max_length", None)
    if longest is not None and len(text) > longest:
        raise Invalid(_("At most %(most)s characters fit here.") % {"most": longest}, field=field)
    if "\x00" in text:
        raise Invalid(_("This text holds a character that cannot be kept."), field=field)
    return text
