"""The installation's health, part by part, for `manage.py doctor` and for an administrator's Today."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.mail import mailers
from django.utils import timezone

from coachhub.crypto import known, newest
from coachhub.environment import free_space
from coachhub.health import broker_state, database_state, disk_state, fullest_place, migration_state
from metrics.domain.unaltered import altered
from sessions.domain import delivery, resealing
from sessions.models import Delivery

SILENT_AFTER = timedelta(minutes=3)
LATE_AFTER = timedelta(minutes=10)


@dataclass(frozen=True)
class Finding:
    part: str
    healthy: bool
    says: str


def examine(now: datetime | None = None) -> list[Finding]:
    """Disk and database first; without the database the rest is not asked."""
    now = now or timezone.now()
    if database_state() != "ok":
        return [disk(), Finding("database", False, "does not answer: check DATABASE_URL and that the server runs")]
    pending = migration_state() != "ok"
    found = [
        disk(),
        Finding("database", True, "answers"),
        Finding("migrations", not pending, "pending: run manage.py migrate" if pending else "applied"),
        broker(),
    ]
    if pending:
        return found
    return [*found, worker(now), mail(), late_deliveries(now), failed_deliveries(now), private_notes(), releases()]


def disk() -> Finding:
    place = fullest_place()
    room = f"{free_space(place) // 1024**2} MB free on the disk that holds {place}"
    full = disk_state() == "full"
    return Finding("disk", not full, f"full, {room}: free some space" if full else room)


def broker() -> Finding:
    if broker_state() == "ok":
        return Finding("broker", True, "answers")
    return Finding("broker", False, "does not answer: the site works, mail goes out later; check REDIS_URL")


def worker(now: datetime) -> Finding:
    beat = delivery.last_beat()
    if beat is None:
        return Finding("worker", False, "has never run: start celery worker and beat")
    seconds = int((now - beat).total_seconds())
    says = f"ran {seconds} s ago"
    return Finding("worker", now - beat < SILENT_AFTER, says)


def mail() -> Finding:
    """Opens and closes a connection; sends nothing."""
    if not settings.EMAIL_URL:
        return Finding("e-mail", not settings.PRODUCTION, f"kept in a folder, not sent: {settings.MAILBOX_DIR.name}")
    connection = mailers.default
    try:
        connection.open()
        connection.close()
    except OSError as error:
        return Finding("e-mail", False, f"the server refuses: {type(error).__name__}; check EMAIL_URL")
    return Finding("e-mail", True, "the server answers")


def late_deliveries(now: datetime) -> Finding:
    late = Delivery.objects.filter(
        state__in=[Delivery.State.DUE, Delivery.State.SENDING], next_try_at__lt=now - LATE_AFTER
    ).count()
    return Finding("pending deliveries", late == 0, f"{late} more than 10 minutes late" if late else "none late")


def failed_deliveries(now: datetime) -> Finding:
    """A demo's own story has one that failed: it is left out."""
    rows = Delivery.objects.filter(state=Delivery.State.FAILED, next_try_at__gt=now - timedelta(days=7))
    failed = rows.exclude(message__organization__is_demo=True).count()
    return Finding(
        "failed deliveries", failed == 0, f"{failed} in seven days: see the outbox" if failed else "none in seven days"
    )


def private_notes() -> Finding:
    sealed = resealing.keys_in_use()
    lost = sum(number for key, number in sealed.items() if key not in known())
    if lost:
        return Finding("private notes", False, f"{lost} cannot be opened: put their key back into FIELD_KEYS")
    older = sum(sealed.values()) - sealed.get(newest(), 0)
    says = f"{older} under an older key: run manage.py reseal_notes" if older else "all under the newest key"
    return Finding("private notes", True, says)


def releases() -> Finding:
    """Figures are published once: what was hashed then is what everybody reads now."""
    changed = [f"{each.block.organization.name}, {each.block.starts_on}" for each in altered()]
    says = f"changed since they were published: {'; '.join(changed)}" if changed else "all as they were published"
    return Finding("releases", not changed, says)
