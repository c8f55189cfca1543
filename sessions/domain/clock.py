"""The database's clock: what is due is decided by one clock, whatever the machines' own ones say."""

from datetime import UTC, datetime

from django.db import connection


def database_now() -> datetime:
    """The instant of asking, in UTC, also inside a transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        now: datetime = cursor.fetchone()[0]
    return now.astimezone(UTC)
