"""How far the job that is being carried out has come, told by its task and kept with the job."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

PAUSE_SECONDS = 1.0
"""Progress that is told more often than that is written at the next telling after it."""
MOST_TOLD = 200


class _Telling:
    """What one attempt at a job tells; `rows` are the job as long as this attempt has it."""

    def __init__(self, rows: Any) -> None:
        self.rows = rows
        self.written = float("-inf")
        self.waiting: dict[str, Any] = {}

    def tell(self, facts: dict[str, Any]) -> None:
        self.waiting = facts
        if time.monotonic() - self.written >= PAUSE_SECONDS:
            self.write()

    def write(self) -> None:
        if self.waiting:
            self.rows.update(**self.waiting)
            self.written, self.waiting = time.monotonic(), {}


_telling: ContextVar[_Telling | None] = ContextVar("telling", default=None)


def tell(sentence: str, done: int | None = None, total: int | None = None) -> None:
    """Tell that the job which runs here has `done` so many of `total`, and in words what it is at.

    Outside a job nothing happens. Inside a transaction of the task others read it when that ends.
    """
    telling = _telling.get()
    if telling is not None:
        telling.tell({"stage": sentence[:MOST_TOLD], "done": done, "total": total})


@contextmanager
def telling(rows: Any) -> Iterator[None]:
    """Keep what is told within the block in `rows`, a query set of the job; what was told last in
    any case.
    """
    found = _Telling(rows)
    token = _telling.set(found)
    try:
        yield
    finally:
        _telling.reset(token)
        found.write()
