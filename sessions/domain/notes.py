"""The coach's private notes: written and read here, and in no query of anything shared."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from coachhub.errors import Invalid
from programs.models import Member
from sessions.domain import policies
from sessions.domain.locks import locked
from sessions.domain.texts import Kept
from sessions.models import MicroSession, PrivateNote

LONGEST = 4000  # characters


@transaction.atomic
def write(micro: MicroSession, *, by: Member, text: str, version: int | None = None) -> Kept:
    """Keep the coach's note on a session, in place of the one that the page knew; blank text removes it.

    Raises NotAllowed for anybody but the session's coach, Invalid for more than LONGEST characters, Stale.
    """
    micro = locked(micro)
    policies.check_is_coach(by, micro)
    if len(text) > LONGEST:
        raise Invalid(_("A note takes at most %(most)s characters.") % {"most": LONGEST}, field="note")
    Kept(read(micro, by=by)).check_known(version, text)
    if not text.strip():
        PrivateNote.objects.visible_to(by).filter(micro=micro).delete()
        return Kept()
    note = PrivateNote(micro=micro, coach=by)
    note.text = text
    PrivateNote.objects.update_or_create(micro=micro, coach=by, defaults={"sealed": note.sealed})
    return Kept(text)


def read(micro: MicroSession, *, by: Member) -> str:
    """The member's own note on a session, or "". Raises coachhub.crypto.CannotDecrypt when the key is gone."""
    note = PrivateNote.objects.visible_to(by).filter(micro=micro).first()
    return note.text if note else ""
