"""Facts that every line of the log tells while something is done: which request it is, which event,
which job.
"""

from collections.abc import Mapping
from contextvars import ContextVar

_FACTS: ContextVar[Mapping[str, str] | None] = ContextVar("noted", default=None)


def noted() -> Mapping[str, str]:
    """Return the facts of what is being done here."""
    return _FACTS.get() or {}


class noting:
    """Have lines of the log tell `facts` while the block lasts, beside those of the blocks around
    it.
    """

    # A class, since it stands around every request: a generator takes three times the calls.
    def __init__(self, **facts: str) -> None:
        self._facts = facts

    def __enter__(self) -> None:
        self._token = _FACTS.set({**noted(), **self._facts})

    def __exit__(self, *exception: object) -> None:
        _FACTS.reset(self._token)
