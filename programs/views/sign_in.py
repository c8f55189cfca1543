"""Sign-in counts attempts in the shared cache; without the cache it refuses rather than lets anybody guess."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from redis.exceptions import RedisError

log = logging.getLogger("coachhub.sign_in")
View = Callable[..., HttpResponse]


def fails_closed(view: View) -> View:
    """The view, or one clear sentence (503) while the cache is down. The rest of the site does not need it."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except RedisError as error:
            log.warning("sign-in refused, the cache is down: %s", type(error).__name__)
            return render(request, "programs/people/sign_in_paused.html", status=503)

    return guarded
