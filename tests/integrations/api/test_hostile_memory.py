"""Whatever callers send, what a worker remembers stays within the size that its caches declare."""

import random

import pytest
from django.test import Client

from catalog.memory import MEGABYTE, memories, size_of
from configurator import answering
from configurator.embed import page, states
from integrations.api import written
from pricing import operations as prices
from tests.api import Api, make_shop
from tests.embed import post_form
from tests.examples.desk import desk
from tests.forms import Forms

pytestmark = pytest.mark.database

PRODUCTS = 8


def test_all_caches_together_are_declared():
    assert sum(cache.most for cache in memories()) <= 600 * MEGABYTE


@pytest.fixture
def narrow(monkeypatch):
    """Caches a hundred times smaller than they are, so that few calls fill them."""
    for cache in memories():
        monkeypatch.setattr(cache, "most", 1_200_000)


def test_hostile_calls_fill_no_memory(db, narrow, settings):
    settings.API_REQUESTS = 10**9
    merchant = make_shop(model=desk(product="desk0"))
    for number in range(1, PRODUCTS):
        operations_of(merchant, f"desk{number}")
    api, shopper, chance = Api(merchant), Client(), random.Random(11)

    def word(most: int) -> str:
        return "".join(chance.choice("abcdefgh") for _ in range(most))

    for number in range(240):
        product = f"desk{number % PRODUCTS}"
        buyer = {
            "customer": word(200),
            "customer_group": word(200),
            "channel": word(200),
            "region": word(60),
        }
        choices = {"width": chance.randrange(800, 2001, 10), "engraving": word(20)}
        body = {
            "choices": choices,
            **buyer,
            "country": "DE",
            "quantity": chance.randrange(1, 10**6),
        }
        body |= {"locale": f"de-{word(4)}"} if number % 2 else {"complete": "cheapest"}
        assert api.post(f"products/{product}/evaluate", body).status_code in {200, 400, 409}
        address = f"/embed/joinery/{product}/"
        opened = shopper.get(
            address,
            {"country": "DE", "region": word(60), "lang": word(30), "o.engraving": word(900)},
        )
        sent = Forms(opened.content.decode()).sent
        post_form(
            shopper, address, {**sent, "state": f"engraving={word(15_000)}", "past": word(9_000)}
        )
    for cache in memories():
        assert cache.bytes <= cache.most or len(cache) == 1, cache
    # What is told is what there is, but for what a product learns until it is weighed again.
    told = (
        answering._evaluations,
        written._written,
        states._states,
        page._panels,
        page._fieldsets,
        prices._in_force,
    )
    for cache in told:
        assert size_of([cache._kept, cache._held]) <= 2 * cache.most, cache


def operations_of(merchant, key):
    from catalog.operations import publish
    from pricing.operations import import_product
    from pricing.product_file import ProductFile

    publish(import_product(merchant, ProductFile(desk(product=key))))
