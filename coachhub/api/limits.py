"""How many calls a token may make in a minute, counted in the shared cache.

Without the cache nothing is counted and calls go through: a token has 256 random bits, so there is nothing to guess,
and only sign-in fails closed (TRUST.md §2).
"""

import logging
import time
from typing import TYPE_CHECKING

from django.conf import settings
from django.core.cache import cache
from redis.exceptions import RedisError
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

if TYPE_CHECKING:  # DRF's views read the settings that name this module
    from rest_framework.views import APIView

WINDOW = 60  # seconds
log = logging.getLogger("coachhub.api")


class PerToken(BaseThrottle):
    """Settings.API_CALLS_PER_MINUTE in each minute of the clock."""

    def allow_request(self, request: Request, view: "APIView") -> bool:
        who = getattr(request.auth, "token_hash", "")[:16] or self.get_ident(request)
        key = f"api:{who}:{int(time.time() // WINDOW)}"
        try:
            cache.add(key, 0, timeout=2 * WINDOW)
            return int(cache.incr(key)) <= settings.API_CALLS_PER_MINUTE
        except (RedisError, OSError, ValueError):
            log.warning("calls are not counted: the cache does not answer")
            return True

    def wait(self) -> float:
        """Seconds until the next minute."""
        return WINDOW - time.time() % WINDOW
