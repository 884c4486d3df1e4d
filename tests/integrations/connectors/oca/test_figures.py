"""The figures of the two real catalogs, as their files state them."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from defusedxml.ElementTree import parse

from integrations.connectors.oca.mapping import read_products
from pricing.breakdown import PriceRefused, compile_prices, price
from pricing.in_force import in_force
from pricing.product_file import ProductFile
from tests.integrations.connectors.oca.folder import CATALOGS

pytestmark = pytest.mark.skipif(
    not CATALOGS.is_dir(), reason=f"reads the catalogs of others in {CATALOGS}"
)
NOW = datetime(2026, 6, 1, tzinfo=UTC)


def field(record: Any, name: str) -> str:
    found = record.find(f"field[@name='{name}']")
    return (
        "" if found is None else (found.get("eval") or found.get("ref") or found.text or "").strip()
    )


def records(path: str) -> dict[str, Any]:
    return {record.get("id"): record for record in parse(CATALOGS / path).iter("record")}


def list_prices() -> dict[str, Decimal]:
    """Return the list price of each cabinet, by the template's id without what all begin with."""
    found = records("southbrook/cabinet_prices.xml")
    return {key: Decimal(field(each, "list_price")) for key, each in found.items()}


def files(folder: str) -> dict[str, ProductFile]:
    return {
        each.file.model.product: each.file for each in read_products(CATALOGS / folder).products
    }


def total(file: ProductFile, key: str, **values: Any) -> Decimal:
    terms = in_force(file.tariff, file.model.currency, NOW, key)
    return price(compile_prices(file.model, terms), values).unit_total


def cents(amount: Decimal) -> Decimal:
    return (amount + Decimal("0.0001")).quantize(Decimal("0.01"))


@pytest.fixture(scope="module")
def cabinets() -> list[tuple[Decimal, ProductFile]]:
    """Each cabinet with its list price as the file of prices tells it."""
    known = list_prices()
    found = []
    for key, file in files("southbrook").items():
        (own,) = [amount for name, amount in known.items() if name.endswith(key)]
        found.append((own, file))
    return found


def test_there_are_twelve_cabinets_at_nine_lists(cabinets):
    assert len(cabinets) == 12
    assert {len(file.price_lists) for _, file in cabinets} == {9}


@pytest.mark.parametrize(
    ("channel", "factor"), [("retail", "1"), ("dealer", "0.5"), ("kd", "0.46"), ("refacing", "1")]
)
def test_a_channel_takes_its_part_of_the_list_price(cabinets, channel, factor):
    for own, file in cabinets:
        assert total(file, channel) == cents(own * Decimal(factor)), file.model.product


def test_the_big_box_channel_costs_98_dollars_whatever_the_cabinet(cabinets):
    assert {total(file, "bigbox") for _, file in cabinets} == {Decimal("98.00")}


def test_contractors_pay_the_cost_and_five_percent_and_tiers_their_part_of_that(cabinets):
    tiers = {
        "tradesperson": "1",
        "tradesperson_tier_1": "0.75",
        "tradesperson_tier_2": "0.70",
        "tradesperson_tier_3": "0.65",
    }
    for cost in (Decimal(120), Decimal("147.33"), Decimal("0.99")):
        for _, file in cabinets:
            lines = tuple(
                replace(line, cost=str(cost)) if line.key == "list_price" else line
                for line in file.model.price_lines
            )
            known = replace(file, model=replace(file.model, price_lines=lines))
            floor = cents(cost * Decimal("1.05"))
            for tier, part in tiers.items():
                assert total(known, tier) == cents(floor * Decimal(part)), (tier, cost)


def test_what_a_contractor_pays_is_not_guessed_without_costs(cabinets):
    for _, file in cabinets:
        with pytest.raises(PriceRefused, match="has no cost"):
            total(file, "tradesperson_tier_3")


def test_the_engines_and_packages_of_the_car_cost_what_their_products_do():
    (file,) = files("bmw").values()
    products = records("bmw/product_template.xml")
    attributes = records("bmw/product_attribute.xml")
    base = Decimal(
        field(next(each for each in products.values() if field(each, "config_ok")), "list_price")
    )
    amounts = {
        (field(attributes[field(record, "attribute_id")], "name"), field(record, "name")): Decimal(
            field(products[field(record, "product_id")], "lst_price")
            if field(record, "product_id")
            else "0"
        )
        for record in attributes.values()
        if record.get("model") == "product.attribute.value"
    }
    (key,) = [each.key for each in file.price_lists]
    told = {
        (option.label.default, value.label.default): total(file, key, **{option.key: value.key})
        - base
        for option in file.model.options
        for value in option.values
    }
    assert told == amounts
    assert sum(1 for amount in told.values() if amount) >= 15
