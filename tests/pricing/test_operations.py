from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from catalog.errors import Malformed, NotFound
from catalog.models import Product
from catalog.product_model import Text
from pricing.breakdown import PriceRefused, compile_prices, price
from pricing.in_force import Buyer
from pricing.in_force import ExchangeRate as ExchangeRate_
from pricing.in_force import ListAmount as ListAmount_
from pricing.in_force import TaxRate as TaxRate_
from pricing.models import ExchangeRate, ListAmount, PriceList, PriceRevision
from pricing.operations import export_product, import_product, terms_of
from pricing.price_list import read_price_list
from pricing.product_file import ProductFile, read_product_file, write_product_file
from tests.examples.desk import desk
from tests.factories import make_merchant, make_product

pytestmark = [pytest.mark.django_db, pytest.mark.database]


NEW_YEAR = datetime(2027, 1, 1, tzinfo=UTC)


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
    assert terms_of("joinery", "EUR", "shop").price_list == SHOP


def test_the_default_of_the_currency_holds_where_none_is_named(merchant):
    keep(merchant, terms("dealer"), SHOP, terms("canada", currency="CAD"))
    assert terms_of("joinery", "EUR").price_list == SHOP
    assert terms_of("joinery", "CAD").price_list.key == "canada"


def test_a_merchant_without_lists_sells_at_plain_amounts_of_unknown_tax(merchant):
    plain = terms_of("joinery", "JPY").price_list
    assert (plain.currency, plain.tax_rate, plain.increment) == ("JPY", None, 1)


def test_several_lists_without_a_default_are_not_chosen_from(merchant):
    keep(merchant, terms("a"), terms("b"))
    with pytest.raises(NotFound, match="none is the default"):
        terms_of("joinery", "EUR")


def test_another_merchants_list_is_not_found(merchant):
    keep(make_merchant("rival"), SHOP)
    with pytest.raises(NotFound, match="no price list 'shop'"):
        terms_of("joinery", "EUR", "shop")


def test_of_a_list_that_was_asked_for_only_is_asked_whether_it_changed(
    merchant, django_assert_num_queries
):
    keep(merchant, SHOP)
    first = terms_of("joinery", "EUR")
    with django_assert_num_queries(1):
        assert terms_of("joinery", "EUR") is first


def test_a_saved_list_holds_at_once(merchant):
    keep(merchant, SHOP)
    terms_of("joinery", "EUR")
    row = PriceList.objects.get()
    row.tax_rate = 8
    row.save()
    assert terms_of("joinery", "EUR").price_list.tax_rate == 8


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
    import_product(merchant, ProductFile(desk(), (terms("shop", tax_rate=20),)), with_prices=True)
    assert {row.key: row.tax_rate for row in PriceList.objects.all()} == {"shop": 20, "other": None}


def test_the_default_moves_to_the_list_of_the_file(merchant):
    keep(merchant, SHOP)
    import_product(
        merchant, ProductFile(desk(), (terms("new", is_default=True),)), with_prices=True
    )
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


def test_a_currency_has_one_default_at_a_time(merchant):
    keep(merchant, replace(SHOP, valid_until=NEW_YEAR))
    keep(merchant, replace(SHOP, key="later", valid_from=NEW_YEAR))
    row = PriceList(merchant=merchant)
    row.take(replace(SHOP, key="third", valid_from=NEW_YEAR))
    with pytest.raises(ValidationError, match="is the default already, 'later'"):
        row.full_clean()


def test_a_list_cannot_be_made_from_one_that_is_made_from_it(merchant):
    keep(merchant, SHOP, terms("trade", derived={"of": "shop"}))
    row = PriceList.objects.get(key="shop")
    row.derived_of = "trade"
    with pytest.raises(ValidationError, match="made from one another"):
        row.full_clean()


def test_a_list_is_made_from_one_that_there_is(merchant):
    row = PriceList(merchant=merchant)
    row.take(terms("trade", derived={"of": "shop"}))
    with pytest.raises(ValidationError, match="no price list 'shop'"):
        row.full_clean()


def unit(merchant, **asked):
    model = desk()
    found = terms_of(merchant.slug, model.currency, product=model.product, **asked)
    return price(
        compile_prices(model, found),
        {"frame": "steel", "top": "glass", "width": 1700, "depth": 700},
    )


def test_an_amount_kept_in_a_list_holds_at_once_and_counts_a_revision(merchant):
    keep(merchant, SHOP)
    product = make_product(merchant)
    before = unit(merchant), terms_of("joinery", "EUR").revision
    row = ListAmount.objects.create(
        price_list=PriceList.objects.get(), product=product, line="base", amount="300"
    )
    after = unit(merchant), terms_of("joinery", "EUR").revision
    assert after[0].unit_total - before[0].unit_total == 10
    assert after[1] > before[1]
    row.delete()
    assert unit(merchant).unit_total == before[0].unit_total


def test_a_rate_that_is_added_holds_at_once(merchant):
    keep(
        merchant,
        SHOP,
        terms(
            "abroad", currency="USD", channel="abroad", amounts_are="net", derived={"of": "shop"}
        ),
    )
    asked = {"buyer": Buyer(channel="abroad")}
    with pytest.raises(PriceRefused, match="no exchange rate from EUR to USD"):
        unit(merchant, **asked)
    ExchangeRate.objects.create(
        merchant=merchant,
        currency="EUR",
        into="USD",
        rate=Decimal("1.25"),
        valid_from=datetime(2026, 1, 1, tzinfo=UTC),
    )
    assert unit(merchant, **asked).lines[0].amount == Decimal("362.50")


def test_what_will_hold_on_a_day_can_be_asked_today(merchant):
    keep(merchant, SHOP)
    ListAmount.objects.create(
        price_list=PriceList.objects.get(),
        product=make_product(merchant),
        line="base",
        amount="310",
        valid_from=NEW_YEAR,
    )
    day_before = NEW_YEAR - timedelta(microseconds=1)
    assert [str(unit(merchant, at=at).lines[0].amount) for at in (day_before, NEW_YEAR)] == [
        "290.00",
        "310.00",
    ]


def test_a_merchant_with_prices_can_be_deleted(merchant):
    keep(merchant, SHOP)
    ListAmount.objects.create(
        price_list=PriceList.objects.get(), product=make_product(merchant), line="base", amount="1"
    )
    merchant.delete()
    assert not PriceRevision.objects.exists()


def test_everything_about_prices_comes_back_from_a_file(merchant):
    file = ProductFile(
        desk(),
        (
            SHOP,
            terms(
                "trade", currency="USD", amounts_are="net", derived={"of": "shop", "percent": -30}
            ),
        ),
        (ListAmount_("shop", "top", "200", "glass", valid_from=NEW_YEAR),),
        (ExchangeRate_("EUR", "USD", Decimal("1.17"), NEW_YEAR),),
        (TaxRate_("CA", Decimal(13), "ON", label=Text("HST", (("fr", "TVH"),))),),
    )
    assert export_product(import_product(merchant, file)) == file
    assert read_product_file(write_product_file(file)) == file
