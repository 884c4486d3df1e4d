"""How much callers of the API may ask for: so many requests of each class, and of those that are
hard so much time.

One class does not use up what another has: who evaluates too much can still order.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings

from catalog import limits
from catalog.limits import Allowance, Quota

READ, EVALUATE, WRITE, HEAVY = "read", "evaluate", "write", "heavy"
"""Classes of operations; HEAVY ones begin work that goes on beside the request."""


def quotas_of(credential: str, address: str | None, kind: str) -> list[Quota]:
    """Return what a call of the class `kind` counts under; limits that are 0 are none."""
    window = settings.API_WINDOW_SECONDS
    most = settings.API_HEAVY_REQUESTS if kind == HEAVY else settings.API_REQUESTS
    quotas = [Quota(kind, credential, most, window)]
    if address is not None and settings.API_ADDRESS_REQUESTS:
        quotas.append(Quota("address", address, settings.API_ADDRESS_REQUESTS, window))
    return quotas


def spend(credential: str, address: str | None, kind: str) -> tuple[Allowance, ...]:
    """Count one request and return what is left."""
    return limits.spend(quotas_of(credential, address, kind))


def refuse_strangers(address: str | None) -> None:
    """Count a request without a valid credential; refuse with TooManyRequests where an address sent
    too many of them.

    Callers with a valid credential at the same address are let in all the same.
    """
    if address is not None and settings.WRONG_CREDENTIALS:
        window = settings.API_WINDOW_SECONDS
        quota = Quota("wrong-credentials", address, settings.WRONG_CREDENTIALS, window)
        limits.refuse_when_spent(limits.spend([quota]))


@contextmanager
def working(credential: str, headers: dict[str, str]) -> Iterator[None]:
    """Count the time that the block takes as work of `credential`, and tell in `headers` how much
    is left.

    Refuses with TooManyRequests, before the block begins, where there is none.
    """
    seconds, window = settings.API_WORK_SECONDS, settings.API_WINDOW_SECONDS
    with limits.working(credential, seconds, window, headers):
        yield
