"""InvitationRound: one press of "Send 43 invitations", from the press to the last of them."""

from typing import Self

from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from coachhub.triggers import in_one_organization
from programs.access import Role
from programs.models.organizations import Organization
from programs.models.people import Member


class InvitationRoundQuerySet(models.QuerySet["InvitationRound"]):
    def visible_to(self, member: Member) -> Self:
        """Rounds of the organization that the member administers."""
        if not (member.is_active and member.has_role(Role.ADMIN)):
            return self.none()
        return self.filter(organization=member.organization_id)

    def running(self) -> Self:
        """Rounds in which somebody may still have to be invited."""
        return self.filter(finished_at=None)


class InvitationRound(models.Model):
    """For whoever had never been invited at the press: who comes later waits for the next one."""

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="invitation_rounds")
    by = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    newest = models.PositiveBigIntegerField()  # the highest number that a member had at the press
    people = models.PositiveIntegerField()
    invited = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationRoundQuerySet.as_manager()

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["organization"], condition=Q(finished_at=None), name="invitation_round_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(invited__lte=F("people")), name="invitation_round_invites_no_more_than_it_is_for"
            ),
        ]
        triggers = [in_one_organization(by_id="programs_member")]

    def __str__(self) -> str:
        return f"invitation round {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("manage:invitation-round", args=[self.pk])

    @property
    def is_running(self) -> bool:
        return self.finished_at is None

    @property
    def percent(self) -> int:
        """0 to 100."""
        return 100 * self.invited // self.people if self.people else 100
