"""Prices that cannot be are refused before anybody sees them: at publish with the smallest example,
or at import.
"""

from decimal import Decimal

import pytest

from catalog.errors import Malformed
from catalog.models import Version
from catalog.operations import PublishRefused, publish
from catalog.product_model import Text, read
from pricing.models import PriceList as PriceListRow
from pricing.operations import import_product
from pricing.price_list import Derivation, PriceList
from pricing.product_file import ProductFile, read_product_file
from tests.factories import make_merchant

pytestmark = [pytest.mark.database, pytest.mark.django_db]

SHELVES = {
    "key": "shelves",
    "kind": "number",
    "label": "Shelves",
    "number": {"first": 0, "last": 5},
}
BACK = {
    "key": "back",
    "kind": "choice",
    "label": "Back",
    "values": [{"key": "oak", "label": "Oak"}, {"key": "none", "label": "None"}],
}
LIST = PriceList("retail", Text("Retail"), "EUR", is_default=True)


def amount(text, key="base", **parts):
    return {"key": key, "label": key.title(), "amount": text, **parts}


def refused(document, *price_lists, code):
    """Return the one error of that code for which publishing a product is refused, keeping no
    version.
    """
    whole = {
        "product": "rack",
        "name": "Rack",
        "currency": "EUR",
        "options": [SHELVES, BACK],
        **document,
    }
    product = import_product(make_merchant(), ProductFile(read(whole), price_lists))
    with pytest.raises(PublishRefused) as refusal:
        publish(product)
    assert not Version.objects.exists()
    (found,) = [each for each in refusal.value.findings if each.code == code]
    assert found.severity == "error"
    return found


@pytest.mark.parametrize(
    ("lines", "code", "example"),
    [
        (
            [{"key": "b", "label": "B", "option": "back", "amounts": {"oak": 5}}],
            "unpriced-value",
            {"back": "none"},
        ),
        ([amount("100 / shelves")], "price-undefined", {"shelves": 0}),
        ([amount("shelves * shelves * 900000000000")], "price-overflow", {"shelves": 4}),
        (
            [amount(10), amount("-3 * shelves", "rebate", when="shelves > 2")],
            "price-negative",
            {"shelves": 5},
        ),
    ],
)
def test_a_price_that_cannot_be_is_refused_with_the_choices_that_lead_there(lines, code, example):
    assert refused({"price_lines": lines}, LIST, code=code).example == example


def test_a_currency_that_nobody_knows_is_refused():
    assert (
        "EUX"
        in refused(
            {"currency": "EUX", "price_lines": [amount(1)]}, code="unknown-currency"
        ).sentence
    )


def test_a_price_list_in_a_currency_that_nobody_knows_cannot_be_brought_in():
    text = "product: rack\nname: Rack\noptions: []\nprice_lists: [{key: retail, name: Retail, currency: EUX}]\n"
    with pytest.raises(Malformed) as refusal:
        read_product_file(text, "rack.yaml")
    assert refusal.value.data["errors"][0]["pointer"] == "/price_lists/0/currency"


def brought(merchant, *price_lists):
    whole = {
        "product": "rack",
        "name": "Rack",
        "currency": "EUR",
        "options": [],
        "price_lines": [amount(1)],
    }
    return import_product(merchant, ProductFile(read(whole), price_lists))


def for_dealers(key, **terms):
    return PriceList(key, Text(key.title()), "EUR", channel="dealers", **terms)


def test_lists_for_the_same_buyers_at_the_same_time_cannot_be_brought_in():
    merchant = make_merchant()
    with pytest.raises(Malformed, match="same buyers at the same time"):
        brought(merchant, for_dealers("dealers"), for_dealers("spring"))
    assert not merchant.products.exists()
    assert not PriceListRow.objects.exists()


def test_nor_beside_those_that_are_there_already():
    merchant = make_merchant()
    brought(merchant, for_dealers("dealers"))
    with pytest.raises(Malformed, match=r"'dealers' .* and 'spring'"):
        brought(merchant, for_dealers("spring"))
    brought(merchant, for_dealers("dealers", least_over_cost=Decimal(1)))


def test_two_defaults_of_a_file_cannot_be_brought_in():
    with pytest.raises(Malformed, match="same buyers"):
        brought(make_merchant(), LIST, PriceList("shop", Text("Shop"), "EUR", is_default=True))


def test_lists_that_are_made_from_one_another_cannot_be_brought_in():
    first, second = (
        PriceList(key, Text(key), "EUR", derived=Derivation(of))
        for key, of in (("one", "two"), ("two", "one"))
    )
    with pytest.raises(Malformed, match="made from one another"):
        brought(make_merchant(), first, second)
