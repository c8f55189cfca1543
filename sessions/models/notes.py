"""Private notes: visible to their coach alone, encrypted at rest, in a table no other query touches."""

from typing import Self

from django.db import models

from coachhub import crypto
from programs.models import Member
from sessions.models.micro import MicroSession


class PrivateNoteQuerySet(models.QuerySet["PrivateNote"]):
    def visible_to(self, member: Member) -> Self:
        """The author's own notes; nobody else's, whatever their role."""
        return self.filter(coach=member)


class PrivateNote(models.Model):
    micro = models.ForeignKey(MicroSession, on_delete=models.CASCADE, related_name="private_notes")
    coach = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="private_notes")
    sealed = models.BinaryField(editable=False)
    updated_at = models.DateTimeField(auto_now=True)

    objects = PrivateNoteQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["micro", "coach"], name="private_note_once_per_session")]

    def __str__(self) -> str:
        return f"private note {self.pk}"

    @property
    def row(self) -> str:
        """What the ciphertext is bound to, so that it cannot be copied to another row."""
        return f"private-note:{self.micro_id}:{self.coach_id}"

    @property
    def text(self) -> str:
        """Raises coachhub.crypto.CannotDecrypt when the key is gone."""
        return crypto.decrypt(bytes(self.sealed), row=self.row)

    @text.setter
    def text(self, plain: str) -> None:
        self.sealed = crypto.encrypt(plain, row=self.row)
