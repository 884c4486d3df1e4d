"""What a server does beside its requests for its own memory: one thing after another, in a thread
of its own.

What other processes need too is a job for a worker instead (ADR 0190). In a process that does not
serve (a command, a test) the same is done at once.
"""

import logging
import threading
from collections.abc import Callable
from queue import SimpleQueue

from django.db import connections

_LOG = logging.getLogger(__name__)

type Task = Callable[[], object]


class Background:
    """A queue of tasks and the thread that does them; a task that fails is logged and hinders
    nobody.
    """

    def __init__(self) -> None:
        self._tasks: SimpleQueue[Task] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()
        self.serves = False

    def serve(self) -> None:
        """Do tasks in a thread from now on."""
        self.serves = True

    def do(self, task: Task) -> None:
        """Do `task` at once, or beside the requests where this process serves any."""
        if not self.serves:
            _done(task)
            return
        self._tasks.put(task)
        with self._lock:
            # A server that forks after it was loaded leaves the thread behind.
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._work, name="background", daemon=True)
                self._thread.start()

    def _work(self) -> None:
        while True:
            _done(self._tasks.get())
            connections.close_all()


def _done(task: Task) -> None:
    try:
        task()
    except Exception:
        _LOG.exception("A task beside the requests failed.")


background = Background()
