"""A shop whose automations call receivers of tests, at a time that tests set."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from catalog.models import Merchant
from integrations.automations import running
from integrations.automations.models import Automation
from integrations.automations.operations import Wish, make_automation
from tests.api import make_shop
from tests.integrations.webhooks.hearing import Hearing, endpoint_of, hearing

__all__ = ["endpoint_of", "hearing"]


@pytest.fixture
def shop(db: None) -> Merchant:
    return make_shop()


@pytest.fixture
def still(monkeypatch: pytest.MonkeyPatch, hearing: Hearing) -> Iterator[Hearing]:
    """The receivers, with pauses that chance does not spread."""
    monkeypatch.setattr(running.random, "random", lambda: 0.5)
    yield hearing


@pytest.fixture
def automation_of() -> Callable[..., Automation]:
    def make(merchant: Merchant, *steps: tuple[str, dict[str, Any]], **wish: Any) -> Automation:
        given = {"name": "Oak", "event": "configuration.completed", **wish}
        return make_automation(
            merchant,
            Wish(steps=[{"kind": kind, "settings": said} for kind, said in steps], **given),
        )

    return make
