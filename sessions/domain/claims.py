"""Claiming due deliveries: one statement in the database, with the database's clock, for a limited time.

A claim commits before anything is sent. Whoever dies with it loses it to the next sweep when the lease has run out.
`leased_until` is also the token of a claim: what somebody too slow finds out late changes nothing any more.
"""

import threading
import time
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import F, Prefetch, QuerySet

from programs.models import Organization
from sessions.models import Delivery, Prompt

LEASE = timedelta(minutes=10)
HAND_BACK_AFTER = 6 * 60.0  # seconds: a send that begins earlier ends within the lease
AT_ONCE = 20  # rows that are looked at together
FRESH = 5.0  # seconds for which that counts as "right before sending"

stopping = threading.Event()
"""Set when this process was asked to end: the mail at hand is its last."""

CLAIM = """
WITH clock AS MATERIALIZED (SELECT COALESCE(%(now)s::timestamptz, clock_timestamp()) AS now),
claimed AS MATERIALIZED (
    SELECT d.id, d.next_try_at
    FROM coaching_delivery d JOIN coaching_message m ON m.id = d.message_id
    WHERE d.state IN ('due', 'sending')
      AND (d.next_try_at <= (SELECT now FROM clock) OR %(any_hour)s)
      AND (d.state = 'due' OR d.leased_until <= (SELECT now FROM clock))
      AND (%(organization)s::bigint IS NULL OR m.organization_id = %(organization)s::bigint)
    ORDER BY d.next_try_at, d.id
    LIMIT %(limit)s
    FOR UPDATE OF d SKIP LOCKED
)
UPDATE coaching_delivery d
SET state = 'sending', leased_until = clock.now + %(lease)s, attempts = d.attempts + 1,
    first_try_at = COALESCE(d.first_try_at, clock.now)
FROM claimed, clock
WHERE d.id = claimed.id
RETURNING claimed.next_try_at, d.id, d.leased_until
"""


@dataclass(frozen=True)
class Claim:
    """A delivery that is ours until `leased_until`."""

    pk: UUID
    leased_until: datetime


def claim(limit: int, now: datetime | None, organization: Organization | None, *, any_hour: bool) -> list[Claim]:
    """Up to `limit` deliveries that are due or whose lease has run out, the longest due first.

    `any_hour` takes those that wait for their time as well.
    """
    values: dict[str, Any] = {
        "now": now,
        "limit": limit,
        "lease": LEASE,
        "organization": organization.pk if organization else None,
        "any_hour": any_hour,
    }
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, values)
        return [Claim(pk, leased_until) for _due, pk, leased_until in sorted(cursor.fetchall())]


def each(claims: Sequence[Claim]) -> Iterator[Delivery]:
    """The claimed deliveries, each as it stood a moment ago; what lease or process will not live to see goes back."""
    began, waiting = time.monotonic(), deque(claims)
    while waiting:
        if stopping.is_set() or time.monotonic() - began > HAND_BACK_AFTER:
            _hand_back(waiting)
            return
        chunk = deque(waiting.popleft() for _position in range(min(AT_ONCE, len(waiting))))
        rows, looked_at = _rows(chunk), time.monotonic()
        while chunk and not stopping.is_set() and time.monotonic() - looked_at <= FRESH:
            mine = chunk.popleft()
            if (delivery := rows.get(mine.pk)) and delivery.leased_until == mine.leased_until:
                yield delivery
        waiting.extendleft(reversed(chunk))


def move(delivery: Delivery, **values: Any) -> bool:
    """Write the outcome of a claimed delivery, unless the claim was lost meanwhile."""
    mine = Delivery.objects.filter(pk=delivery.pk, state=Delivery.State.SENDING, leased_until=delivery.leased_until)
    return mine.update(leased_until=None, **values) == 1


def _rows(claims: Sequence[Claim]) -> dict[UUID, Delivery]:
    """With everything that judging and writing read. Three queries."""
    return _with_all().in_bulk([claim.pk for claim in claims])


def _with_all() -> QuerySet[Delivery]:
    plan = "follow_up__plan__micro__focus_criterion"
    prompts = Prompt.objects.select_related(plan).prefetch_related("follow_up__prompts").order_by("pk")
    return Delivery.objects.select_related(
        "message__recipient__organization",
        "message__recipient__user",
        "message__micro__coach__user",
        "message__micro__learner__user",
        "message__invitation__invited_by",
        "message__invitation__member",
        "message__changed_by",
    ).prefetch_related(Prefetch("message__prompts", prompts))


def _hand_back(claims: Sequence[Claim]) -> None:
    """As if they had never been claimed."""
    for mine in claims:
        ours = Delivery.objects.filter(pk=mine.pk, state=Delivery.State.SENDING, leased_until=mine.leased_until)
        ours.update(state=Delivery.State.DUE, leased_until=None, attempts=F("attempts") - 1)
