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
        """Tokens that open the API: not revoked, of an active member."""
        return self.filter(revoked_at=None, member__deactivated_at=None)


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
