"""The coach's private notes: written and read here, and in no query of anything shared."""

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from coachhub.crypto import CannotDecrypt
from coachhub.errors import Invalid, WrongState
from coachhub.prepared import prepared
from programs.models import Member
from sessions.domain import policies
from sessions.domain.locks import locked
from sessions.domain.texts import Kept
from sessions.models import MicroSession, PrivateNote

LONGEST = 4000  # characters


class CannotOpen(WrongState):
    """What nobody can read is not written over: the key may come back."""

    sentence = _("Your note on this session cannot be opened: its key is missing. It stays as it is.")


@transaction.atomic
def write(micro: MicroSession, *, by: Member, text: str, version: int | None = None) -> Kept:
    """Keep the coach's note on a session, in place of the one that the page knew; blank text removes it.

    Raises NotAllowed for anybody but the session's coach, Invalid for more than LONGEST characters, Stale, CannotOpen.
    """
    micro = locked(micro)
    policies.check_is_coach(by, micro)
    if len(text) > LONGEST:
        raise Invalid(_("A note takes at most %(most)s characters.") % {"most": LONGEST}, field="note")
    if (kept := read(micro, by=by)) is None:
        raise CannotOpen
    Kept(kept).check_known(version, text)
    if not text.strip():
        PrivateNote.objects.visible_to(by).filter(micro=micro).delete()
        return Kept()
    note = PrivateNote(micro=micro, coach=by)
    note.text = text
    PrivateNote.objects.update_or_create(micro=micro, coach=by, defaults={"sealed": note.sealed})
    return Kept(text)


def read(micro: MicroSession, *, by: Member) -> str | None:
    """The member's own note on a session, or ""; None when it cannot be opened, since its key is missing."""
    note = next(iter(_notes(by, micro)), None)
    try:
        return note.text if note else ""
    except CannotDecrypt:
        return None


@prepared
def _notes(member: Member, micro: MicroSession) -> QuerySet[PrivateNote]:
    return PrivateNote.objects.visible_to(member).filter(micro=micro)
