"""Fixtures that the tests of several rooms share."""

from pathlib import Path

import hypothesis
import pytest
from django.core.cache import cache
from pytest_django.fixtures import Settings

from catalog.memory import forget_all
from catalog.models import Merchant, Version
from tests.factories import make_merchant, make_version

# A machine that does other things meanwhile is slow, and nothing is wrong with what was drawn.
hypothesis.settings.register_profile("patient", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow])
hypothesis.settings.load_profile("patient")


@pytest.fixture(autouse=True)
def own_files(settings: Settings, tmp_path: Path) -> None:
    """Keep uploaded pictures of a test in a folder of its own."""
    default = {**settings.STORAGES["default"], "OPTIONS": {"location": tmp_path / "files"}}
    settings.STORAGES = {**settings.STORAGES, "default": default}


@pytest.fixture(autouse=True)
def fresh_process() -> None:
    """Forget what earlier tests left in memory: the rows of one test are not those of the next."""
    cache.clear()
    forget_all()


@pytest.fixture
def merchant(db: None) -> Merchant:
    return make_merchant()


@pytest.fixture
def desk_version(merchant: Merchant) -> Version:
    return make_version(merchant)
