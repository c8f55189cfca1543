"""`manage.py publish_metrics`: release the blocks that ended, now."""

from argparse import ArgumentParser, ArgumentTypeError
from datetime import date
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from coachhub.errors import DomainError
from metrics.domain.release import publish
from metrics.domain.saying import Period
from programs.models import Organization


def day(text: str) -> date:
    """Raises ArgumentTypeError."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"“{text}” is no day. Write it like 2026-03-02.") from None


class Command(BaseCommand):
    help = "Publish the figures of every block that has ended and has none yet. Running it again changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--until", type=day, metavar="DATE", help="blocks that ended before this day")
        parser.add_argument("--organization", metavar="SLUG", help="this one only")

    def handle(self, *args: Any, until: date | None, organization: str | None, **options: Any) -> None:
        chosen = Organization.objects.order_by("pk")
        if organization:
            chosen = chosen.filter(slug=organization)
            if not chosen:
                raise CommandError(f"There is no organization “{organization}”.")
        refused = [each for each in chosen if not self.publish(each, until)]
        if refused and len(refused) == len(chosen):
            raise CommandError("Nothing was published.")

    def publish(self, organization: Organization, until: date | None) -> bool:
        """Whether publishing was possible, even if no block was due."""
        try:
            releases = publish(organization, until=until)
        except DomainError as refusal:
            self.stderr.write(f"{organization}: {refusal.sentence}")
            return False
        for release in releases:
            groups = release.groups.count()
            self.stdout.write(f"{organization}: {Period.of(release.block)} published, {groups} groups.")
        if not releases:
            self.stdout.write(f"{organization}: nothing is due.")
        return True
