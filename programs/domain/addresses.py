"""An administrator changes somebody's address; people cannot do that themselves (docs/adr/0005)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Count, Q
from django.db.models.functions import Lower
from django.utils import timezone

from coachhub.errors import Invalid
from programs import registry
from programs.access import Role
from programs.domain import logins, members, tokens
from programs.domain.known import Known, unasked
from programs.domain.policies import check_manages
from programs.models import Invitation, Member, User

type Changed = tuple[Member, str]
"""A member with the address they had before."""


@transaction.atomic
def change_person(member: Member, *, by: Member, email: str, known: Known[Member] = unasked, **fields: Any) -> Member:
    """Everything an administrator sets on a member, the address included. Raises what the two changes raise."""
    return change_email(members.change(member, by=by, known=known, **fields), by=by, email=email)


@transaction.atomic
def change_email(member: Member, *, by: Member, email: str) -> Member:
    """Give the member another address.

    The login takes the new address when it serves this membership alone: nothing of it lets anybody in any more, and
    the next sign-in proves the address. When the new address is somebody's login already, or the old login serves
    another organization too, the membership goes over to the new one, whose owner has to accept an invitation. The
    old address is told. Raises NotAllowed, Invalid on `email`.
    """
    members.lock_organizations([member])
    changed = _change_one(member, email.strip(), by)
    if changed:
        registry.on_address_change([changed], by)
    return Member.objects.select_related("user", "organization").get(pk=member.pk)


def _change_one(member: Member, email: str, by: Member) -> Changed | None:
    """What `change_email` does, but for telling it; None when it was the same address."""
    check_manages(by, member.organization_id)
    try:
        with transaction.atomic():
            return _try_change(member, email)
    except IntegrityError:  # somebody got this address a moment ago: now it is seen
        return _try_change(member, email)


def _try_change(member: Member, email: str) -> Changed | None:
    member = Member.objects.select_for_update(of=("self",)).select_related("user").get(pk=member.pk)
    old = member.user.email
    login, known = _locked_logins(member, email)
    if known and (other := known.members.filter(organization=member.organization_id).first()):
        raise Invalid(members.has_address(other), field="email")
    if email.lower() == old.lower():
        User.objects.filter(pk=login.pk).exclude(email=email).update(email=email)
        return None
    members.check_can_move([member])
    if known or login.members.exclude(pk=member.pk).exists():
        _go_over(member, known or User.objects.create_user(email))
    else:
        login.email = email
        logins.take_new_addresses([login])
    _forget_old_address(member)
    return member, old


def _locked_logins(member: Member, email: str) -> tuple[User, User | None]:
    """The member's login, and another one that has the address."""
    wanted = Q(pk=member.user_id) | Q(email__iexact=email)
    found = {login.pk: login for login in User.objects.select_for_update().filter(wanted).order_by("pk")}
    return found.pop(member.user_id), next(iter(found.values()), None)


@transaction.atomic
def change_emails(wanted: Mapping[int, str], *, by: Member) -> None:
    """New addresses of hundreds, by number of the member: most in a fixed number of statements.

    Those whose login serves another organization too, or whose new address is a login already, go one by one. The old
    addresses are told. Raises what `change_email` raises, and IntegrityError for an address taken meanwhile.
    """
    _check_all_can_move(wanted)
    rows = Member.objects.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk")
    members_by_pk = rows.in_bulk()
    for member in members_by_pk.values():
        check_manages(by, member.organization_id)
    users = User.objects.in_bulk({member.user_id for member in members_by_pk.values()})
    known, shared = _known(wanted.values()), _shared(users)
    simple: list[tuple[Member, User]] = []
    changed: list[Changed] = []
    for pk, member in members_by_pk.items():
        login, email = users[member.user_id], wanted[pk].strip()
        if login.pk in shared or email.lower() in known:  # its own, if only the spelling differs
            one = _change_one(member, email, by)
            changed += [one] if one else []
        else:
            changed.append((member, login.email))
            login.email = email
            simple.append((member, login))
    _take_new_addresses(simple)
    if changed:
        registry.on_address_change(changed, by)


def _check_all_can_move(wanted: Mapping[int, str]) -> None:
    """Locks the organization when administrators are among them, and nothing otherwise: an import takes a while."""
    admins = Member.objects.with_role(Role.ADMIN).filter(pk__in=wanted).select_related("user")
    if moving := [member for member in admins if member.user.email.lower() != wanted[member.pk].strip().lower()]:
        members.lock_organizations(moving)
        members.check_can_move(moving)


def _known(emails: Iterable[str]) -> set[str]:
    """Those of these addresses, in lower case, that somebody signs in with."""
    wanted = {email.strip().lower() for email in emails}
    found = User.objects.annotate(address=Lower("email")).filter(address__in=wanted)
    return set(found.values_list("address", flat=True))


def _shared(users: Collection[int]) -> set[int]:
    """Those of these logins that serve more than one membership."""
    counted = Member.objects.filter(user__in=users).order_by().values("user").annotate(number=Count("pk"))
    return set(counted.filter(number__gt=1).values_list("user", flat=True))


def _take_new_addresses(changed: Sequence[tuple[Member, User]]) -> None:
    """The logins with the addresses that are set on them; each serves this membership alone."""
    logins.take_new_addresses([login for _member, login in changed])
    people = Member.objects.filter(pk__in=[member.pk for member, _login in changed])
    Invitation.objects.filter(member__in=people).open().update(replaced_at=timezone.now())
    people.exclude(mail_bounced_at=None).update(mail_bounced_at=None)
    people.filter(joined_at=None).exclude(invited_at=None).update(invited_at=None)


def _go_over(member: Member, login: User) -> None:
    """To another login, which joins by a new invitation only; a login that is left without members goes."""
    left = member.user
    member.user, member.joined_at = login, None
    member.save(update_fields=["user", "joined_at"])
    tokens.revoke_all([member])
    if not left.members.exists():
        left.delete()


def _forget_old_address(member: Member) -> None:
    """A link sent to the old address opens nothing; whether mail arrives is to be seen."""
    member.invitations.open().update(replaced_at=timezone.now())
    member.mail_bounced_at = None
    if member.joined_at is None:
        member.invited_at = None
    member.save(update_fields=["mail_bounced_at", "invited_at"])
