"""kill -9 of workers in the midst of their work: every event arrives, and few arrive twice.

At its full size by environment variables, such as CRASH_DELIVERIES=3000 CRASH_KILLS=10; with `-s` it tells the rate.
"""

import os
import resource
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from integrations.webhooks import delivery
from integrations.webhooks.models import Event
from integrations.webhooks.operations import Wish, make_endpoint
from integrations.webhooks.outbox import record
from tests.factories import make_merchant
from tests.integrations.egress.receiver import Receiver, receiver, saying

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]

DELIVERIES = int(os.environ.get("CRASH_DELIVERIES") or 60)
KILLS = int(os.environ.get("CRASH_KILLS") or 1)
ENDPOINTS = 4
LONGEST_SECONDS = 120 + DELIVERIES / 10


@pytest.fixture
def there() -> Iterator[Receiver]:
    with receiver(saying(204)) as found:
        yield found


@pytest.fixture
def worker(tmp_path: Path) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Start workers on the database of this test, or on a copy of it where it lies in memory."""
    started: list[subprocess.Popen[bytes]] = []
    url = _url(tmp_path / "db.sqlite3")
    environment = {
        **os.environ,
        "DEBUG": "1",
        "DATABASE_URL": url,
        "DATA_DIR": str(tmp_path),
        "SEALING_SECRETS": ",".join(settings.SEALING_SECRETS),
        "EGRESS_ALLOWED": "127.0.0.0/8",
        "WEBHOOK_SECONDS": "1",
        "LOG_LEVEL": "ERROR",
    }

    def start() -> subprocess.Popen[bytes]:
        if connection.vendor == "sqlite" and not started:
            with connection.cursor() as cursor:
                cursor.execute("VACUUM INTO %s", [str(tmp_path / "db.sqlite3")])
        command = [sys.executable, "manage.py", "worker"]
        started.append(subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment, stdout=subprocess.DEVNULL))
        return started[-1]

    yield start
    for each in started:
        each.kill()
        each.wait()


def _url(file: Path) -> str:
    if connection.vendor == "sqlite":
        return f"sqlite:///{file}"
    told = connection.settings_dict
    return f"postgresql://{told['USER']}:{told['PASSWORD']}@{told['HOST']}:{told['PORT'] or 5432}/{told['NAME']}"


def test_what_a_killed_worker_had_begun_is_delivered_by_the_next(
    there: Receiver, worker: Callable[[], subprocess.Popen[bytes]]
) -> None:
    merchant = make_merchant()
    for number in range(ENDPOINTS):
        make_endpoint(merchant, Wish(f"Receiver {number}", f"{there.url}/{number}"))
    for number in range(DELIVERIES // ENDPOINTS):
        record(merchant, "configuration.created", f"c{number}", {"id": f"c{number}"})
    ids = set(Event.objects.values_list("public_id", flat=True))

    for number in range(1, KILLS + 1):
        running = worker()
        wait(partial(has_received, there, DELIVERIES * number // (KILLS + 2)))
        running.send_signal(signal.SIGKILL)
        running.wait()
    began, had = time.monotonic(), len(there.requests)
    last = worker()
    wait(lambda: len(set(received(there))) == len(ids) * ENDPOINTS)
    seconds = time.monotonic() - began

    counted = Counter(received(there))
    assert {id for _, id in counted} == ids
    assert sum(counted.values()) - len(counted) <= KILLS * delivery.THREADS
    last.terminate()
    assert last.wait(60) == 0
    twice = sum(counted.values()) - len(counted)
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    print(
        f"\n{connection.vendor}: {len(counted)} delivered, {twice} twice; the last worker "
        f"{(len(there.requests) - had) / seconds:.0f}/s in {seconds:.1f} s with its start, at most {memory} MB"
    )


def has_received(there: Receiver, count: int) -> bool:
    return len(there.requests) >= count


def received(there: Receiver) -> list[tuple[str, str]]:
    """Return where each request went and the id it carried."""
    return [(each.line, each.headers["webhook-id"]) for each in list(there.requests)]


def wait(until: Callable[[], bool]) -> None:
    end = time.monotonic() + LONGEST_SECONDS
    while not until():
        assert time.monotonic() < end, "it takes too long"
        threading.Event().wait(0.05)
