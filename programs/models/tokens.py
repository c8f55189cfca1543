"""API tokens: shown once, stored hashed, scoped, revocable."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from programs.models.people import Member


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    def visible_to(self, member: Member) -> Self:
        """A member's own tokens."""
        return self.filter(member=member)

    def usable(self) -> Self:
        """Tokens that open the API: not revoked, of an active member who has joined."""
        return self.filter(revoked_at=None, member__deactivated_at=None, member__joined_at__isnull=False)


class ApiToken(models.Model):
    class Scope(models.TextChoices):
        READ = "read", _("Read")
        WRITE = "write", _("Read and write")

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="api_tokens")
    name = models.CharField(_("name"), max_length=80)
    scope = models.CharField(_("scope"), max_length=5, choices=Scope.choices, default=Scope.READ)
    prefix = models.CharField(max_length=8)
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(condition=models.Q(scope__in=["read", "write"]), name="api_token_scope_is_known")
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…)"


class ApiKeyQuerySet(models.QuerySet["ApiKey"]):
    def visible_to(self, member: Member) -> Self:
        """Keys the member's own calls carried."""
        return self.filter(member=member)


class ApiKey(models.Model):
    """An `Idempotency-Key` of a call that was done: what it asked as a hash, where its answer is found; no content."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="api_keys")
    key = models.CharField(max_length=64)
    asked = models.CharField(max_length=64)  # SHA-256 of method, path and body
    status = models.PositiveSmallIntegerField()
    location = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ApiKeyQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["member", "created_at"], name="api_key_by_age")]
        constraints = [models.UniqueConstraint(fields=["member", "key"], name="api_key_once_per_member")]

    def __str__(self) -> str:
        return f"call {self.pk}"
