"""Nothing is overwritten unseen: a form knows which values it was drawn with."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.db.models import Model
from django.forms import model_to_dict
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from programs.domain.known import SavedMeanwhile, checksum, is_many

if TYPE_CHECKING:
    Base = forms.BaseForm
else:
    Base = object


class KnownMixin(Base):
    """For forms that change something: `{{ form.known }}` beside the token makes a save of older values come back.

    What somebody saved since then stands at each field that differs; sending the form again puts the own values in
    its place. The domain function asks `check_known` again once nobody else can save.
    """

    def values_of(self, row: Any) -> dict[str, Any]:
        """What the fields show of a row."""
        return model_to_dict(row, fields=list(self.fields))

    def check_known(self, row: Model) -> None:
        """For the domain function, with the locked row. Raises SavedMeanwhile, with the sentences at the fields."""
        self.initial.update(self.values_of(row))
        if self._differs():
            raise SavedMeanwhile

    @property
    def edition(self) -> str:
        """What tells these saved values from others."""
        return str(checksum({name: self._saved(name) for name in self.fields}))

    @property
    def known(self) -> SafeString:
        """The hidden field that tells what the page was drawn with."""
        return format_html('<input type="hidden" name="known" value="{}">', self.edition)

    def clean(self) -> dict[str, Any]:
        values: dict[str, Any] = super().clean() or self.cleaned_data
        self._differs()
        return values

    def _differs(self) -> bool:
        """Whether saving would undo what somebody saved since; then each field says what."""
        now = self.edition
        if self.data.get("known", now) == now:
            return False
        changed = [name for name, field in self.fields.items() if field.has_changed(self._saved(name), self[name].data)]
        for name in changed:
            words = {"value": _shown(self.fields[name], self._saved(name))}
            self.add_error(name, _("Saved meanwhile: “%(value)s”. Save again to put yours there.") % words)
        return bool(changed)

    def _saved(self, name: str) -> Any:
        return self.get_initial_for_field(self.fields[name], name)


def _shown(field: forms.Field, value: Any) -> str:
    """A value in the words of the form."""
    if is_many(value):
        return ", ".join(_shown(field, each) for each in value) or "–"
    labels = {
        str(key): str(label) for key, label in getattr(field, "choices", ()) if not isinstance(label, list | tuple)
    }
    return labels.get(str(value.pk if isinstance(value, Model) else value), str("–" if value in (None, "") else value))
