"""`manage.py doctor`: is this installation healthy? Exit status 1 when a part is not."""

from typing import Any

from django.core.management.base import BaseCommand

from coachhub.doctor import examine


class Command(BaseCommand):
    help = "Check disk, database, migrations, broker, worker, e-mail and deliveries; exit status 1 when one is unwell."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        """One line a part."""
        findings = examine()
        for finding in findings:
            mark = "ok  " if finding.healthy else "FAIL"
            self.stdout.write(f"{mark} {finding.part}: {finding.says}")
        if not all(finding.healthy for finding in findings):
            raise SystemExit(1)
