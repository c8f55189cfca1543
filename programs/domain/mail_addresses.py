"""Addresses that mail can be sent to, refused at the door and not only once the invitation fails."""

from email.errors import HeaderParseError
from email.headerregistry import Address

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

NO_MAIL = "no_mail"


def validate(email: str) -> None:
    """An e-mail address to which mail can be sent. Raises ValidationError."""
    validate_email(email)
    validate_can_get_mail(email)


def validate_can_get_mail(email: str) -> None:
    """What `validate_email` lets pass and no mail can carry. Raises ValidationError; says nothing about other text.

    Letters beyond a to z go in a domain, where they have a spelling in ASCII (RFC 3490), and not before the @: that
    would take SMTPUTF8 (RFC 6531) of every server on the way.
    """
    email = email.strip()
    try:
        validate_email(email)
    except ValidationError:
        return
    name, _at, domain = email.rpartition("@")
    if not (name.isascii() and _can_be_written(email) and _is_domain(domain)):
        raise ValidationError(_("No mail can be sent to this address. Check its letters and signs."), code=NO_MAIL)


def _can_be_written(email: str) -> bool:
    try:
        return bool(Address(addr_spec=email).username)
    except (ValueError, IndexError, HeaderParseError):
        return False


def _is_domain(domain: str) -> bool:
    try:
        domain.encode("idna")
    except UnicodeError:
        return False
    return True
