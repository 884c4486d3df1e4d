"""What a click costs: CPU of an option-select round trip, beside a bare view and a bare template of
the same process.

    python benchmarks/select.py

Everything runs in this process through the WSGI handler with the middleware of the settings: no
network, no server. The cases take turns in rounds, and the median of the rounds counts, so that a
busy machine slows all of them alike. Prints one line a case with microseconds of CPU and the ratio
to the bare view, and how many statements a click sends to the database. Ends with status 1 when a
goal is missed.
"""

import os
import sys

# The folder of this file must not be searched for modules: Python has one of its own with this
# file's name.
sys.path[0] = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))  # noqa: PTH100, PTH120 (pathlib comes later)

import itertools  # noqa: E402
import statistics  # noqa: E402
import tempfile  # noqa: E402
import time  # noqa: E402
from collections.abc import Callable  # noqa: E402
from dataclasses import dataclass  # noqa: E402
from io import BytesIO  # noqa: E402
from typing import Any  # noqa: E402
from urllib.parse import urlencode  # noqa: E402

ROUNDS, CALLS = 11, 60
HOST = "shop.example"
MEASURES, SWITCHES, LISTS, CHOICES = 4, 3, 3, 38


@dataclass(frozen=True)
class Request:
    """A request that can be sent again and again."""

    method: str
    path: str
    body: bytes = b""
    media_type: str = "application/x-www-form-urlencoded"
    headers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Case:
    """Something to measure: `request` gives the next request, `limit` the most it may cost beside
    the bare view.
    """

    name: str
    request: Callable[[], Request]
    limit: float | None = None
    template_limit: float | None = None


def product() -> dict[str, Any]:
    """Return a product of 48 options in one step, with rules between them and a price on every
    value.
    """
    options: list[dict[str, Any]] = [
        {
            "key": f"choice_{index}",
            "kind": "choice",
            "label": f"Choice {index}",
            "group": "all",
            "default": "a",
            "values": [
                {"key": key, "label": f"Value {key}", "swatch": "#9fb49c"} for key in "abcd"
            ],
        }
        for index in range(CHOICES)
    ]
    options += [
        {
            "key": f"measure_{index}",
            "kind": "number",
            "label": f"Measure {index}",
            "group": "all",
            "default": 500,
            "number": {"first": 100, "last": 99_000, "unit": "mm"},
        }
        for index in range(MEASURES)
    ]
    options += [
        {"key": f"switch_{index}", "kind": "boolean", "label": f"Switch {index}", "group": "all"}
        for index in range(SWITCHES)
    ]
    options += [
        {
            "key": f"list_{index}",
            "kind": "multi",
            "label": f"List {index}",
            "group": "all",
            "required": False,
            "values": [{"key": key, "label": f"Extra {key}"} for key in "abc"],
        }
        for index in range(LISTS)
    ]
    rules = [
        {
            "key": f"rule_{index}",
            "when": f"choice_{index} == d",
            "then": f"choice_{index + 1} != d",
            "message": f"Choice {index} does not go with its neighbour.",
        }
        for index in range(0, CHOICES - 1, 2)
    ]
    prices: list[dict[str, Any]] = [{"key": "base", "label": "Base", "amount": 500}]
    prices += [
        {
            "key": f"price_{index}",
            "label": f"Choice {index}",
            "option": f"choice_{index}",
            "amounts": {"a": 0, "b": 5, "c": 12.5, "d": 40},
        }
        for index in range(CHOICES)
    ]
    prices += [
        {"key": f"length_{index}", "label": f"Measure {index}", "amount": f"measure_{index} / 100"}
        for index in range(MEASURES)
    ]
    return {
        "product": "forty-eight",
        "name": "Forty-eight options",
        "steps": [{"key": "all", "label": "All", "groups": [{"key": "all", "label": "All"}]}],
        "options": options,
        "rules": rules,
        "price_lines": prices,
    }


# ---- the process ---------------------------------------------------------------------------------


def set_up(folder: str) -> None:
    """Make this process a production server with an empty database in memory."""
    os.environ.update(
        {
            "DJANGO_SETTINGS_MODULE": "configurator_site.settings",
            "SECRET_KEY": "a secret for measuring, of more than fifty characters in all",
            "ALLOWED_HOSTS": HOST,
            "DATABASE_URL": "sqlite:///:memory:",
            "DATA_DIR": folder,
            "LOG_LEVEL": "ERROR",
            # More calls than one key has in a minute, or refusals would be measured.
            "API_REQUESTS_PER_MINUTE": "1000000",
        }
    )
    os.environ.pop("DEBUG", None)
    import django
    from django.conf import settings

    django.setup()
    # Hashed names of static files need `collectstatic` first; plain ones cost the same in a page.
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    settings.ROOT_URLCONF = __name__
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def add_addresses() -> None:
    """Add the two views that everything is measured against to the addresses of the site."""
    from django.http import HttpRequest, HttpResponse
    from django.template import engines
    from django.urls import path

    from configurator_site import urls

    template = engines["django"].from_string("<p>{{ word }}</p>")

    def bare(request: HttpRequest) -> HttpResponse:
        return HttpResponse("<p>word</p>")

    def bare_template(request: HttpRequest) -> HttpResponse:
        return HttpResponse(template.render({"word": "word"}, request))

    globals()["urlpatterns"] = [
        path("bare/", bare),
        path("template/", bare_template),
        *urls.urlpatterns,
    ]


class Server:
    """The WSGI application, called directly."""

    def __init__(self) -> None:
        from django.core.wsgi import get_wsgi_application

        self.application = get_wsgi_application()

    def answer(self, request: Request) -> tuple[str, bytes]:
        path, _mark, query = request.path.partition("?")
        environ = {
            "REQUEST_METHOD": request.method,
            "SCRIPT_NAME": "",
            "PATH_INFO": path,
            "QUERY_STRING": query,
            "SERVER_NAME": HOST,
            "SERVER_PORT": "443",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "192.0.2.1",
            "HTTP_HOST": HOST,
            "CONTENT_TYPE": request.media_type,
            "CONTENT_LENGTH": str(len(request.body)),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "https",
            "wsgi.input": BytesIO(request.body),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            **{f"HTTP_{name.upper().replace('-', '_')}": value for name, value in request.headers},
        }
        status: list[str] = []

        def start_response(
            line: str, headers: Any, exc_info: Any = None
        ) -> Callable[[bytes], object]:
            status.append(line)
            return lambda content: None

        response = self.application(environ, start_response)
        content = b"".join(response)
        response.close()
        return status[0], content


def checked(server: Server, request: Request) -> bytes:
    status, content = server.answer(request)
    if not status.startswith("200"):
        sys.exit(
            f"{request.method} {request.path} answered {status}: {content[:500].decode(errors='replace')}"
        )
    return content


# ---- the cases -----------------------------------------------------------------------------------


def widget_cases(server: Server) -> list[Case]:
    """Return the clicks: to a state that was seen before, and to states that nobody has seen."""
    from tests.embed import HTMX, OURS, read_page

    path = "/embed/workshop/forty-eight/"
    headers = tuple(
        (name.removeprefix("HTTP_").replace("_", "-"), value)
        for name, value in {**HTMX, **OURS}.items()
    )

    class Answer:
        def __init__(self, content: bytes) -> None:
            self.content = content

    page = read_page(Answer(checked(server, Request("GET", path))))  # type: ignore[arg-type]

    def click(**inputs: str) -> Request:
        changed = {f"o.{key}": value for key, value in inputs.items()}
        fields = [(name, changed.get(name, value)) for name, value in page.fields]
        return Request("POST", path, urlencode(fields).encode(), headers=headers)

    seen = click(choice_7="c")
    checked(server, seen)
    numbers = itertools.count(1_000)
    letters = itertools.cycle("bcd")
    return [
        Case("option-select, a state seen before", lambda: seen, limit=4.0, template_limit=3.0),
        Case(
            "option-select, a new state",
            lambda: click(
                **{
                    f"measure_{next(numbers) % MEASURES}": str(next(numbers)),
                    "choice_3": next(letters),
                }
            ),
        ),
        Case("first page, a state seen before", lambda: Request("GET", path)),
    ]


def api_cases(server: Server, merchant: Any) -> list[Case]:
    """Return the same question asked by a server with a key."""
    from integrations.access.operations import create_api_key
    from integrations.access.scopes import SCOPES

    _row, secret = create_api_key(merchant, "Benchmark", tuple(SCOPES))
    question = Request(
        "POST",
        "/api/v1/products/forty-eight/evaluate",
        b'{"choices": {"choice_3": "b"}, "changes": {"choice_7": "c"}}',
        media_type="application/json",
        headers=(("Authorization", f"Bearer {secret}"),),
    )
    return [Case("evaluate API with key, a state seen before", lambda: question, limit=2.5)]


def statements(server: Server, request: Request) -> int:
    """Return how many statements answering `request` sends to the database."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        checked(server, request)
    return len(captured)


def measured(server: Server, cases: list[Case]) -> dict[str, float]:
    """Return microseconds of CPU of each case: the median of rounds in which the cases take turns."""
    spent: dict[str, list[float]] = {case.name: [] for case in cases}
    for each in range(ROUNDS + 1):
        for case in cases:
            requests = [case.request() for _call in range(CALLS)]
            start = time.process_time_ns()
            for request in requests:
                server.answer(request)
            used = (time.process_time_ns() - start) / CALLS / 1_000
            if each:
                spent[case.name].append(used)
    return {name: statistics.median(each) for name, each in spent.items()}


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        set_up(folder)
        from catalog.product_model import read
        from tests.factories import make_merchant, make_version

        add_addresses()
        merchant = make_merchant("workshop")
        make_version(merchant, read(product()))
        server = Server()
        clicks = widget_cases(server)
        bare = Case("bare view", lambda: Request("GET", "/bare/"))
        template = Case("bare template", lambda: Request("GET", "/template/"))
        cases = [bare, template, *clicks, *api_cases(server, merchant)]
        for case in cases:
            checked(server, case.request())
        costs = measured(server, cases)
        queries = statements(server, clicks[0].request())
    return report(cases, costs, queries)


def report(cases: list[Case], costs: dict[str, float], queries: int) -> int:
    """Print what was measured beside the goals; return 1 when one is missed."""
    unit, template = costs["bare view"], costs["bare template"]
    print(f"{'CPU in one process':<44}{'µs':>9}{'× bare':>9}{'× template':>12}  goal")
    missed = 0
    for case in cases:
        cost = costs[case.name]
        goals = []
        for limit, against, word in (
            (case.limit, unit, "bare"),
            (case.template_limit, template, "template"),
        ):
            if limit is not None:
                is_met = cost <= limit * against
                missed += not is_met
                goals.append(f"≤ {limit}× {word}: {'met' if is_met else 'MISSED'}")
        print(
            f"{case.name:<44}{cost:>9.0f}{cost / unit:>9.2f}{cost / template:>12.2f}  {', '.join(goals)}"
        )
    # The one asks whether a price has changed (docs/adr/0090).
    is_met = queries <= 1
    missed += not is_met
    print(
        f"{'database statements of a warm click':<44}{queries:>9}{'':>21}  ≤ 1: {'met' if is_met else 'MISSED'}"
    )
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
