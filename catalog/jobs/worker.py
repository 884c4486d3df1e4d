"""The loop that does what waits: it claims no more than it has threads for, from every source of
work there is.

Jobs are one source; rooms further left register others. Several workers may run at once, on one
machine or on many.
"""

import logging
import os
import secrets
import socket
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import DatabaseError, close_old_connections, connection

from catalog.jobs import clock, running
from catalog.jobs.models import Worker
from catalog.jobs.periodic import ask_for_due

_LOG = logging.getLogger(__name__)

type Work = Callable[[], object]

BEAT_SECONDS = 5.0
LOOK_SECONDS = 0.5
"""A worker looks for work so often; work that was asked for in its own process is seen at once."""
PAUSE_SECONDS = 0.02
"""Between two claims, so that what several threads ended meanwhile is made up for by one."""
TROUBLE_SECONDS = 2.0
STOP_SECONDS = 25.0
SILENT = timedelta(seconds=60)
"""A worker that was not heard of for so long counts as gone."""


@dataclass(frozen=True)
class Source:
    """A place that work comes from: `claim` leases up to so many pieces of it to the worker of that
    name.
    """

    name: str
    threads: int
    claim: Callable[[int, str], Sequence[Work]]


_SOURCES: dict[str, Source] = {}
_told: list[Callable[[], None]] = []
_awake = threading.Event()


def register(source: Source) -> None:
    """Have workers take work from `source`, too; rooms do so when they are ready."""
    _SOURCES[source.name] = source


def source_called(name: str) -> Source | None:
    """Return a source of work by its name."""
    return _SOURCES.get(name)


def source_names() -> list[str]:
    """Return the names of all sources of work."""
    return list(_SOURCES)


def when_waking(tell: Callable[[], None]) -> None:
    """Have `tell` called whenever there may be work, so that workers elsewhere hear of it at once."""
    _told.append(tell)


def wake() -> None:
    """Let the worker of this process, if there is one, look for work at once, and whoever else
    wants to hear of it.
    """
    _awake.set()
    for tell in _told:
        tell()


def last_heard() -> datetime | None:
    """Return when any worker was heard of last, None if never."""
    moment: datetime | None = (
        Worker.objects.order_by("-seen_at").values_list("seen_at", flat=True).first()
    )
    return moment


def is_any_alive() -> bool:
    """Tell whether some worker was heard of lately."""
    heard = last_heard()
    return heard is not None and heard > clock.now() - SILENT


class Lanes:
    """The threads of one source, and how many of them are at work."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self._pool = ThreadPoolExecutor(source.threads, thread_name_prefix=source.name)
        self._lock = threading.Lock()
        self._busy = 0

    @property
    def free(self) -> int:
        with self._lock:
            return self.source.threads - self._busy

    def fill(self, worker: str) -> int:
        """Claim what the free threads can do, let them do it, and return how much that is."""
        works = self.source.claim(free, worker) if (free := self.free) else ()
        with self._lock:
            self._busy += len(works)
        for work in works:
            self._pool.submit(self._do, work)
        return len(works)

    def _do(self, work: Work) -> None:
        try:
            do(work)
        finally:
            with self._lock:
                self._busy -= 1
            _awake.set()

    def close(self, until: float) -> bool:
        """Take no more work; tell whether what was begun has ended before `until`, a monotonic
        time.
        """
        while self.free < self.source.threads and time.monotonic() < until:
            time.sleep(0.02)
        is_idle = self.free == self.source.threads
        self._pool.shutdown(wait=is_idle, cancel_futures=True)
        return is_idle


class Beat:
    """The signs of life of a worker: that it is there, that its jobs are still its own, and what is
    due again.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._next = 0.0

    def beat_if_due(self) -> None:
        """Beat where it is time for it."""
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + BEAT_SECONDS
        close_old_connections()
        now = clock.now()
        Worker.objects.update_or_create(
            name=self.name,
            defaults={"seen_at": now},
            create_defaults={"seen_at": now, "started_at": now},
        )
        running.renew(self.name)
        ask_for_due(now)


class Loop:
    """A worker: beats, asks for what is due again, and fills its lanes, until it is stopped."""

    def __init__(self) -> None:
        self.name = f"{socket.gethostname()[:60]}:{os.getpid()}:{secrets.token_hex(4)}"
        self._lanes = [Lanes(source) for source in _SOURCES.values()]
        self._stopping = threading.Event()
        self._beat = Beat(self.name)

    def run(self) -> None:
        """Work until `stop`; a database that does not answer is asked again in a while."""
        while not self._stopping.is_set():
            _awake.clear()
            try:
                found = self.turn()
            except DatabaseError as error:
                _LOG.warning("The worker waits, the database does not answer: %s", error)
                connection.close()
                self._stopping.wait(TROUBLE_SECONDS)
                continue
            if found:
                self._stopping.wait(PAUSE_SECONDS)
            else:
                _awake.wait(LOOK_SECONDS)
        self._end()

    def turn(self) -> int:
        """Beat where it is time for it, claim what there is to do, and return how much that is."""
        self._beat.beat_if_due()
        return sum(lanes.fill(self.name) for lanes in self._lanes)

    def stop(self) -> None:
        """Take no more work; `run` returns when what was begun has ended."""
        self._stopping.set()
        _awake.set()

    def _end(self) -> None:
        until = time.monotonic() + STOP_SECONDS
        idle = [lanes.close(until) for lanes in self._lanes]
        if not all(idle):
            _LOG.warning("The worker ends in the midst of its work; another one takes it up again.")
        try:
            Worker.objects.filter(name=self.name).delete()
        except DatabaseError:
            _LOG.warning("The worker could not sign off, the database does not answer.")
        connection.close()


def start_beside() -> Loop:
    """Start a worker in a thread of this process and return it; the thread ends with the process."""
    loop = Loop()
    threading.Thread(target=loop.run, name="worker", daemon=True).start()
    return loop


def work_off(most: int = 1_000) -> int:
    """Do all that is due, here and now, and return how much that was: for tests, and for `worker
    --once`.
    """
    name, done = f"once:{secrets.token_hex(4)}", 0
    while done < most:
        works = [
            work for source in _SOURCES.values() for work in source.claim(source.threads, name)
        ]
        if not works:
            break
        for work in works:
            do(work, is_own=False)
        done += len(works)
    return done


def do(work: Work, is_own: bool = True) -> None:
    """Do a piece of work; what it raises is logged, for nobody waits here. `is_own` says that the
    thread is ours.
    """
    try:
        work()
    except Exception:
        _LOG.exception("Work beside the requests failed.")
    finally:
        if is_own:
            let_go()


def let_go() -> None:
    """Let go of connections that were closed or are old; whoever calls this inside a transaction
    keeps theirs.
    """
    if connection.in_atomic_block:
        return
    try:
        close_old_connections()
    except DatabaseError:
        connection.close()
