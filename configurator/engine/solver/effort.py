"""What answers took: questions to the solver and how hard they were, and answers that were known
already.

Counted where somebody listens, and only for who does: other threads count for themselves. Counts
are of the work that was done, which depends on what was asked before; the answers never do.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass


@dataclass
class Effort:
    """How often a solver was asked, and how hard that was; how many answers were made, and how many
    remembered.
    """

    solver_calls: int = 0
    conflicts: int = 0
    propagations: int = 0
    made: int = 0
    remembered: int = 0


_listening: ContextVar[Effort | None] = ContextVar("effort", default=None)


def effort() -> Effort | None:
    """Return the counts to add to, None while nobody listens."""
    return _listening.get()


@contextmanager
def counted() -> Iterator[Effort]:
    """Count what is done within."""
    counts = Effort()
    token = _listening.set(counts)
    try:
        yield counts
    finally:
        _listening.reset(token)
