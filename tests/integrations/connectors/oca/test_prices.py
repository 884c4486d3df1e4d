"""List prices, prices of values and price lists of the source system."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from configurator.compiled_product import compile_product
from configurator.evaluation.evaluate import evaluate
from integrations.connectors.oca.mapping import products_of
from pricing.breakdown import PriceRefused, compile_prices, price
from pricing.in_force import ExchangeRate, in_force
from tests.integrations.connectors.oca.folder import ATTRIBUTES, TEMPLATE, desk, records

NOW = datetime(2026, 6, 1, tzinfo=UTC)
PRODUCT = """<record id="glass_top" model="product.product"><field name="name">Glass top</field>
  <field name="default_code">TP-G</field><field name="lst_price" eval="120"/></record>
<record id="value_glass" model="product.attribute.value"><field name="product_id" ref="glass_top"/></record>"""
RETAIL = """<record id="pricelist_retail" model="product.pricelist"><field name="name">Retail</field>
  <field name="currency_id" ref="base.CAD"/></record>"""


def pricelist(key, **fields):
    told = "".join(f'<field name="{name}">{value}</field>' for name, value in fields.items())
    return f"""<record id="pricelist_{key}" model="product.pricelist"><field name="name">{key}</field>
      <field name="currency_id" ref="base.CAD"/></record>
    <record id="item_{key}" model="product.pricelist.item"><field name="pricelist_id" ref="pricelist_{key}"/>{told}
    </record>"""


def total(imported, price_list=0, **choices):
    file = imported.file
    terms = in_force(file.tariff, file.model.currency, NOW, file.price_lists[price_list].key)
    prices = compile_prices(file.model, terms)
    return evaluate(compile_product(file.model), prices, choices).breakdown.unit_total


def test_the_list_price_and_the_price_of_the_related_product_add_up():
    assert total(desk(PRODUCT), top="glass") == Decimal("410.00")
    assert total(desk(PRODUCT), top="board") == Decimal("290.00")


def test_a_value_without_product_adds_its_extra_price():
    extra = """<record id="x" model="product.template.attribute.value"><field name="product_tmpl_id" ref="desk"/>
      <field name="product_attribute_value_id" ref="value_board"/><field name="price_extra">15.5</field></record>"""
    assert total(desk(extra), top="board") == Decimal("305.50")


def test_the_related_product_is_the_part_and_its_code_the_number():
    model = desk(PRODUCT).file.model
    assert model.option_by_key["top"].value_by_key["glass"].sku == "TP-G"
    assert [(line.part, line.when) for line in model.bom_lines] == [("TP-G", "top == glass")]


def test_without_any_price_list_the_asked_currency_is_taken_and_told():
    imported = products_of(records(ATTRIBUTES, TEMPLATE), "USD").products[0]
    assert imported.file.model.currency == "USD"
    assert any("no currency" in note for note in imported.notes)


def test_a_discount_is_a_percentage_of_everything():
    dealer = pricelist(
        "dealer", compute_price="formula", base="list_price", price_discount=50, price_round=0.01
    )
    imported = desk(PRODUCT, RETAIL, dealer)
    assert [each.key for each in imported.file.price_lists] == ["retail", "dealer"]
    assert total(imported, 1, top="glass") == Decimal("205.00")


def test_a_list_may_build_on_another():
    dealer = pricelist("dealer", compute_price="percentage", percent_price=50)
    tier = pricelist("tier", compute_price="formula", base="pricelist", price_discount=10)
    tier = tier.replace("</record>", "", 1).replace(
        '<field name="base">',
        '<field name="base_pricelist_id" ref="pricelist_dealer"/><field name="base">',
    )
    tier = tier.replace('ref="base.CAD"/>', 'ref="base.CAD"/></record>', 1)
    assert total(desk(RETAIL, dealer, tier), 2) == Decimal("130.50")


def test_a_fixed_price_stands_instead_of_all_others():
    imported = desk(PRODUCT, RETAIL, pricelist("box", compute_price="fixed", fixed_price=98))
    assert total(imported, 1, top="glass") == Decimal("98.00")
    assert total(imported, 0, top="glass") == Decimal("410.00")


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"compute_price": "formula", "price_round": 10, "price_surcharge": -0.1}, "rounds to 10"),
        (
            {
                "applied_on": "2_product_category",
                "base": "standard_price",
                "compute_price": "formula",
            },
            "the cost",
        ),
        ({"compute_price": "percentage", "percent_price": 5, "min_quantity": 10}, "a quantity"),
        ({"compute_price": "formula", "price_discount": 5, "price_min_margin": 3}, "a margin"),
    ],
)
def test_what_a_price_list_cannot_be_here_is_told_and_not_guessed(fields, told):
    imported = desk(RETAIL, pricelist("odd", **fields))
    assert [each.key for each in imported.file.price_lists] == ["retail"]
    assert any("'odd' is not carried over" in note and told in note for note in imported.notes)


def test_a_list_made_from_costs_takes_them_from_the_products():
    costs = """<record id="glass_top" model="product.product"><field name="standard_price" eval="70"/></record>
      <record id="desk" model="product.template"><field name="standard_price">150</field></record>"""
    trade = pricelist(
        "trade", compute_price="formula", base="standard_price", price_markup=5, price_round=0.01
    )
    imported = desk(PRODUCT, RETAIL, trade, costs)
    assert total(imported, 1, top="glass") == Decimal("231.00")
    assert total(imported, 0, top="glass") == Decimal("410.00")
    assert not any("no costs" in note for note in imported.notes)


def test_a_list_made_from_costs_has_no_price_until_there_are_costs():
    imported = desk(
        PRODUCT, RETAIL, pricelist("trade", compute_price="formula", base="standard_price")
    )
    assert any("no costs are in the data" in note for note in imported.notes)
    terms = in_force(imported.file.tariff, "CAD", NOW, "trade")
    with pytest.raises(PriceRefused, match="'list_price' has no cost"):
        price(compile_prices(imported.file.model, terms), {})


def test_a_list_may_round_to_tens():
    tens = pricelist("tens", compute_price="formula", price_discount=3, price_round=10)
    assert total(desk(PRODUCT, RETAIL, tens), 1, top="glass") == Decimal("400.00")


def test_a_list_for_one_product_alone_tells_its_amounts_line_by_line():
    own = pricelist("own", applied_on="1_product", compute_price="percentage", percent_price=10)
    own = own.replace(
        '<field name="applied_on">',
        '<field name="product_tmpl_id" ref="desk"/><field name="applied_on">',
    )
    imported = desk(PRODUCT, RETAIL, own)
    assert imported.file.price_lists[1].own_lines_only
    assert total(imported, 1, top="glass") == Decimal("369.00")


def test_a_list_in_another_currency_waits_for_an_exchange_rate():
    euro = RETAIL.replace("retail", "euro").replace("base.CAD", "base.EUR")
    imported = desk(PRODUCT, RETAIL, euro)
    assert any("is in EUR" in note and "exchange rate" in note for note in imported.notes)
    rate = ExchangeRate("CAD", "EUR", Decimal("0.62"), NOW)
    file = replace(imported.file, exchange_rates=(rate,))
    assert total(replace(imported, file=file), 1, top="glass") == Decimal("254.20")


def test_a_product_without_list_price_is_pointed_out():
    free = TEMPLATE.replace("290.00", "0.0")
    found = products_of(records(ATTRIBUTES, free)).products[0].findings
    assert [(finding.code, finding.path) for finding in found] == [
        ("no-list-price", "price_lines/list_price")
    ]
