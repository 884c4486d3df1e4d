"""What a merchant has, page by page."""

from dataclasses import replace
from decimal import Decimal

import pytest

from configurator.keeping import save
from configurator.listing import Wanted, configurations_from, price_lists_for, products_from
from configurator.offers import published
from pricing.models import PriceList
from pricing.price_list import PriceList as Terms
from tests.api import RETAIL, TRADE, make_shop
from tests.examples.desk import desk
from tests.factories import make_merchant, make_product, make_version

pytestmark = [pytest.mark.database, pytest.mark.django_db]


def test_the_newest_version_names_a_product():
    merchant = make_merchant()
    make_version(merchant)
    make_version(merchant, desk(name="Desk, second edition"))
    (listed,) = products_from(merchant)

    assert (listed.version, str(listed.headline.name)) == (2, "Desk, second edition")


def test_what_was_never_published_is_not_listed():
    merchant = make_merchant()
    make_product(merchant)

    assert products_from(merchant) == []


def test_a_list_takes_no_more_queries_for_more_products(django_assert_num_queries):
    merchant = make_merchant()
    for number in range(6):
        make_version(merchant, desk(product=f"desk-{number}"))
    products_from(merchant)

    with django_assert_num_queries(2):
        assert len(products_from(merchant)) == 6


def test_configurations_follow_the_one_that_is_named():
    merchant = make_shop()
    offer = published(merchant.slug, "desk")
    rows = [save(offer, {"width": Decimal(1000 + 10 * number)}) for number in range(3)]

    found = configurations_from(merchant, Wanted(), after=(rows[2].pk,))

    assert [each.public_id for each in found] == [rows[1].public_id, rows[0].public_id]


def test_usable_price_lists_are_those_with_price_lines():
    merchant = make_shop()
    dollars = PriceList(merchant=merchant)
    dollars.take(replace(TRADE, key="dollars", currency="USD"))
    dollars.save()

    usable, default = price_lists_for(published(merchant.slug, "desk"))

    assert (usable, default) == ((RETAIL, TRADE), "retail")


def test_a_merchant_without_lists_sells_at_plain_amounts():
    merchant = make_merchant()
    make_version(merchant)

    usable, default = price_lists_for(published(merchant.slug, "desk"))

    assert default == "standard"
    assert [each.key for each in usable] == ["standard"]
    assert isinstance(usable[0], Terms)
    assert usable[0].tax_rate is None
