"""How much shoppers of one address may ask for: pages and clicks, configurations and files kept, and
time of completing and of reading files.
"""

from contextlib import AbstractContextManager, nullcontext

from django.conf import settings
from django.http import HttpRequest

from catalog import limits
from catalog.client_addresses import counted_address
from catalog.limits import Quota

_WINDOW = 60


def admit(request: HttpRequest) -> None:
    """Count a page or a click; refuse with TooManyRequests where there were too many."""
    _count(request, "widget", settings.WIDGET_REQUESTS)


def admit_save(request: HttpRequest) -> None:
    """Count a configuration that is kept; refuse with TooManyRequests where there were too many."""
    _count(request, "widget-saves", settings.WIDGET_SAVES)


def working(request: HttpRequest) -> AbstractContextManager[None]:
    """Count the time that the block takes; refuse with TooManyRequests, before it begins, where
    none is left.
    """
    address = counted_address(request.META)
    if address is None:
        return nullcontext()
    return limits.working(f"shopper:{address}", settings.WIDGET_WORK_SECONDS, _WINDOW, {})


def uploading(request: HttpRequest) -> AbstractContextManager[None]:
    """Count a file that is kept, and the time that the block takes; refuse as `working` does."""
    _count(request, "widget-uploads", settings.WIDGET_SAVES)
    return working(request)


def _count(request: HttpRequest, name: str, most: int) -> None:
    address = counted_address(request.META)
    if address is not None and most:
        limits.refuse_when_spent(limits.spend([Quota(name, address, most, _WINDOW)]))
