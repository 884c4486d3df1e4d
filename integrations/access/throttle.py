"""How much a credential may ask for: so many requests in a fixed window, counted with one step of a counter."""

import time
from dataclasses import dataclass

from django.conf import settings
from django.core.cache import cache

from integrations.access.errors import TooManyRequests


@dataclass(frozen=True)
class Allowance:
    """What is left of a window: `limit` requests in `window` seconds, `left` of them, `reset` seconds to the next."""

    limit: int
    window: int
    left: int
    reset: int

    def headers(self) -> dict[str, str]:
        """Return the RateLimit headers that tell this to the caller."""
        return {
            "RateLimit-Policy": f'"credential";q={self.limit};w={self.window}',
            "RateLimit": f'"credential";r={max(0, self.left)};t={self.reset}',
        }


def spend(credential: str) -> Allowance:
    """Count one request of `credential` and return what is left; `left` is negative when the window is used up."""
    limit, window = settings.API_REQUESTS, settings.API_WINDOW_SECONDS
    now = time.time()
    number = int(now // window)
    name = f"requests:{credential}:{number}"
    try:
        used = cache.incr(name)
    except ValueError:
        # Two first requests at once may both come here; `add` lets one of them begin the count.
        used = 1 if cache.add(name, 1, window + 5) else cache.incr(name)
    return Allowance(limit, window, limit - used, max(1, int((number + 1) * window - now)))


def refuse_when_spent(allowance: Allowance) -> None:
    """Refuse with TooManyRequests when more was asked for than the window allows."""
    if allowance.left < 0:
        raise TooManyRequests(
            f"{allowance.limit} requests in {allowance.window} seconds are allowed. Wait {allowance.reset} seconds.",
            retry_after=allowance.reset,
        )
