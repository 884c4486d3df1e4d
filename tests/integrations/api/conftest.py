"""A shop, and a key of it that may do everything."""

import pytest

from catalog.models import Merchant
from tests.api import Api, make_shop


@pytest.fixture
def shop(db: None) -> Merchant:
    return make_shop()


@pytest.fixture
def api(shop: Merchant) -> Api:
    return Api(shop)
