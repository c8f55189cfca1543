"""Wake-ups of the worker: thin, may be lost or run twice; what is to be done stands in the database."""

from celery import shared_task
from django.contrib.sessions.backends.db import SessionStore

from programs.domain import invitation_rounds
from programs.domain.people_import import work


@shared_task(name="programs.tasks.import_people")
def import_people() -> int:
    """Check or import what was uploaded. Returns how many files had something to do."""
    pks = work.waiting()
    for pk in pks:
        work.work(pk)
    return len(pks)


@shared_task(name="programs.tasks.send_invitations")
def send_invitations() -> int:
    """Invite whoever is still to be invited in a round. Returns how many rounds there were."""
    return invitation_rounds.work_all()


@shared_task(name="programs.tasks.forget_imports")
def forget_imports() -> int:
    """Delete files that nobody imported, and reports, after 7 days. Returns how many imports that were."""
    return work.forget_old()


@shared_task(name="programs.tasks.forget_logins")
def forget_logins() -> None:
    """Delete login sessions that have run out."""
    SessionStore.clear_expired()
