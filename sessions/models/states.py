"""What a micro-session can be, which state follows which, and what is chosen for it."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Status(models.TextChoices):
    PLANNED = "planned", _("Planned")
    RUNNING = "running", _("Running")
    CLOSING = "closing", _("To finish")
    CLOSED = "closed", _("Closed")
    CANCELLED = "cancelled", _("Cancelled")
    MISSED = "missed", _("Missed")


class Phase(models.TextChoices):
    GOAL = "goal", _("Goal")
    PRACTICE = "practice", _("Practice")
    RATE = "rate", _("Rate + talk")
    PLAN = "plan", _("Plan")


class PractiseOn(models.TextChoices):
    THEIR_WORK = "work", _("Their work")
    LIBRARY_CASE = "case", _("Library case")
    ROLE_PLAY = "role_play", _("Role-play")


class MoveReason(models.TextChoices):
    QUEUE = "queue", _("Queue")
    ABSENT = "absent", _("Absent")
    CLASH = "clash", _("Clash")
    ASKED = "asked", _("Learner asked")
    OTHER = "other", _("Other")


OPEN = (Status.PLANNED, Status.RUNNING, Status.CLOSING)
HELD = (Status.CLOSING, Status.CLOSED)
LIFE = {
    # closing: it took place without having been started
    Status.PLANNED: [Status.RUNNING, Status.CLOSING, Status.CANCELLED, Status.MISSED],
    Status.RUNNING: [Status.CLOSING, Status.PLANNED],  # back: the end that its start made is undone
    Status.CLOSING: [Status.CLOSED, Status.RUNNING],  # back: its end is undone, closed at once or not
    Status.CLOSED: [Status.RUNNING],
    Status.CANCELLED: [Status.PLANNED],  # back: restored
    Status.MISSED: [Status.PLANNED],
}
STEPS = ", ".join(f"('{before}', '{after}')" for before, steps in LIFE.items() for after in steps)  # as SQL
