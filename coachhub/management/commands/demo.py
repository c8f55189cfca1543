"""`manage.py demo`: the demo organization, once; `--accounts` prints who can sign in by one click."""

from typing import Any

import pghistory
from django.core.management.base import BaseCommand, CommandError, CommandParser

from coachhub import demo
from programs.models import Member, Pillar
from sessions.domain import hurry


class Command(BaseCommand):
    help = "Load the demo organization into this database, unless it is there. --accounts prints its people."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--accounts", action="store_true", help="print the demo accounts and do nothing else")

    def handle(self, *args: Any, **options: Any) -> None:
        """Raises CommandError without the library."""
        if not options["accounts"] and not demo.exists():
            if not Pillar.objects.filter(organization=None).exists():
                raise CommandError("Load the library first: manage.py load_library")
            with pghistory.context(command="demo"):
                organization = demo.build()
            hurry.send_now(by=organization.members.earliest("pk"))  # the question that waits is in the mailbox at once
            self.stdout.write(f"The demo organization “{demo.NAME}” is there.")
        people = {member.name: member for member in Member.objects.of_the_demo()}
        for name, role, story in demo.ACCOUNTS:
            if name in people:
                self.stdout.write(f"  {name:<14} {role.label.lower():<14} {story(people[name])}")
