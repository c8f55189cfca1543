"""API tokens: the secret is shown once, its hash is stored."""

import hashlib
import secrets
from collections.abc import Iterable
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from coachhub.errors import NotAllowed, WrongState
from coachhub.prepared import prepared
from programs.models import ApiToken, Member

MARK = "coachhub_"
MOST = 20
USE_NOTED_EVERY = timedelta(minutes=1)


@transaction.atomic
def make(*, by: Member, name: str, scope: ApiToken.Scope) -> tuple[ApiToken, str]:
    """The token's row and its secret, which is never shown again. Raises NotAllowed, WrongState beyond 20 tokens."""
    if not by.is_active:
        raise NotAllowed
    Member.objects.select_for_update().get(pk=by.pk)
    if by.api_tokens.filter(revoked_at=None).count() >= MOST:
        raise WrongState(_("You have 20 tokens; revoke one first."))
    random = secrets.token_urlsafe(32)
    secret = MARK + random
    token = ApiToken.objects.create(member=by, name=name, scope=scope, prefix=random[:8], token_hash=hash_of(secret))
    return token, secret


def revoke(token: ApiToken, *, by: Member) -> ApiToken:
    """The token opens nothing any more. Raises NotAllowed for another's token."""
    if token.member_id != by.pk:
        raise NotAllowed
    ApiToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=timezone.now())
    return ApiToken.objects.get(pk=token.pk)


def revoke_all(members: Iterable[Member]) -> None:
    """Every token of these members, when they leave."""
    ApiToken.objects.filter(member__in=members, revoked_at=None).update(revoked_at=timezone.now())


def hash_of(secret: str) -> str:
    """SHA-256 in hex: enough for 256 random bits, and one index look-up finds the row."""
    return hashlib.sha256(secret.encode()).hexdigest()


def find(secret: str) -> ApiToken | None:
    """The usable token behind a secret, with its member, organization and login; one query."""
    return next(iter(_usable(hash_of(secret))), None)


@prepared
def _usable(token_hash: str) -> QuerySet[ApiToken]:
    """At most one."""
    people = ApiToken.objects.usable().filter(member__user__is_active=True)
    return people.select_related("member__organization", "member__user").filter(token_hash=token_hash)


def note_use(token: ApiToken) -> None:
    """When it was last used, to the minute: a write at most once in that time."""
    now = timezone.now()
    if token.last_used_at is None or token.last_used_at < now - USE_NOTED_EVERY:
        ApiToken.objects.filter(pk=token.pk).update(last_used_at=now)
