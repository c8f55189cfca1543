"""`manage.py send_due`: what beat rings for, by hand or from cron. The same rows either way."""

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from programs.domain import invitation_rounds
from sessions.domain import closing, codes, delivery, prompts, reveals, running


class Command(BaseCommand):
    help = "Do what time has brought: end, open and follow up sessions, then write and send what is due, once."

    def handle(self, *args: Any, **options: Any) -> None:
        """One line: how many deliveries ended in which state."""
        now = timezone.now()
        running.end_overdue(now)
        codes.close_expired(now)
        reveals.reveal_due(now)
        closing.fall_back(now)
        invitation_rounds.work_all()
        missed = prompts.close_unanswered()
        tally = delivery.sweep()
        parts = [f"{tally[state]} {state}" for state in ("sent", "due", "failed", "cancelled")]
        self.stdout.write(f"{', '.join(parts)}; {missed} questions closed without an answer")
