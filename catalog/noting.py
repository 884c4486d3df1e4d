"""Facts that every line of the log tells while something is done: which request it is, which event,
which job.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar

_FACTS: ContextVar[Mapping[str, str] | None] = ContextVar("noted", default=None)


def noted() -> Mapping[str, str]:
    """Return the facts of what is being done here."""
    return _FACTS.get() or {}


@contextmanager
def noting(**facts: str) -> Iterator[None]:
    """Have lines of the log tell `facts` while the block lasts, beside those of the blocks around
    it.
    """
    token = _FACTS.set({**noted(), **facts})
    try:
        yield
    finally:
        _FACTS.reset(token)
