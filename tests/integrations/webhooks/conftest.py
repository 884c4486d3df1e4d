"""Receivers, and a shop that tells them of what happens."""

import pytest

from catalog.models import Merchant
from tests.api import make_shop
from tests.integrations.webhooks.hearing import endpoint_of, hearing

__all__ = ["endpoint_of", "hearing"]


@pytest.fixture
def shop(db: None) -> Merchant:
    return make_shop()
