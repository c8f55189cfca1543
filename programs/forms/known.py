"""Nothing is overwritten unseen: a form knows which values it was drawn with."""

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any
from zlib import crc32

from django import forms
from django.db.models import Model
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    Base = forms.BaseForm
else:
    Base = object


class KnownMixin(Base):
    """For forms that change something: `{{ form.known }}` beside the token makes a save of older values come back.

    What somebody saved since then stands at each field that differs; sending the form again puts the own values in
    its place.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        saved = {name: _plain(self.get_initial_for_field(field, name)) for name, field in self.fields.items()}
        self.edition = str(crc32(json.dumps(saved, default=str).encode()))

    @property
    def known(self) -> SafeString:
        """The hidden field that tells what the page was drawn with."""
        return format_html('<input type="hidden" name="known" value="{}">', self.edition)

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        if self.data.get("known", self.edition) != self.edition:
            for name in self.changed_data:
                saved = _shown(self.fields[name], self.get_initial_for_field(self.fields[name], name))
                self.add_error(
                    name, _("Saved meanwhile: “%(value)s”. Save again to put yours there.") % {"value": saved}
                )
        return values


def _plain(value: Any) -> Any:
    """A value as JSON has it; rows by their numbers, in order."""
    if isinstance(value, Model):
        return value.pk
    return sorted(map(_plain, value), key=str) if _is_many(value) else value


def _shown(field: forms.Field, value: Any) -> str:
    """A value in the words of the form."""
    if _is_many(value):
        return ", ".join(_shown(field, each) for each in value) or "–"
    labels = {
        str(key): str(label) for key, label in getattr(field, "choices", ()) if not isinstance(label, list | tuple)
    }
    return labels.get(str(value.pk if isinstance(value, Model) else value), str("–" if value in (None, "") else value))


def _is_many(value: Any) -> bool:
    return isinstance(value, Iterable) and not isinstance(value, (str, bytes))
