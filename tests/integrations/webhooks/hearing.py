"""A merchant's receivers for tests: what they answer, what they were sent, and a time that tests
set.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest

from catalog.jobs import clock
from catalog.jobs.worker import work_off
from catalog.models import Merchant
from integrations.egress.client import Answer, Unreachable
from integrations.webhooks import delivery
from integrations.webhooks.models import Endpoint
from integrations.webhooks.operations import Wish, make_endpoint

URL = "http://127.0.0.1:9/"
TAKEN = Answer(204, {}, b"")


@dataclass
class Hearing:
    """Receivers by their names: `answers` says what each answers next, `sent` what each was sent."""

    answers: dict[str, Answer | Exception] = field(default_factory=dict)
    sent: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    headers: list[Mapping[str, str]] = field(default_factory=list)
    moment: datetime = field(default_factory=lambda: datetime(2026, 11, 2, 9, 30, tzinfo=UTC))

    def post(
        self, url: str, body: bytes, headers: Mapping[str, str], seconds: float, **_: Any
    ) -> Answer:
        name = url.removeprefix(URL)
        self.sent.setdefault(name, []).append(orjson.loads(body))
        self.headers.append(headers)
        answer = self.answers.get(name, TAKEN)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def now(self) -> datetime:
        return self.moment

    def goes_on(self, **passed: float) -> None:
        """Let time pass, and do what has become due."""
        self.moment += timedelta(**passed)
        work_off()

    def types(self, name: str) -> list[str]:
        return [each["type"] for each in self.sent.get(name, [])]


def answering(status: int, **headers: str) -> Answer:
    return Answer(
        status, {name.replace("_", "-"): value for name, value in headers.items()}, b"told"
    )


NOBODY = Unreachable("No connection: refused.")


@pytest.fixture
def hearing(monkeypatch: pytest.MonkeyPatch) -> Hearing:
    found = Hearing()
    monkeypatch.setattr(delivery, "post", found.post)
    monkeypatch.setattr(clock, "now", found.now)
    monkeypatch.setattr(delivery.random, "random", lambda: 0.5)
    return found


@pytest.fixture
def endpoint_of() -> Callable[..., Endpoint]:
    def make(merchant: Merchant, name: str = "erp", **wish: Any) -> Endpoint:
        endpoint, _ = make_endpoint(merchant, Wish(name=name, url=URL + name, **wish))
        return endpoint

    return make
