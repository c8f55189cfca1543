"""`manage.py reseal_notes`: the second of three steps to a new key for private notes; see docs/data.md."""

from typing import Any

from django.core.management.base import BaseCommand

from sessions.domain import resealing


class Command(BaseCommand):
    help = "Seal all private notes with the newest key of FIELD_KEYS; exit status 1 when an older key is still needed."

    def handle(self, *args: Any, **options: Any) -> None:
        """One line: how many, and what is left."""
        tally = resealing.reseal_all()
        self.stdout.write(f"{tally['resealed']} sealed with the newest key, {tally['newest']} were already")
        if tally["changed"]:
            self.stdout.write(f"{tally['changed']} were being written: run this again")
        if tally["locked"]:
            self.stdout.write(f"{tally['locked']} cannot be opened: their key is not in FIELD_KEYS")
        if tally["changed"] or tally["locked"]:
            raise SystemExit(1)
