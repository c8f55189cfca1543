"""Limits on guessing, counted in the shared cache: one count for all processes. Without the cache nobody guesses."""

from collections.abc import Callable
from http import HTTPStatus
from urllib.parse import quote

from django.core.cache import cache
from django.utils.translation import gettext_lazy as _
from redis.exceptions import RedisError

from coachhub.errors import DomainError


class TooManyTries(DomainError):
    sentence = _("Too many wrong tries. Wait a quarter of an hour, or take another way.")
    status = HTTPStatus.TOO_MANY_REQUESTS
    code = "too_many_tries"


class CannotCount(DomainError):
    """The cache is down, so tries cannot be limited: closed until it is back."""

    sentence = _("Numbers cannot be checked right now. Scan the QR code, or sign in.")
    status = HTTPStatus.SERVICE_UNAVAILABLE
    code = "cannot_count"


def take(name: str, *, most: int, seconds: int) -> None:
    """Count a try before it is judged, so that tries made at once count too. Raises TooManyTries, CannotCount.

    `most` tries within `seconds` from the first one on.
    """
    if _counted(lambda: _add(name, seconds)) > most:
        raise TooManyTries


def forgive(name: str) -> None:
    """Take a try off the count again: it was right. Raises CannotCount."""
    _counted(lambda: cache.decr(_key(name)))


def _add(name: str, seconds: int) -> int:
    cache.add(_key(name), 0, timeout=seconds)
    return cache.incr(_key(name))


def _counted(step: Callable[[], int]) -> int:
    try:
        return step()
    except (RedisError, OSError) as error:
        raise CannotCount from error
    except ValueError:  # the count ran out in between
        return 1


def _key(name: str) -> str:
    return "tries:" + quote(name, safe=":")
