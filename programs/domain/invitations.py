"""Invitations: a one-time link with which a person joins. Only the hash of its token is stored."""

import hashlib
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from datetime import UTC, timedelta
from enum import Enum

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from coachhub.errors import Invalid, NotAllowed, WrongState
from programs import registry
from programs.domain import logins
from programs.domain.policies import check_manages
from programs.models import Invitation, Member, User

LIFETIME = timedelta(days=14)
NEW_LINK_EVERY = timedelta(seconds=30)


class State(Enum):
    """What a link is good for; the value is the sentence for who opens it."""

    OPEN = _("This link is open.")
    USED = _("This link was used already. Sign in with your e-mail address.")
    EXPIRED = _("This link is older than 14 days. Ask the person who invited you for a new one.")
    REPLACED = _("A newer link was sent to you. Open that one.")
    CLOSED = _("This membership has ended.")

    @property
    def sentence(self) -> str | Promise:
        return self.value


@transaction.atomic
def invite(member: Member, *, by: Member | None, tell: bool = True) -> Invitation:
    """A new link for 14 days; an earlier open one stops working. `tell` sends it by mail, once in half a minute
    unless that one is given up.

    `by` is None at the terminal only. Raises NotAllowed, WrongState for who has joined or is deactivated.
    """
    if by is not None:
        check_manages(by, member.organization_id)
    member = Member.objects.select_for_update().get(pk=member.pk)
    if not member.is_active:
        raise WrongState(_("%(name)s is deactivated.") % {"name": member.name})
    if member.joined_at:
        raise WrongState(_("%(name)s has joined already and can sign in by e-mailed code.") % {"name": member.name})
    mailed = member.invitations.open().exclude(invited_by=None)
    just_made = mailed.filter(created_at__gt=timezone.now() - NEW_LINK_EVERY).first()
    if just_made and not registry.given_up([just_made.pk]):
        return just_made
    return invite_all([member], by=by, tell=tell)[0]


def invite_all(people: Sequence[Member], *, by: Member | None, tell: bool = True) -> list[Invitation]:
    """New links for these members, one or hundreds, whose rows are locked and who have not joined; six statements."""
    if not people:
        return []
    now = timezone.now()
    earlier = Invitation.objects.filter(member__in=people).open()
    earlier.update(replaced_at=now)
    made = [Invitation(member=member, invited_by=by, expires_at=now + LIFETIME) for member in people]
    for invitation in made:
        invitation.token_hash = _hash(token_of(invitation))
    Invitation.objects.bulk_create(made)
    Member.objects.filter(pk__in=[member.pk for member in people]).update(invited_at=now)
    if tell:
        registry.on_invite(made)
    return made


def token_of(invitation: Invitation) -> str:
    """43 URL-safe characters, made again from the row and SECRET_KEY whenever the mail is rendered; never stored."""
    moment = invitation.expires_at.astimezone(UTC).isoformat(timespec="microseconds")
    digest = salted_hmac("programs.invitation", f"{invitation.member_id} {moment}", algorithm="sha256").digest()
    return urlsafe_b64encode(digest).decode().rstrip("=")


def link_of(invitation: Invitation) -> str:
    """The absolute address to send. Raises WrongState when SECRET_KEY has changed since."""
    token = token_of(invitation)
    if _hash(token) != invitation.token_hash:
        raise WrongState(_("This invitation cannot be sent any more; make a new one."))
    return f"{settings.SITE_URL}{reverse('invitation-accept', args=[token])}"


def find(token: str) -> Invitation | None:
    """The invitation of a link, in whatever state, with member, user, organization and who invites."""
    related = Invitation.objects.select_related("member__user", "member__organization", "invited_by")
    return related.filter(token_hash=_hash(token)).first()


def state_of(invitation: Invitation) -> State:
    """What the link is good for now."""
    if invitation.accepted_at:
        return State.USED
    if invitation.replaced_at:
        return State.REPLACED
    if not invitation.member.is_active:
        return State.CLOSED
    return State.OPEN if invitation.expires_at > timezone.now() else State.EXPIRED


def needs_sign_in(invitation: Invitation) -> bool:
    """Whether the address belongs to somebody who can sign in already: then the link alone does not open it."""
    user = invitation.member.user
    return user.has_usable_password() or user.members.exclude(joined_at=None).exists()


@transaction.atomic
def accept(invitation: Invitation, *, by: User | None, password: str = "", keeps_password: bool = False) -> Member:
    """Join: `by` is who is signed in. Without a password people sign in by e-mailed code.

    Who is in another organization already begins anew, for nobody knows who opened the link of that one: its
    password ends, unless `keeps_password` because they have just signed in with it, and all sessions end.
    Raises WrongState (used, expired, replaced), NotAllowed (belongs to another login), Invalid on `password`.
    """
    Member.objects.select_for_update(no_key=True).select_related("user").get(pk=invitation.member_id)
    invitation = Invitation.objects.select_for_update(of=("self",)).select_related("member__user").get(pk=invitation.pk)
    state = state_of(invitation)
    if state is not State.OPEN:
        raise WrongState(state.sentence)
    member, user = invitation.member, invitation.member.user
    if needs_sign_in(invitation):
        if by is None or by.pk != user.pk:
            raise NotAllowed(_("Sign in as %(email)s first, then open the link again.") % {"email": user.email})
        logins.end_sessions(user, keeps_password=keeps_password)
    elif password:
        _set_password(user, password)
    now = timezone.now()
    Invitation.objects.filter(pk=invitation.pk).update(accepted_at=now)
    Member.objects.filter(pk=member.pk, joined_at=None).update(joined_at=now)
    logins.opens_next(member)
    return Member.objects.select_related("user", "organization").get(pk=member.pk)


def _set_password(user: User, password: str) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Invalid(" ".join(error.messages), field="password") from None
    user.set_password(password)
    user.save(update_fields=["password"])


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
