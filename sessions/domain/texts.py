"""Texts as they are kept: trimmed, within their field's length, and nothing the database cannot hold."""

from dataclasses import dataclass
from zlib import crc32

from django.db import models
from django.utils.translation import gettext_lazy as _

from coachhub.errors import Invalid, Stale


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


def whole(text: str, *, otherwise: int = 0) -> int:
    """The number of at most nine digits that a form sent along, else `otherwise`."""
    return int(text) if text.isdecimal() and len(text) < 10 else otherwise


@dataclass(frozen=True)
class Kept:
    """A text of which no version is stored: its checksum tells whether a page still knows the newest; 0 for none."""

    text: str = ""

    @property
    def version(self) -> int:
        return crc32(self.text.encode())

    def check_known(self, version: int | None, wanted: str) -> None:
        """Raises Stale when somebody saved another text since; without a version nothing is asked."""
        if version is not None and version != self.version and wanted != self.text:
            raise Stale(theirs=self.text, yours=wanted)
