"""Liveness and readiness. `/readyz` counts database and migrations; a silent broker and a full disk are only shown."""

from pathlib import Path

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from redis.exceptions import RedisError

from coachhub.environment import LEAST_SPACE, free_space, tightest


@login_not_required
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """The process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """200 with `{"database", "migrations", "broker", "disk"}`; 503 unless database and migrations are ok."""
    states = {"database": database_state(), "migrations": "unknown", "broker": broker_state(), "disk": disk_state()}
    if states["database"] == "ok":
        states["migrations"] = migration_state()
    ready = states["database"] == states["migrations"] == "ok"
    return JsonResponse(states, status=200 if ready else 503)


def database_state() -> str:
    """ "ok" or "down"."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return "down"
    return "ok"


def migration_state() -> str:
    """ "ok" or "pending"."""
    executor = MigrationExecutor(connection)
    return "pending" if executor.migration_plan(executor.loader.graph.leaf_nodes()) else "ok"


def broker_state() -> str:
    """ "ok" or "degraded": the site works without it, only later."""
    try:
        cache.get("ping")
    except (RedisError, OSError):
        return "degraded"
    return "ok"


def disk_state() -> str:
    """ "ok" or "full": a disk on which we write, as the embedded database does, which soon saves nothing more."""
    return "ok" if free_space(fullest_place()) >= LEAST_SPACE else "full"


def fullest_place() -> Path:
    """Of our two places the one with less space: DATA_DIR, or where the embedded database lives."""
    return tightest(settings.DATA_DIR, settings.DATABASE_DIR)
