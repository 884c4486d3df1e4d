"""kill -9 of workers in the midst of their work, beside receivers of every bad sort: every event
arrives, few twice.

At its full size by environment variables, such as CRASH_DELIVERIES=3000 CRASH_KILLS=10, and
CRASH_ALONE=1 without the bad receivers; with `-s` it tells the rate.
"""

import os
import resource
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
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
from tests.integrations.egress.receiver import (
    Receiver,
    dripping,
    endless,
    hanging,
    receiver,
    saying,
)

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


type Start = Callable[[], subprocess.Popen[bytes]]

LOOP = ("manage.py", "worker")
CELERY = (
    *("-m", "celery", "-A", "catalog.jobs.on_celery", "worker", "--pool", "threads"),
    *(
        "--concurrency",
        str(delivery.THREADS),
        "--without-gossip",
        "--without-mingle",
        "--loglevel",
        "ERROR",
    ),
)


@contextmanager
def broker(folder: Path) -> Iterator[str]:
    """Start a Redis of its own and return its URL; where none is installed, one of files."""
    if (program := shutil.which("redis-server")) is None:
        (folder / "messages" / "control").mkdir(parents=True)
        yield "filesystem://"
        return
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    command = [program, "--port", port, "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as running:
        try:
            wait(partial(answers, int(port)))
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            running.terminate()


def answers(port: int) -> bool:
    with socket.socket() as there:
        return there.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(params=[LOOP, CELERY], ids=["loop", "celery"])
def worker(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Start]:
    """Start workers of both sorts on the database of this test, or on a copy of it where it lies in
    memory.
    """
    with broker(tmp_path) if request.param is CELERY else nullcontext("") as broker_url:
        yield from workers(request.param, broker_url, tmp_path)


def workers(command: tuple[str, ...], broker_url: str, tmp_path: Path) -> Iterator[Start]:
    started: list[subprocess.Popen[bytes]] = []
    url = _url(tmp_path / "db.sqlite3")
    environment = {
        **os.environ,
        "DEBUG": "1",
        "DJANGO_SETTINGS_MODULE": "configurator_site.settings",
        "CELERY_BROKER_URL": broker_url,
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
        whole = [sys.executable, *command]
        started.append(
            subprocess.Popen(
                whole, cwd=settings.BASE_DIR, env=environment, stdout=subprocess.DEVNULL
            )
        )
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
    """Receivers that no good one may have to wait for; the last is where the first sends its
    callers to.
    """
    with ExitStack() as stack:
        target = stack.enter_context(receiver(saying(200)))
        moved = saying(307, f"Location: {target.url}\r\n")
        yield [
            *(
                stack.enter_context(receiver(each))
                for each in (moved, hanging, dripping, endless, saying(500))
            ),
            target,
        ]


def test_all_is_delivered_beside_bad_receivers_and_however_often_the_worker_is_killed(
    there: Receiver, bad: list[Receiver], worker: Start
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
