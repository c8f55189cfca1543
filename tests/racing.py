"""Two who write in the same instant: the second has read everything before the first commits."""

import time
from concurrent.futures import ThreadPoolExecutor

from django.db import connection, transaction


def somebody_waits_for_us() -> bool:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid)))"
        )
        return cursor.fetchone()[0]


def raced(first, second):
    """The answer to `second`, which has read everything and waits for the lock while `first` is being saved."""

    def run():
        try:
            return second()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            first()
            answer = pool.submit(run)
            until = time.monotonic() + 10
            while not somebody_waits_for_us() and time.monotonic() < until:
                time.sleep(0.005)
        return answer.result(timeout=10)
