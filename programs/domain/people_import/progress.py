"""How far an import is, for whoever looks: in the cache, since its transaction shows nothing before its end."""

import time

from django.core.cache import cache
from redis.exceptions import RedisError

EVERY = 0.5  # seconds
KEPT = 600  # seconds
CHECK_PASSES = 2
APPLY_PASSES = 2


class Progress:
    """Counts lines over all passes through the file; told to the cache now and then."""

    def __init__(self, pk: int, *, lines: int, passes: int) -> None:
        self._key = _key(pk)
        self._all = max(lines * passes, 1)
        self._done = 0
        self._told = 0.0

    def __call__(self, lines: int) -> None:
        self._done += lines
        if time.monotonic() - self._told > EVERY:
            self._told = time.monotonic()
            try:
                cache.set(self._key, min(99, 100 * self._done // self._all), KEPT)
            except RedisError:
                return  # nobody sees the bar; the import goes on


def percent(pk: int) -> int | None:
    """0 to 99 while an import runs; None when that is not known."""
    try:
        found = cache.get(_key(pk))
    except RedisError:
        return None
    return found if isinstance(found, int) else None


def forget(pk: int) -> None:
    """The next step begins at nothing."""
    try:
        cache.delete(_key(pk))
    except RedisError:
        return


def _key(pk: int) -> str:
    return f"people-import-{pk}"
