"""List prices, prices of values and price lists of the source system."""

from decimal import Decimal

import pytest

from configurator.evaluation import compile_product, evaluate
from integrations.connectors.oca.mapping import products_of
from pricing.breakdown import compile_prices
from tests.integrations.connectors.oca.folder import ATTRIBUTES, TEMPLATE, desk, records

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
    prices = compile_prices(file.model, file.price_lists[price_list])
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
    dealer = pricelist("dealer", compute_price="formula", base="list_price", price_discount=50, price_round=0.01)
    imported = desk(PRODUCT, RETAIL, dealer)
    assert [each.key for each in imported.file.price_lists] == ["retail", "dealer"]
    assert total(imported, 1, top="glass") == Decimal("205.00")


def test_a_list_may_build_on_another():
    dealer = pricelist("dealer", compute_price="percentage", percent_price=50)
    tier = pricelist("tier", compute_price="formula", base="pricelist", price_discount=10)
    tier = tier.replace("</record>", "", 1).replace(
        '<field name="base">', '<field name="base_pricelist_id" ref="pricelist_dealer"/><field name="base">'
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
        ({"compute_price": "formula", "base": "standard_price", "price_markup": 5}, "the cost"),
        ({"compute_price": "formula", "price_round": 10}, "rounds to 10"),
        ({"compute_price": "percentage", "percent_price": 5, "min_quantity": 10}, "a quantity"),
        ({"compute_price": "formula", "price_discount": 5, "price_min_margin": 3}, "a margin"),
    ],
)
def test_what_a_price_list_cannot_be_here_is_told_and_not_guessed(fields, told):
    imported = desk(RETAIL, pricelist("odd", **fields))
    assert [each.key for each in imported.file.price_lists] == ["retail"]
    assert any("'odd' is not carried over" in note and told in note for note in imported.notes)


def test_a_product_without_list_price_is_pointed_out():
    free = TEMPLATE.replace("290.00", "0.0")
    found = products_of(records(ATTRIBUTES, free)).products[0].findings
    assert [(finding.code, finding.path) for finding in found] == [("no-list-price", "price_lines/list_price")]
