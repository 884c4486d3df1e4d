"""The reason of every price line."""

from datetime import UTC, datetime
from decimal import Decimal

from pricing.breakdown import compile_prices, price
from pricing.in_force import ExchangeRate, ListAmount, Tariff, in_force
from pricing.money import formatted
from pricing.price_list import read_price_list
from pricing.why import reasons, reasons_json, reasons_text
from tests.examples.desk import desk

NOW = datetime(2026, 6, 1, tzinfo=UTC)
GLASS = {
    "frame": "steel",
    "top": "glass",
    "width": Decimal(1700),
    "depth": Decimal(700),
    "extras": ("lamp",),
}


def terms(key, **changes):
    return read_price_list({"key": key, "name": key.title(), "currency": "EUR", **changes})


LISTS = (
    terms("retail", is_default=True, tax_rate=19, tax_label="VAT"),
    terms(
        "trade", currency="USD", derived={"of": "retail", "percent": -50}, rounding_increment=0.05
    ),
)
TARIFF = Tariff(
    LISTS,
    (ListAmount("retail", "base", "300"), ListAmount("trade", "extras", "20", "lamp")),
    (ExchangeRate("EUR", "USD", Decimal("1.1"), NOW),),
    revisions={"retail": 4, "trade": 7},
)


def explained(key, quantity=2):
    prices = compile_prices(desk(), in_force(TARIFF, "EUR", NOW, key))
    breakdown = price(prices, GLASS, quantity)
    return reasons(prices, breakdown, GLASS), breakdown


def test_every_line_has_one_reason_with_its_amount():
    found, breakdown = explained("trade")
    lines = (*breakdown.lines, *breakdown.order_lines)
    assert [(each.key, each.value, each.amount) for each in found] == [
        (line.key, line.value, line.amount) for line in lines
    ]


def test_a_line_names_its_rule_its_inputs_its_list_and_its_revision():
    base, top, _, wide = explained("retail")[0]
    assert (base.rule, base.steps) == ("300", ("an amount kept in this list",))
    assert (top.rule, top.price_list, top.revision) == ("180 * area", "retail", 4)
    assert top.inputs == {"depth": 700, "top": "glass", "width": 1700}
    assert (wide.rule, wide.when, wide.steps) == (
        "10 % of frame, top",
        "width > 1600",
        ("of 214.20 EUR (frame, top)",),
    )


def test_a_line_of_a_derived_list_tells_every_step_from_the_list_it_is_made_from():
    base, top, lamp, wide = explained("trade")[0]
    assert (base.price_list, base.revision, base.rule) == ("retail", 4, "300")
    assert base.steps == (
        "an amount kept in this list",
        "amount in retail: 300.00 EUR",
        "1 EUR = 1.1 USD",
        "-50 % in trade",
        "rounded to 165.00",
    )
    assert top.inputs == {"depth": 700, "top": "glass", "width": 1700}
    assert (lamp.price_list, lamp.revision, lamp.rule) == ("trade", 7, "20")
    assert wide.steps[0] == "of 214.20 EUR (frame, top)"


def test_text_and_data_say_the_same():
    found, breakdown = explained("retail")
    text = reasons_text(found, breakdown)
    for each in reasons_json(found, "EUR"):
        assert f"{each['label']}: {formatted(Decimal(each['amount']), 'EUR')}" in text
        assert each["rule"] in text
        assert all(step in text for step in each["steps"])
    assert "with depth = 700, top = glass, width = 1700" in text
    assert "2 in all: €1,169.24" in text


def test_rounding_and_materials_are_explained_too():
    lines = [
        {
            "key": "wood",
            "label": "Wood",
            "amount": "10 / 3",
            "per": "m2",
            "quantity": 2.5,
            "waste": 5,
            "at_least": 1,
        },
        {
            "key": "setup",
            "label": "Setting up",
            "amount": 60,
            "once": True,
            "breaks": [{"pieces": 2, "percent": -10}],
        },
    ]
    total = terms("a", rounding_of="total", rounding_increment=0.5)
    prices = compile_prices(desk(price_lines=lines), total)
    breakdown = price(prices, {}, 3)
    wood, rounding, setup = reasons(prices, breakdown, {})
    assert (wood.rule, wood.steps) == ("10 / 3 per m², times 2.5 and 5 % waste, at least 1", ())
    assert (rounding.key, rounding.rule) == ("rounding", "the total is rounded half up to 0.5")
    assert setup.steps == ("for 3 pieces, 1 of 1 break reached",)
