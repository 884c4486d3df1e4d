"""Celery as the transport of work: its messages say "look", and what there is to do stays in rows
of ours (ADR 0188).

    celery -A catalog.jobs.on_celery worker --pool threads --concurrency 10

Set CELERY_BROKER_URL for it, and nothing else changes: whoever writes a row sends a message for
each source of work, and a worker that gets one claims what is due there until there is none. A
message that is lost, comes twice or belongs to a worker that was killed does no harm: each worker
also looks by itself, every second.
"""

import logging
import os
import secrets
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import django
from celery import Celery, signals
from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, connection
from kombu import Queue
from kombu.exceptions import KombuError

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "configurator_site.settings")
if not apps.models_ready:
    # Celery imports this file first of all.
    django.setup()

from catalog.jobs import running, worker

_LOG = logging.getLogger(__name__)

TICK_SECONDS = 1.0
"""A worker sees so often for itself what has become due: retries, and what a dead worker had."""
AWAY_SECONDS = 10.0
"""A broker that did not answer is left alone for so long; workers find what is due without it."""
MOST_IN_A_ROW = 200
"""Pieces of work that one message may lead to; then the others of the queue have their turn."""

app = Celery("configurator", set_as_current=False)
app.config_from_object(
    {
        "broker_url": settings.CELERY_BROKER_URL or "memory://",
        "broker_transport_options": settings.CELERY_TRANSPORT_OPTIONS,
        "broker_connection_retry_on_startup": True,
        "task_ignore_result": True,
        "task_create_missing_queues": True,
        # A message is about nothing that could be lost, so it is done with when somebody has it.
        "task_acks_late": False,
        "worker_prefetch_multiplier": 1,
        "worker_hijack_root_logger": False,
        "worker_send_task_events": False,
    }
)


def queue_of(source: str) -> str:
    """Return the name of the queue whose messages say that a source of work has some."""
    return f"configurator.{source}"


def _look(source: str) -> int:
    """Do what is due at a source of work until there is none, and return how much that was."""
    found = worker.source_called(source)
    if found is None:
        _LOG.warning("There is no source of work called '%s' here.", source)
        return 0
    name, done = f"celery:{socket.gethostname()[:60]}:{os.getpid()}:{secrets.token_hex(4)}", 0
    # A thread that Celery lends us keeps its connection, so what was closed meanwhile is let go
    # first.
    worker.let_go()
    with _renewing(name):
        while done < MOST_IN_A_ROW and not _is_ending.is_set() and (works := found.claim(1, name)):
            for work in works:
                worker.do(work)
                done += 1
    if done == MOST_IN_A_ROW:
        send(source)
    return done


look = app.task(_look, name="configurator.look")


@contextmanager
def _renewing(name: str) -> Iterator[None]:
    """Let jobs that are claimed under `name` stay its own as long as the block takes, however long
    that is.
    """
    over = threading.Event()

    def renew() -> None:
        while not over.wait(worker.BEAT_SECONDS):
            try:
                running.renew(name)
            except DatabaseError as error:
                _LOG.warning("Leases could not be renewed: %s", error)
        connection.close()

    thread = threading.Thread(target=renew, name="renewing", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()


# -- sending

_away_until = 0.0


def send(source: str) -> None:
    """Tell a Celery worker that there may be work; a broker that is away is told to the log, and
    nothing is lost.
    """
    global _away_until
    if time.monotonic() < _away_until:
        return
    try:
        look.apply_async((source,), queue=queue_of(source), retry=False)
    except (OSError, KombuError) as error:
        _away_until = time.monotonic() + AWAY_SECONDS
        _LOG.warning(
            "The broker does not answer, so work waits until a worker looks by itself: %s", error
        )


def send_all() -> None:
    """Tell Celery workers that there may be work at any of its sources."""
    for source in worker.source_names():
        send(source)


# -- what each worker does by itself

# Set once a worker is asked to end: what it began it finishes, and leaves the rest to others.
_is_ending = threading.Event()


def _end(**_: Any) -> None:
    _is_ending.set()


def _take_all_queues(conf: Any = None, **_: Any) -> None:
    conf.task_queues = [Queue(queue_of(each)) for each in worker.source_names()]


def _tick(sender: Any = None, **_: Any) -> None:
    threading.Thread(target=_tick_on, name="tick", daemon=True).start()


signals.celeryd_init.connect(_take_all_queues)
signals.worker_ready.connect(_tick)
signals.worker_shutting_down.connect(_end)


def _tick_on() -> None:
    """Beat as any worker does, so that pages tell that one lives, and have what became due looked
    for.
    """
    beat = worker.Beat(f"celery:{socket.gethostname()[:60]}:{os.getpid()}")
    while True:
        try:
            beat.beat_if_due()
            send_all()
        except DatabaseError as error:
            _LOG.warning("The worker waits, the database does not answer: %s", error)
            connection.close()
        time.sleep(TICK_SECONDS)
