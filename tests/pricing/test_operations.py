from typing import Any

import pytest
from django.db import IntegrityError, transaction

from catalog.errors import Malformed, NotFound
from catalog.models import Product
from pricing.models import PriceList
from pricing.operations import export_product, forget_price_lists, import_product, price_list_of
from pricing.price_list import read_price_list
from pricing.product_file import ProductFile, read_product_file, write_product_file
from tests.examples.desk import desk
from tests.factories import make_merchant

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture(autouse=True)
def nothing_remembered():
    forget_price_lists()
    yield
    forget_price_lists()


def terms(key: str, **changes: Any):
    return read_price_list({"key": key, "name": key.title(), "currency": "EUR", **changes})


def keep(merchant, *price_lists):
    for each in price_lists:
        row = PriceList(merchant=merchant)
        row.take(each)
        row.full_clean()
        row.save()


SHOP = terms(
    "shop",
    name={"default": "Shop", "de": "Laden"},
    tax_rate=7.7,
    tax_label={"default": "VAT", "de": "MwSt."},
    rounding_increment=0.05,
    rounding_mode="half_even",
    rounding_of="total",
    amounts_are="net",
    shows="net",
    is_default=True,
)


def test_a_kept_price_list_comes_back_as_it_was(merchant):
    keep(merchant, SHOP)
    assert price_list_of("joinery", "shop", "EUR") == SHOP


def test_the_default_of_the_currency_holds_where_none_is_named(merchant):
    keep(merchant, terms("dealer"), SHOP, terms("canada", currency="CAD"))
    assert price_list_of("joinery", None, "EUR") == SHOP
    assert price_list_of("joinery", None, "CAD").key == "canada"


def test_a_merchant_without_lists_sells_at_plain_amounts_of_unknown_tax(merchant):
    plain = price_list_of("joinery", None, "JPY")
    assert (plain.currency, plain.tax_rate, plain.increment) == ("JPY", None, 1)


def test_several_lists_without_a_default_are_not_chosen_from(merchant):
    keep(merchant, terms("a"), terms("b"))
    with pytest.raises(NotFound, match="none is the default"):
        price_list_of("joinery", None, "EUR")


def test_another_merchants_list_is_not_found(merchant):
    keep(make_merchant("rival"), SHOP)
    with pytest.raises(NotFound, match="no price list 'shop'"):
        price_list_of("joinery", "shop", "EUR")


def test_a_list_that_was_asked_for_is_not_asked_for_again(merchant, django_assert_num_queries):
    keep(merchant, SHOP)
    price_list_of("joinery", None, "EUR")
    with django_assert_num_queries(0):
        price_list_of("joinery", None, "EUR")


def test_a_saved_list_holds_at_once(merchant):
    keep(merchant, SHOP)
    price_list_of("joinery", None, "EUR")
    row = PriceList.objects.get()
    row.tax_rate = 8
    row.save()
    assert price_list_of("joinery", None, "EUR").tax_rate == 8


def test_a_product_file_imported_and_exported_is_the_same(merchant):
    file = ProductFile(desk(), (SHOP, terms("dealer")))
    assert export_product(import_product(merchant, file)) == file


def test_importing_what_was_exported_changes_nothing(merchant):
    product = import_product(merchant, ProductFile(desk(), (SHOP,)))
    before = export_product(product)
    again = import_product(merchant, read_product_file(write_product_file(before)))
    assert (again.pk, export_product(again)) == (product.pk, before)


def test_a_list_of_the_same_key_takes_the_terms_of_the_file(merchant):
    keep(merchant, SHOP, terms("other"))
    import_product(merchant, ProductFile(desk(), (terms("shop", tax_rate=20),)))
    assert {row.key: row.tax_rate for row in PriceList.objects.all()} == {"shop": 20, "other": None}


def test_the_default_moves_to_the_list_of_the_file(merchant):
    keep(merchant, SHOP)
    import_product(merchant, ProductFile(desk(), (terms("new", is_default=True),)))
    assert list(PriceList.objects.filter(is_default=True).values_list("key", flat=True)) == ["new"]


def test_only_lists_that_the_product_can_be_sold_at_are_exported(merchant):
    keep(merchant, terms("yen", currency="JPY"), terms("canada", currency="CAD"), SHOP)
    lines = [
        {"key": "base", "label": "Base", "amount": 5},
        {"key": "ca", "label": "Base", "amount": 7, "price_list": "canada"},
    ]
    product = import_product(merchant, ProductFile(desk(price_lines=lines)))
    assert {each.key for each in export_product(product).price_lists} == {"canada", "shop"}


def test_nothing_is_kept_of_a_file_that_is_refused(merchant):
    broken = desk(options=[{"key": "a", "kind": "boolean", "label": "A", "group": "nowhere"}])
    with pytest.raises(Malformed):
        import_product(merchant, ProductFile(broken, (SHOP,)))
    assert not Product.objects.exists()
    assert not PriceList.objects.exists()


def test_a_currency_has_one_default_at_most(merchant):
    keep(merchant, SHOP)
    with pytest.raises(IntegrityError), transaction.atomic():
        PriceList.objects.create(merchant=merchant, key="x", name="X", currency="EUR", is_default=True)
