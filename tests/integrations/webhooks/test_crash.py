"""kill -9 of workers in the midst of their work, beside receivers of every bad sort: every event arrives, few twice.

At its full size by environment variables, such as CRASH_DELIVERIES=3000 CRASH_KILLS=10, and CRASH_ALONE=1 without the
bad receivers; with `-s` it tells the rate.
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
from contextlib import ExitStack
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
from tests.integrations.egress.receiver import Receiver, dripping, hanging, receiver, saying

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]

DELIVERIES = int(os.environ.get("CRASH_DELIVERIES") or 60)
KILLS = int(os.environ.get("CRASH_KILLS") or 1)
ENDPOINTS = int(os.environ.get("CRASH_ENDPOINTS") or 4)
IS_BESIDE_BAD = os.environ.get("CRASH_ALONE") != "1"
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


@pytest.fixture
def bad() -> Iterator[list[Receiver]]:
    """Receivers that no good one may have to wait for; the last is where the first sends its callers to."""
    with ExitStack() as stack:
        target = stack.enter_context(receiver(saying(200)))
        moved = saying(307, f"Location: {target.url}\r\n")
        yield [*(stack.enter_context(receiver(each)) for each in (moved, hanging, dripping, saying(500))), target]


def test_all_is_delivered_beside_bad_receivers_and_however_often_the_worker_is_killed(
    there: Receiver, bad: list[Receiver], worker: Callable[[], subprocess.Popen[bytes]]
) -> None:
    merchant = make_merchant()
    for number in range(ENDPOINTS):
        make_endpoint(merchant, Wish(f"Good {number}", f"{there.url}/{number}"))
    for number, each in enumerate(bad[:-1] if IS_BESIDE_BAD else ()):
        make_endpoint(merchant, Wish(f"Bad {number}", each.url))
    for number in range(DELIVERIES // ENDPOINTS):
        record(merchant, "configuration.created", f"c{number}", {"id": f"c{number}"})
    ids = set(Event.objects.values_list("public_id", flat=True))

    for number in range(1, KILLS + 1):
        running = worker()
        wait(partial(has_received, there, DELIVERIES * number // (KILLS + 2)))
        running.send_signal(signal.SIGKILL)
        running.wait()
    last, had = worker(), len(there.requests)
    wait(partial(has_received, there, had + 1))
    began = time.monotonic()
    wait(lambda: len(set(received(there))) == len(ids) * ENDPOINTS)
    seconds = time.monotonic() - began

    counted = Counter(received(there))
    assert {id for _, id in counted} == ids
    twice = sum(counted.values()) - len(counted)
    assert twice <= KILLS * delivery.THREADS
    assert bad[-1].requests == []
    last.terminate()
    assert last.wait(60) == 0
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = used.ru_utime + used.ru_stime
    rate = (len(there.requests) - had) / seconds
    print(
        f"\n{connection.vendor}: {len(counted)} delivered, {twice} twice, {rate:.0f}/s at the end; the workers took "
        f"{cpu:.1f} s of CPU with {KILLS + 1} starts, and {used.ru_maxrss // 1024} MB at most"
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
