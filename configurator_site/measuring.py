"""Around every request: an id that lines of the log tell, and how long the answer took."""

import secrets
import time
from collections.abc import Callable
from functools import cache

from django.http import HttpRequest, HttpResponse
from prometheus_client import Counter, Histogram

from catalog.noting import noting
from configurator.figures import REQUEST_SECONDS, REQUESTS

_METHODS = frozenset(("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"))


class Measured:
    """A middleware, the outermost one."""

    def __init__(self, inner: Callable[[HttpRequest], HttpResponse]) -> None:
        self._inner = inner

    def __call__(self, request: HttpRequest) -> HttpResponse:
        start = time.perf_counter()
        with noting(request_id=f"req_{secrets.token_hex(8)}"):
            response = self._inner(request)
        # Names of addresses, for those with keys and ids in them would be without number.
        route = request.resolver_match.view_name if request.resolver_match is not None else "none"
        method = request.method if request.method in _METHODS else "other"
        seconds, requests = _figures(route, method, response.status_code)
        seconds.observe(time.perf_counter() - start)
        requests.inc()
        return response


# As many as there are names of addresses, methods and statuses.
@cache
def _figures(route: str, method: str, status: int) -> tuple[Histogram, Counter]:
    return REQUEST_SECONDS.labels(route), REQUESTS.labels(route, method, str(status))
