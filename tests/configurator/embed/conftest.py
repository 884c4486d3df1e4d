"""A shop with the desk, and a shopper at its widget."""

from pathlib import Path

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from catalog.models import Merchant
from tests.api import make_shop
from tests.embed import Shopper


@pytest.fixture(autouse=True)
def own_pictures(settings: Settings, tmp_path: Path) -> None:
    """Keep composed pictures of a test in a folder of its own."""
    settings.DATA_DIR = tmp_path


@pytest.fixture
def shop(db: None) -> Merchant:
    return make_shop()


@pytest.fixture
def shopper(shop: Merchant, client: Client) -> Shopper:
    return Shopper(client, "/embed/joinery/desk/")
