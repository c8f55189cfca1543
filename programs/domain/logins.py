"""Login identities: found or made for an address, and begun anew when an address has to be proved."""

import secrets
from collections.abc import Sequence
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import IntegrityError, transaction
from django.db.models import F

from programs.domain import tokens
from programs.models import Member, User


def with_address(email: str) -> User:
    """The login identity of an address, in any spelling of it; made when there is none.

    Its row is locked: nobody takes it away before somebody belongs to it. Needs a transaction.
    """
    return _found(email) or _made(email)


def take_new_addresses(logins: Sequence[User]) -> None:
    """Keep the addresses that are set on these logins; whoever signs in next has to read mail there.

    Passwords, sessions and API tokens were given to who held the old address, and end. Five statements, however many.
    Raises IntegrityError for an address that is another login's.
    """
    for login in logins:
        login.password = no_password()
    User.objects.bulk_update(logins, ["email", "password"])
    rows = User.objects.filter(pk__in=[login.pk for login in logins])
    rows.update(login_epoch=F("login_epoch") + 1)
    tokens.revoke_all(Member.objects.filter(user__in=rows))
    EmailAddress.objects.filter(user__in=rows).delete()  # allauth's own list: it would go on letting the old one in


def end_sessions(login: User, *, keeps_password: bool = True) -> None:
    """Sign the person out everywhere, in all organizations; without the password they come in by e-mailed code."""
    ended: dict[str, Any] = {} if keeps_password else {"password": no_password()}
    User.objects.filter(pk=login.pk).update(login_epoch=F("login_epoch") + 1, **ended)


def opens_next(member: Member) -> None:
    """Their next sign-in opens this membership; devices on which they are signed in stay where they are."""
    User.objects.filter(pk=member.user_id).exclude(last_member=member).update(last_member=member)


def no_password() -> str:
    """What `set_unusable_password` stores, ten times as fast: the mark, and 40 characters that nobody knows."""
    return UNUSABLE_PASSWORD_PREFIX + secrets.token_urlsafe(30)


def _found(email: str) -> User | None:
    return User.objects.select_for_update(no_key=True).filter(email__iexact=email.strip()).first()


def _made(email: str) -> User:
    try:
        with transaction.atomic():
            return User.objects.create_user(email)
    except IntegrityError:
        found = _found(email)  # made a moment ago for another organization
        if found is None:
            raise
        return found
