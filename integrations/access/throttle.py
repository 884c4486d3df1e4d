"""How much a credential may ask for: so many requests in a fixed window, and of those that are hard
so much time.

Both are counted with one step of a counter.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache

from catalog.counts import told_count
from integrations.access.errors import TooManyRequests

REQUESTS, WORK = "credential", "work"
# What a hard call takes until it is known: so many at once, and no more, fit into what is left.
RESERVED_MILLISECONDS = 1_000


@dataclass(frozen=True)
class Allowance:
    """What is left of a window: `limit` requests in `window` seconds, `left` of them, `reset`
    seconds to the next.

    Of the class WORK both are seconds of computing.
    """

    limit: int
    window: int
    left: int
    reset: int
    name: str = REQUESTS

    def headers(self) -> dict[str, str]:
        """Return the RateLimit headers that tell this to the caller."""
        unit = "" if self.name == REQUESTS else ';qu="seconds"'
        return {
            "RateLimit-Policy": f'"{self.name}";q={self.limit}{unit};w={self.window}',
            "RateLimit": f'"{self.name}";r={max(0, self.left)};t={self.reset}',
        }


def spend(credential: str) -> Allowance:
    """Count one request of `credential` and return what is left; `left` is negative when the window
    is used up.
    """
    limit, window = settings.API_REQUESTS, settings.API_WINDOW_SECONDS
    number, reset = _window()
    return Allowance(limit, window, limit - _counted(f"requests:{credential}:{number}", 1), reset)


def refuse_when_spent(allowance: Allowance) -> None:
    """Refuse with TooManyRequests when more was asked for than the window allows."""
    if allowance.left < 0:
        raise TooManyRequests(
            f"{told_count(allowance.limit, 'request is', 'requests are')} allowed in "
            f"{told_count(allowance.window, 'second')}. Wait {told_count(allowance.reset, 'second')}.",
            retry_after=allowance.reset,
        )


@contextmanager
def working(credential: str, headers: dict[str, str]) -> Iterator[None]:
    """Count the time that the block takes as work of `credential`, and tell in `headers` how much
    is left.

    Refuses with TooManyRequests, before the block begins, where there is none.
    """
    limit, window = settings.API_WORK_SECONDS, settings.API_WINDOW_SECONDS
    number, reset = _window()
    name = f"work:{credential}:{number}"
    used = _counted(name, RESERVED_MILLISECONDS)
    if used - RESERVED_MILLISECONDS >= limit * 1000:
        _counted(name, -RESERVED_MILLISECONDS)
        _tell(Allowance(limit, window, 0, reset, WORK), headers)
        raise TooManyRequests(
            "Counting, completing, drawing, production detail, and telling all explanations or ways "
            f"out may take {told_count(limit, 'second')} of computing in {told_count(window, 'second')}. "
            f"Wait {told_count(reset, 'second')}; all other calls go on.",
            retry_after=reset,
        )
    began = time.monotonic()
    try:
        yield
    finally:
        took = int((time.monotonic() - began) * 1000)
        used = _counted(name, took - RESERVED_MILLISECONDS)
        _tell(Allowance(limit, window, limit - -(-used // 1000), reset, WORK), headers)


def _tell(allowance: Allowance, headers: dict[str, str]) -> None:
    for name, told in allowance.headers().items():
        headers[name] = f"{headers[name]}, {told}" if name in headers else told


def _window() -> tuple[int, int]:
    """Return the number of the present window, and the seconds to the next."""
    window = settings.API_WINDOW_SECONDS
    now = time.time()
    number = int(now // window)
    return number, max(1, int((number + 1) * window - now))


def _counted(name: str, more: int) -> int:
    """Add `more` to a counter of this window and return what it comes to."""
    try:
        return int(cache.incr(name, more))
    except ValueError:
        # Two first requests at once may both come here; `add` lets one of them begin the count.
        return (
            more
            if cache.add(name, more, settings.API_WINDOW_SECONDS + 5)
            else int(cache.incr(name, more))
        )
