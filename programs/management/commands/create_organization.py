"""`manage.py create_organization NAME --admin EMAIL`: an organization and a one-time link for its administrator."""

import sys
from argparse import ArgumentTypeError
from typing import Any

import pghistory
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandParser

from coachhub.errors import DomainError
from programs.domain import invitations, mail_addresses, people
from programs.models.organizations import validate_timezone


def email(value: str) -> str:
    """An e-mail address. Raises ArgumentTypeError."""
    try:
        mail_addresses.validate(value)
    except ValidationError:
        raise ArgumentTypeError(f"“{value}” is not an e-mail address that mail can be sent to") from None
    return value


def zone(value: str) -> str:
    """An IANA time zone. Raises ArgumentTypeError."""
    try:
        validate_timezone(value)
    except ValidationError as error:
        raise ArgumentTypeError(error.messages[0]) from None
    return value


class Command(BaseCommand):
    help = "Make an organization and print a one-time link with which its first administrator signs in."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("name")
        parser.add_argument("--admin", required=True, type=email, metavar="EMAIL")
        parser.add_argument("--timezone", default="UTC", type=zone, metavar="ZONE", help="such as Europe/Berlin")

    def handle(self, *args: Any, name: str, admin: str, timezone: str, **options: Any) -> None:
        """Print the link; a refusal goes to stderr as a sentence, exit status 1."""
        try:
            with pghistory.context(command="create_organization"):
                invitation = people.create_organization(name, admin_email=admin, timezone_name=timezone)
        except DomainError as error:
            self.stderr.write(str(error.sentence))
            sys.exit(1)
        self.stdout.write(f"{name} is made. This link lets {admin} in, once, within 14 days:")
        self.stdout.write(invitations.link_of(invitation))
