"""All private notes under the newest key, so that an older one can go."""

from collections import Counter
from typing import Literal

from django.db.models import BinaryField, Count, Func

from coachhub import crypto
from sessions.models import PrivateNote

BATCH = 500  # notes that are in memory at once
Outcome = Literal["resealed", "newest", "changed", "locked"]


def reseal_all() -> Counter[Outcome]:
    """How many were sealed again, stood under the newest key, changed at this moment, and cannot be opened.

    Each is written for itself, and only as it was read: whoever writes a note meanwhile is not written over.
    """
    tally, last = Counter[Outcome](), 0
    while notes := list(PrivateNote.objects.filter(pk__gt=last).order_by("pk")[:BATCH]):
        tally.update(map(reseal, notes))
        last = notes[-1].pk
    return tally


def reseal(note: PrivateNote) -> Outcome:
    """Seal one note with the newest key, if it still is as it was read."""
    before = bytes(note.sealed)
    if crypto.key_in_use(before) == crypto.newest():
        return "newest"
    try:
        note.text = note.text
    except crypto.CannotDecrypt:
        return "locked"
    return "resealed" if PrivateNote.objects.filter(pk=note.pk, sealed=before).update(sealed=note.sealed) else "changed"


class KeyId(Func):
    """What stands before the first null byte."""

    template = "substring(%(expressions)s FOR greatest(position('\\x00'::bytea IN %(expressions)s) - 1, 0))"
    output_field = BinaryField()


def keys_in_use() -> dict[str, int]:
    """How many notes each key has sealed, by its id. One query."""
    counted = PrivateNote.objects.order_by().annotate(key=KeyId("sealed")).values_list("key").annotate(Count("pk"))
    return {bytes(key).decode(errors="replace"): number for key, number in counted}
