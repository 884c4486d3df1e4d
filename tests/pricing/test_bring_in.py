"""A draft that is brought in changes nothing that is sold, unless somebody asks for it."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from catalog import drafts
from catalog.errors import Malformed
from catalog.models import Asset, Product
from catalog.operations import publish
from catalog.product_model import Text, read, write
from pricing import models
from pricing.in_force import ExchangeRate, ListAmount, TaxRate
from pricing.operations import bring_in, import_product
from pricing.price_list import read_price_list
from pricing.product_file import ProductFile, read_document
from tests.examples.desk import desk
from tests.factories import make_merchant, make_version, picture

pytestmark = [pytest.mark.django_db, pytest.mark.database]

DAY = datetime(2026, 1, 1, tzinfo=UTC)


def terms(key: str, **changes: Any):
    return read_price_list({"key": key, "name": key.title(), "currency": "EUR", **changes})


SHOP = terms("shop", tax_rate=19, is_default=True)
EVERYTHING = ProductFile(
    desk(),
    (
        terms("shop", tax_rate=7),
        terms("trade", is_default=True),
        terms("group", customer_group="pro"),
    ),
    (ListAmount("shop", "base", "1"),),
    (ExchangeRate("EUR", "USD", Decimal("1.1"), DAY),),
    (TaxRate("DE", Decimal(7), label=Text("VAT")),),
)


@pytest.fixture
def shop():
    """A merchant that sells the desk at one list, which keeps an amount for it."""
    merchant = make_merchant("shop")
    file = ProductFile(desk(), (SHOP,), (ListAmount("shop", "base", "250"),))
    publish(import_product(merchant, file))
    return merchant


def sold_at(merchant) -> list[list[Any]]:
    """Everything that the merchant keeps about prices, as rows."""
    tables = (
        models.PriceRevision,
        models.PriceList,
        models.ListAmount,
        models.ExchangeRate,
        models.TaxRate,
    )
    return [list(table.objects.order_by("pk").values()) for table in tables]


def test_bringing_a_draft_in_changes_nothing_about_prices(shop):
    before = sold_at(shop)
    bring_in(shop, EVERYTHING)
    assert sold_at(shop) == before


def test_what_a_file_says_of_prices_is_told_in_words(shop):
    assert bring_in(shop, EVERYTHING).prices == (
        "Price list 'shop': tax rate 19 → 7, is default yes → no",
        "Price list 'trade': added",
        "Price list 'group': added",
        "Amount of line 'base' in price list 'shop': amount 250 → 1",
        "Exchange rate EUR to USD from 2026-01-01T00:00:00+00:00: added",
        "Tax rate of DE, class standard: added",
    )


def test_prices_are_taken_when_they_are_asked_for(shop):
    assert bring_in(shop, EVERYTHING, with_prices=True).prices_taken
    assert set(models.PriceList.objects.values_list("key", "is_default")) == {
        ("shop", False),
        ("trade", True),
        ("group", False),
    }
    assert models.ListAmount.objects.get().amount == "1"
    assert bring_in(shop, EVERYTHING).prices == ()


def test_what_a_file_does_not_mention_stays(shop):
    text = {"product": "desk", "name": "Desk", "currency": "EUR", "options": []}
    text["price_lists"] = [{"key": "shop", "name": "Shop", "currency": "EUR", "tax_label": "VAT"}]
    bring_in(shop, read_document(text), with_prices=True)
    row = models.PriceList.objects.get()
    assert (row.tax_rate, row.is_default, row.tax_label) == (19, True, "VAT")
    assert models.ListAmount.objects.get().amount == "250"


def test_a_first_product_comes_with_its_prices():
    merchant = make_merchant()
    assert bring_in(merchant, EVERYTHING).prices_taken
    assert models.PriceList.objects.count() == 3


def test_what_is_set_is_not_changed_though_nothing_is_sold():
    merchant = make_merchant()
    bring_in(merchant, ProductFile(desk(), (SHOP,)))
    assert not bring_in(merchant, EVERYTHING).prices_taken
    assert models.PriceList.objects.get().tax_rate == 19


def test_prices_that_cannot_stand_together_are_not_taken_in_part(shop):
    before = sold_at(shop)
    clashing = ProductFile(desk(), (terms("a", channel="pro"), terms("b", channel="pro")))
    with pytest.raises(Malformed, match="for the same buyers at the same time"):
        bring_in(shop, clashing, with_prices=True)
    assert sold_at(shop) == before


@pytest.mark.parametrize("text", ["3,5", "widht * 2", "drawers and 1"])
def test_an_amount_that_cannot_be_read_is_not_taken(shop, text):
    before = sold_at(shop)
    file = ProductFile(desk(), (SHOP,), (ListAmount("shop", "base", text),))
    with pytest.raises(Malformed, match="/list_amounts/shop/base"):
        bring_in(shop, file, with_prices=True)
    assert sold_at(shop) == before


def test_a_list_keeps_its_currency(shop):
    with pytest.raises(Malformed, match="give the list another key"):
        bring_in(shop, ProductFile(desk(), (terms("shop", currency="USD"),)), with_prices=True)


def test_two_lists_change_places(shop):
    bring_in(shop, ProductFile(desk(), (terms("trade", customer_group="pro"),)), with_prices=True)
    swapped = (terms("shop", customer_group="pro"), terms("trade", is_default=True))
    bring_in(shop, ProductFile(desk(), swapped), with_prices=True)
    assert set(models.PriceList.objects.values_list("key", "is_default", "customer_group")) == {
        ("shop", False, "pro"),
        ("trade", True, None),
    }


def test_a_dry_run_keeps_nothing_and_tells_what_would_change(shop):
    before = sold_at(shop)
    product = Product.objects.get()
    draft = drafts.read(product)
    changed = ProductFile(desk(locale="en-GB"), EVERYTHING.price_lists)
    found = bring_in(shop, changed, {"a.png": picture()}, with_prices=True, dry_run=True)
    assert found.draft == ("The product: locale “en” → “en-GB”",)
    assert found.prices_taken
    assert (sold_at(shop), drafts.read(product), Asset.objects.count()) == (before, draft, 0)


def test_a_dry_run_of_a_new_product_makes_none():
    found = bring_in(make_merchant(), EVERYTHING, dry_run=True)
    assert (found.product, found.is_new, Product.objects.count()) == (None, True, 0)


def test_a_picture_that_another_draft_shows_is_left_and_told(merchant):
    first, second = picture(), picture(colour="#000000")
    bring_in(merchant, ProductFile(desk(product="table", image="a.png")), {"a.png": first})
    shown = Asset.objects.get().digest
    found = bring_in(merchant, ProductFile(desk(image="a.png")), {"a.png": second})
    assert found.pictures == ("Picture 'a.png': another content, and another draft shows it",)
    assert Asset.objects.get().digest == shown
    bring_in(merchant, ProductFile(desk(image="a.png")), {"a.png": second}, with_pictures=True)
    assert Asset.objects.get().digest != shown


def test_a_picture_of_this_product_alone_comes_with_the_draft(merchant):
    bring_in(merchant, ProductFile(desk(image="a.png")), {"a.png": picture()})
    before = Asset.objects.get().digest
    bring_in(merchant, ProductFile(desk(image="a.png")), {"a.png": picture(colour="#000000")})
    assert Asset.objects.get().digest != before


def test_bringing_in_publishes_nothing(merchant):
    version = make_version(merchant)
    bring_in(merchant, ProductFile(desk(name="Table")))
    assert [each.pk for each in version.product.versions.all()] == [version.pk]


@pytest.mark.parametrize("text", ["1 / 0", "40 * handles"])
def test_an_amount_that_what_is_sold_cannot_read_is_not_taken(shop, text):
    handles = {
        "key": "handles",
        "kind": "number",
        "label": "Handles",
        "number": {"first": 1, "last": 4},
        "default": 1,
    }
    document = write(desk())
    document["options"] = [*document["options"], handles]
    file = ProductFile(read(document), (SHOP,), (ListAmount("shop", "base", text),))
    before = sold_at(shop)
    with pytest.raises(Malformed, match="/list_amounts/shop/base"):
        bring_in(shop, file, with_prices=True)
    assert sold_at(shop) == before
    if "handles" in text:
        # Once it is what is sold, its amounts can be read.
        publish(bring_in(shop, replace(file, list_amounts=())).product)
        bring_in(shop, file, with_prices=True)
        assert models.ListAmount.objects.get().amount == text
