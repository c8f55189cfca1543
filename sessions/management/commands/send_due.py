"""`manage.py send_due`: what beat rings for every 30 seconds, by hand or from cron. The same rows either way."""

from typing import Any

from django.core.management.base import BaseCommand

from programs.domain import invitation_rounds
from sessions.domain import delivery, prompts


class Command(BaseCommand):
    help = "Plan, write and send the messages that are due, once."

    def handle(self, *args: Any, **options: Any) -> None:
        """One line: how many deliveries ended in which state."""
        invitation_rounds.work_all()
        missed = prompts.close_unanswered()
        tally = delivery.sweep()
        parts = [f"{tally[state]} {state}" for state in ("sent", "due", "failed", "cancelled")]
        self.stdout.write(f"{', '.join(parts)}; {missed} questions closed without an answer")
