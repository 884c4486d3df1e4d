"""How much may be asked for: quotas in fixed windows, counted exactly in all processes together.

Where they are counted is a setting (COUNTERS). While that place cannot be reached, each process
counts for itself.
"""

import logging
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import NamedTuple, Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from catalog.counts import told_count
from catalog.errors import Refusal
from catalog.memory import when_forgetting

logger = logging.getLogger(__name__)

# What a hard call takes until it is known: so many at once, and no more, fit into what is left.
RESERVED_MILLISECONDS = 1_000
# How long a process counts for itself before it asks again.
AWAY_SECONDS = 5.0
# Above it, counts of windows that have ended go.
MOST_COUNTS = 50_000


class TooManyRequests(Refusal):
    """What may be asked for in this window is used up; `retry_after` tells the seconds until the
    next, and `limit` which limit it is.
    """

    slug = "too-many-requests"
    title = "Too many requests"
    status = 429


@dataclass(frozen=True, slots=True)
class Quota:
    """At most `most` in `window` seconds, for each that `whose` names, such as `key:7`."""

    name: str
    whose: str
    most: int
    window: int

    def policy(self) -> str:
        """Return it as an item of the header RateLimit-Policy."""
        return f'"{self.name}";q={self.most};w={self.window}'

    def sentence(self) -> str:
        """Return what is allowed."""
        return (
            f"{told_count(self.most, 'request is', 'requests are')} allowed in "
            f"{told_count(self.window, 'second')} (limit '{self.name}')."
        )


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left of a quota, negative when it is used up, and the seconds to the next window."""

    quota: Quota
    left: int
    reset: int

    def rest(self) -> str:
        """Return it as an item of the header RateLimit."""
        return f'"{self.quota.name}";r={max(0, self.left)};t={self.reset}'


class Charge(NamedTuple):
    """What a counter is to count: `more` under `name` in the window of `window` seconds that began
    at `began`.
    """

    name: str
    began: int
    window: int
    more: int


class Counters(Protocol):
    """A place where all processes count together."""

    away: tuple[type[Exception], ...]
    """What is raised while it cannot be reached."""

    def add(self, charges: Sequence[Charge]) -> Mapping[str, int]:
        """Add each charge to its counter, in one step, and return what each comes to.

        A window that began later empties the counter. What is given back to an earlier one is lost.
        """
        ...


class MemoryCounters:
    """Counters of this process alone."""

    away: tuple[type[Exception], ...] = ()

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: dict[str, tuple[int, int, int]] = {}

    def add(self, charges: Sequence[Charge]) -> Mapping[str, int]:
        """Return what each comes to."""
        told = {}
        with self._lock:
            for name, began, window, more in charges:
                before, used, _ = self._counts.get(name, (0, 0, 0))
                if began > before:
                    before, used = began, max(more, 0)
                elif began == before or more > 0:
                    used += more
                self._counts[name] = (before, used, before + window)
                told[name] = used
            if len(self._counts) > MOST_COUNTS:
                now = time.time()
                self._counts = {name: each for name, each in self._counts.items() if each[2] > now}
        return told

    def clear(self) -> None:
        """Begin anew."""
        self._counts.clear()


_own = MemoryCounters()
# Until when the place is left alone, since it could not be reached.
_away: list[float] = [0.0]
when_forgetting(_own.clear)


@cache
def _counters(path: str) -> Counters:
    made: Counters = import_string(path)()
    return made


def _add(charges: Sequence[Charge]) -> Mapping[str, int]:
    path = settings.COUNTERS
    if path is None or time.monotonic() < _away[0]:
        return _own.add(charges)
    counters = _counters(path)
    try:
        return counters.add(charges)
    except counters.away as error:
        _away[0] = time.monotonic() + AWAY_SECONDS
        logger.error("Limits hold in each process on its own for a moment: %s", error)
        return _own.add(charges)


def spend(quotas: Sequence[Quota]) -> tuple[Allowance, ...]:
    """Count one request under each quota and return what is left of each."""
    now = time.time()
    charges = [
        Charge(f"{each.name}:{each.whose}", int(now // each.window) * each.window, each.window, 1)
        for each in quotas
    ]
    used = _add(charges)
    return tuple(
        Allowance(each, each.most - used[charge.name], _seconds_to(charge, now))
        for each, charge in zip(quotas, charges, strict=True)
    )


def give_back(quotas: Iterable[Quota]) -> None:
    """Take back one request that was counted under each quota."""
    now = time.time()
    _add(
        [
            Charge(
                f"{each.name}:{each.whose}", int(now // each.window) * each.window, each.window, -1
            )
            for each in quotas
        ]
    )


def headers_of(allowances: Sequence[Allowance]) -> dict[str, str]:
    """Return the headers that tell callers what is left."""
    return {
        "RateLimit-Policy": ", ".join([each.quota.policy() for each in allowances]),
        "RateLimit": ", ".join([each.rest() for each in allowances]),
    }


def refuse_when_spent(allowances: Iterable[Allowance]) -> None:
    """Refuse with TooManyRequests when more was asked for than a window allows."""
    for each in allowances:
        if each.left < 0:
            raise TooManyRequests(
                f"{each.quota.sentence()} Wait {told_count(each.reset, 'second')}.",
                retry_after=each.reset,
                limit=each.quota.name,
            )


@contextmanager
def working(whose: str, seconds: int, window: int, headers: dict[str, str]) -> Iterator[None]:
    """Count the time that the block takes as work of `whose`, who has `seconds` in a window, and
    tell in `headers` how much is left.

    Refuses with TooManyRequests, before the block begins, where there is none.
    """
    now = time.time()
    charge = Charge(f"work:{whose}", int(now // window) * window, window, RESERVED_MILLISECONDS)
    used = _add([charge])[charge.name]
    if used - RESERVED_MILLISECONDS >= seconds * 1000:
        _add([charge._replace(more=-RESERVED_MILLISECONDS)])
        _tell(headers, seconds, window, 0, charge)
        reset = _seconds_to(charge, now)
        raise TooManyRequests(
            "Counting, completing, drawing, checking, production detail, and telling all explanations or ways "
            f"out may take {told_count(seconds, 'second')} of computing in {told_count(window, 'second')}. "
            f"Wait {told_count(reset, 'second')}; all other calls go on.",
            retry_after=reset,
            limit="work",
        )
    began = time.monotonic()
    try:
        yield
    finally:
        took = int((time.monotonic() - began) * 1000)
        used = _add([charge._replace(more=took - RESERVED_MILLISECONDS)])[charge.name]
        _tell(headers, seconds, window, seconds - -(-used // 1000), charge)


def _seconds_to(charge: Charge, now: float) -> int:
    """Return how long it is to the next window."""
    return max(1, int(charge.began + charge.window - now))


def _tell(headers: dict[str, str], seconds: int, window: int, left: int, charge: Charge) -> None:
    told = {
        "RateLimit-Policy": f'"work";q={seconds};qu="seconds";w={window}',
        "RateLimit": f'"work";r={max(0, left)};t={_seconds_to(charge, time.time())}',
    }
    for name, each in told.items():
        headers[name] = f"{headers[name]}, {each}" if name in headers else each
