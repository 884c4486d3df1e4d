"""Whether this process lives, and whether it can do its work; for load balancers and monitors."""

import shutil
from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import cache

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from catalog.jobs import clock
from catalog.jobs.worker import SILENT, last_heard
from catalog.memory import when_forgetting
from integrations.automations.operations import oldest_due as oldest_run
from integrations.webhooks.operations import oldest_due as oldest_delivery

# Below this, SQLite, uploads and compiled products are about to fail, or do.
LEAST_FREE_BYTES = 32 * 1024 * 1024
OK = "ok"
# A worker that keeps up leaves nothing that long.
LONGEST_WAIT = timedelta(minutes=5)

type Migration = tuple[str, str]

# Whether this process has found the schema to be its own; a later one, of the next release, lets it
# work on (ADR 0174).
_was_own: list[bool] = []
when_forgetting(_was_own.clear)


@require_safe
@never_cache
def healthz(request: HttpRequest) -> JsonResponse:
    """Answer 200 as long as the process answers at all."""
    return JsonResponse({"status": OK})


@require_safe
@never_cache
def readyz(request: HttpRequest) -> JsonResponse:
    """Answer 200 where database, schema and disk let this process work, 503 otherwise; `status`
    sums these up.

    Beside them it tells how the work beside the requests does. That is no reason for 503: a shop
    sells without it, and would not sell more if its servers were taken away.
    """
    found = {"database": _database(), "disk": _disk()}
    if found["database"] == OK:
        found["schema"] = _schema()
    is_ready = all(each == OK for each in found.values())
    told = {"status": OK if is_ready else "unavailable", **found}
    if is_ready:
        told |= {
            "worker": _worker(),
            "deliveries": _waiting(oldest_delivery()),
            "runs": _waiting(oldest_run()),
        }
    return JsonResponse(told, status=200 if is_ready else 503)


def _worker() -> str:
    """Tell whether somebody does the work beside the requests."""
    heard = last_heard()
    if heard is None:
        return "none is running: start manage.py worker"
    silent = clock.now() - heard
    return OK if silent < SILENT else f"none was heard of for {int(silent.total_seconds())} s"


def _waiting(due: datetime | None) -> str:
    """Tell whether work that is due since `due` waits longer than it should; what waits for its
    next attempt is not.
    """
    if due is None or (late := clock.now() - due) < LONGEST_WAIT:
        return OK
    return f"the oldest one due waits for {int(late.total_seconds())} s"


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SHOW transaction_read_only")
                if cursor.fetchone() != ("off",):
                    return "takes no writes"
            cursor.execute("SELECT 1")
            cursor.fetchone()
    except DatabaseError:
        return "does not answer"
    return OK


def _disk() -> str:
    try:
        free = shutil.disk_usage(settings.DATA_DIR).free
    except OSError:
        return "cannot be read"
    return OK if free >= LEAST_FREE_BYTES else f"full: {free // 1024**2} MB are free in DATA_DIR"


def _schema() -> str:
    """Tell whether the tables are those of this code."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT app, name FROM django_migrations")
            applied = frozenset((app, name) for app, name in cursor.fetchall())
    except DatabaseError:
        return "not made: run manage.py migrate"
    of_code = _migrations()
    lacking = sorted(
        name
        for name, replaced in of_code.items()
        if name not in applied and not (replaced and replaced <= applied)
    )
    if lacking:
        return f"older than the code: run manage.py migrate ({'.'.join(lacking[0])} is first)"
    known = of_code.keys() | frozenset().union(*of_code.values())
    ours = {app for app, _ in of_code}
    later = sorted(each for each in applied - known if each[0] in ours)
    if not later:
        _was_own[:] = [True]
    elif not _was_own:
        return f"newer than the code: {'.'.join(later[-1])} is none of its migrations"
    return OK


@cache
def _migrations() -> Mapping[Migration, frozenset[Migration]]:
    """Return the migrations of this code, each with those that it stands for."""
    loader = MigrationLoader(None, ignore_no_migrations=True)
    return {name: frozenset(each.replaces) for name, each in loader.disk_migrations.items()}
