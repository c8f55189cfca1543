"""Wake-ups of the worker: thin, may be lost or run twice; what is due stands in the database."""

from celery import shared_task

from metrics.domain.leaving import take_up_everywhere
from metrics.domain.release import publish_everywhere


@shared_task(name="metrics.tasks.publish_due")
def publish_due() -> int:
    """Release the blocks that ended; decisions that wait for somebody to check them go on. Returns how many blocks."""
    released = len(publish_everywhere())
    take_up_everywhere()
    return released
