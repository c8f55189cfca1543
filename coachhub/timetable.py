"""When beat rang last, in a file, so that a restart neither skips a task nor runs it twice."""

import dbm
import logging
from typing import Any

from celery.beat import PersistentScheduler

log = logging.getLogger("coachhub.timetable")


class Timetable(PersistentScheduler):
    """On a full disk beat rings on: the file is written when there is room again."""

    _store: Any  # a Shelf

    def sync(self) -> None:
        """Called every three minutes."""
        try:
            super().sync()
        except dbm.error:
            self._store.writeback = True  # shelve forgets that it was, and would never write again
            log.warning("beat could not note when it rang: is the disk full?")
