"""Message → Delivery: what one person is to be told → its attempt chain on one channel. The outbox."""

from typing import Self
from uuid import uuid4

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from coachhub.triggers import in_one_organization, stays
from programs.access import Role
from programs.models import Invitation, Member, Organization
from sessions.models.micro import MicroSession


class Message(models.Model):
    """Written in the transaction of what causes it. Text is rendered at send time from the rows it points at."""

    class Kind(models.TextChoices):
        PROMPTS = "prompts", _("Question about a plan")
        RATE = "rate", _("Rate and reflect")
        SCHEDULE = "schedule", _("Session planned, moved or cancelled")
        KEPT = "kept", _("Session keeps its time")
        INVITATION = "invitation", _("Invitation")
        ADDRESS = "address", _("Address changed")
        TEST = "test", _("Test mail")

    organization = models.ForeignKey(Organization, on_delete=models.PROTECT, related_name="+")
    recipient = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="messages")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    local_date = models.DateField()
    micro = models.ForeignKey(MicroSession, on_delete=models.CASCADE, null=True, blank=True, related_name="messages")
    sequence = models.PositiveIntegerField(default=0)
    invitation = models.ForeignKey(Invitation, on_delete=models.CASCADE, null=True, blank=True, related_name="messages")
    address = models.EmailField(blank=True)  # the old one, until it was told
    changed_by = models.ForeignKey(Member, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    due_at = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at"]
        triggers = [
            in_one_organization(
                recipient_id="programs_member", micro_id="coaching_microsession", changed_by_id="programs_member"
            ),
            stays(
                *("recipient_id", "kind", "micro_id"),
                name="stays_what_it_is",
                rule="a message stays what it is, to whom and about what",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["recipient", "local_date"],
                condition=Q(kind="prompts"),
                name="message_prompts_once_a_day",
            ),
            models.UniqueConstraint(fields=["micro"], condition=Q(kind="rate"), name="message_rate_once_per_session"),
            models.UniqueConstraint(
                fields=["micro", "sequence"],
                condition=Q(kind="schedule"),
                name="message_schedule_once_per_change",
            ),
            models.UniqueConstraint(
                fields=["micro", "sequence"],
                condition=Q(kind="kept"),
                name="message_kept_once_per_wish",
            ),
            models.UniqueConstraint(
                fields=["invitation"], condition=Q(kind="invitation"), name="message_invitation_once"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["rate", "schedule", "kept"], micro__isnull=False)
                | ~Q(kind__in=["rate", "schedule", "kept"]) & Q(micro=None),
                name="message_about_a_session_names_it",
            ),
            models.CheckConstraint(
                condition=Q(kind="address") | Q(address=""),
                name="message_goes_to_an_old_address_only_to_tell_it",
            ),
            models.CheckConstraint(
                condition=Q(kind="address", changed_by__isnull=False) | ~Q(kind="address") & Q(changed_by=None),
                name="message_about_an_address_names_who_changed_it",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["prompts", "rate", "schedule", "kept", "invitation", "address", "test"]),
                name="message_kind_is_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} message {self.pk}"


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def visible_to(self, member: Member) -> Self:
        """The outbox of an administrator's organization: kind, state and reason, never content."""
        if not (member.is_active and member.has_role(Role.ADMIN)):
            return self.none()
        return self.filter(message__organization=member.organization_id)


class Delivery(models.Model):
    """Its id is the stable identity that every retry carries (Message-ID, Topic, idempotency key)."""

    class State(models.TextChoices):
        DUE = "due", _("Due")
        SENDING = "sending", _("Sending")
        SENT = "sent", _("Sent")
        FAILED = "failed", _("Failed")
        CANCELLED = "cancelled", _("Cancelled")

    id = models.UUIDField(primary_key=True, default=uuid4, editable=False)
    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="deliveries")
    channel = models.CharField(max_length=20, default="email")
    state = models.CharField(max_length=9, choices=State.choices, default=State.DUE)
    next_try_at = models.DateTimeField()
    leased_until = models.DateTimeField(null=True, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    first_try_at = models.DateTimeField(null=True, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=200, blank=True)  # why it failed, waits or was cancelled; no content

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        ordering = ["next_try_at"]
        verbose_name_plural = "deliveries"
        indexes = [
            models.Index(
                fields=["next_try_at"],
                condition=Q(state__in=["due", "sending"]),
                name="delivery_open_by_time",
            )
        ]
        constraints = [
            models.UniqueConstraint(fields=["message", "channel"], name="delivery_once_per_message_and_channel"),
            models.CheckConstraint(
                condition=Q(state__in=["due", "sending", "sent", "failed", "cancelled"]),
                name="delivery_state_is_known",
            ),
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False) | ~Q(state="sent") & Q(sent_at=None),
                name="delivery_sent_has_its_time",
            ),
            models.CheckConstraint(
                condition=Q(state="sending", leased_until__isnull=False) | ~Q(state="sending") & Q(leased_until=None),
                name="delivery_sending_has_a_lease",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["failed", "cancelled"]) | ~Q(reason=""),
                name="delivery_given_up_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.channel} delivery {self.pk}"


class Heartbeat(models.Model):
    """When a worker last ran the sweep; `doctor` and an administrator's Today read it."""

    name = models.CharField(max_length=40, unique=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} at {self.at:%H:%M:%S}"
