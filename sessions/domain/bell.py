"""Ringing the worker: a help, never a need. The beat finds every due row by itself.

A request must not wait for a broker that is away, so the bell has its own connection with short timeouts and no
retries (a worker's own connection waits for ever), and after a failure it stays silent for a while: a request that
writes twenty messages waits once.
"""

import logging
import time

from celery import Celery
from django.conf import settings
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

log = logging.getLogger("coachhub.outbox")
SWEEP = "sessions.tasks.send_due"
TIMEOUT = 0.2  # seconds
SILENT_AFTER_FAILURE = 10.0  # seconds


def bell_to(broker_url: str) -> Celery:
    """A sender with one connection, short timeouts and no retries."""
    app = Celery("bell", set_as_current=False)
    app.conf.update(
        broker_url=broker_url,
        broker_pool_limit=1,
        broker_transport_options={
            "socket_connect_timeout": TIMEOUT,
            "socket_timeout": TIMEOUT,
            "max_retries": 0,
            "interval_start": 0,
            "interval_step": 0,
            "interval_max": 0,
        },
        task_ignore_result=True,
        task_serializer="json",
    )
    return app


bell = bell_to(settings.CELERY_BROKER_URL)
_silent_until = 0.0


def ring(task: str = SWEEP) -> None:
    """Wake the worker. Never raises, and takes at most `TIMEOUT`."""
    global _silent_until
    if time.monotonic() < _silent_until:
        return
    try:
        bell.send_task(task, retry=False, expires=60)
    except (KombuError, RedisError, OSError) as error:
        _silent_until = time.monotonic() + SILENT_AFTER_FAILURE
        log.warning("the bell did not ring: %s", type(error).__name__)
