"""Production gaps as system checks, each with a hint."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register


@register(Tags.security, deploy=True)
def mail_leaves_the_machine(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """In production, mail in a folder is mail nobody reads."""
    if settings.PRODUCTION and not settings.EMAIL_URL:
        return [
            Warning(
                "Mail is kept in a folder.",
                hint="Set EMAIL_URL=smtp://user:password@host:587/?tls=1",
                id="coachhub.W001",
            )
        ]
    return []


@register(Tags.database)
def connections_are_reused(app_configs: Sequence[Any] | None, **kwargs: Any) -> list[CheckMessage]:
    """Without reuse a page loses 40 % and a write 60 %; a command does one thing and ends, so it needs none."""
    database = settings.DATABASES["default"]
    if settings.POOL and database.get("CONN_MAX_AGE") == 0 and not database.get("OPTIONS", {}).get("pool"):
        return [Error("Database connections are not reused.", hint="Keep the pool in DATABASES.", id="coachhub.E001")]
    return []
