"""Lines of one product with different taxes, lines without tax, and buyers who pay none in lists of
gross amounts.
"""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from catalog.assemblies import expanded
from configurator.completion.objectives import price_objective
from pricing.breakdown import (
    Breakdown,
    breakdown_json,
    compile_prices,
    difference,
    line_classes,
    price,
)
from pricing.checks import findings
from pricing.in_force import Buyer, in_force
from pricing.lines import Prices
from pricing.override import Override, overridden
from pricing.product_file import read_document
from pricing.why import reasons

AT = datetime(2026, 6, 1, tzinfo=UTC)
RATES = [
    {"country": "DE", "rate": 19, "label": "VAT"},
    {"country": "DE", "rate": 7, "label": "VAT", "tax_class": "reduced"},
    {"country": "FR", "rate": 20, "label": "TVA"},
    {"country": "FR", "rate": 5.5, "label": "TVA", "tax_class": "reduced"},
]
DISC = {"key": "disc", "label": "Disc", "amount": 119}
BOOK = {"key": "book", "label": "Book", "amount": 53.50, "tax_class": "reduced"}
CRATE = {"key": "crate", "label": "Deposit", "amount": 3.10, "tax_class": "none"}


def compiled(
    *lines: dict[str, Any],
    buyer: Buyer | None = None,
    rates: Any = RATES,
    options: Any = (),
    **terms: Any,
) -> Prices:
    shop = {
        "key": "shop",
        "name": "Shop",
        "currency": "EUR",
        "tax_rate": 19,
        "tax_label": "VAT",
        "country": "DE",
    }
    document = {"product": "p", "name": "P", "options": list(options), "price_lines": list(lines)}
    file = read_document({**document, "price_lists": [{**shop, **terms}], "tax_rates": rates})
    known = in_force(file.tariff, "EUR", AT, "shop", buyer, line_classes=line_classes(file.model))
    return compile_prices(file.model, known)


def told(found: Breakdown) -> list[tuple[str, ...]]:
    """Return rate, base and amount of each tax, and at last net, tax and gross."""
    taxes = [(str(each.rate), str(each.base), str(each.amount)) for each in found.taxes]
    return [*taxes, (str(found.net), str(found.tax), str(found.gross))]


def test_lines_of_one_product_are_taxed_at_their_own_rates():
    found = price(compiled(DISC, BOOK, CRATE), {})
    assert told(found) == [
        ("19", "100.00", "19.00"),
        ("7", "50.00", "3.50"),
        ("0", "3.10", "0.00"),
        ("153.10", "22.50", "175.60"),
    ]
    assert (
        found.tax_known,
        found.tax_rate,
        found.tax_label.default if found.tax_label else None,
    ) == (True, None, None)


def test_net_amounts_get_the_tax_of_each():
    found = price(compiled(DISC, BOOK, amounts_are="net"), {}, 2)
    assert told(found) == [
        ("19", "238.00", "45.22"),
        ("7", "107.00", "7.49"),
        ("345.00", "52.71", "397.71"),
    ]


def test_classes_that_are_taxed_alike_are_rounded_together():
    menu = {"key": "menu", "label": "Menu", "tax_class": "food", "amount": 0.1}
    rates = [*RATES, {"country": "DE", "rate": 7, "label": "VAT", "tax_class": "food"}]
    lines = ({**BOOK, "amount": 0.1}, menu, {**BOOK, "key": "more", "amount": 0.1})
    found = price(compiled(*lines, rates=rates, amounts_are="net"), {})
    assert told(found) == [("7", "0.30", "0.02"), ("0.30", "0.02", "0.32")]
    assert found.tax_rate == 7


def test_amounts_by_value_that_come_to_nothing_together_bear_the_tax_of_each_row():
    listed = [{"key": key, "label": key} for key in "abc"]
    amounts = {"a": 1.07, "b": 1.07, "c": -2.14}
    gifts = {
        "key": "gifts",
        "label": "Gifts",
        "option": "gifts",
        "amounts": amounts,
        "tax_class": "reduced",
    }
    option = {"key": "gifts", "kind": "multi", "label": "Gifts", "values": listed}
    prices = compiled(DISC, gifts, options=[option], amounts_are="net", tax_rounding_of="line")
    found = price(prices, {"gifts": ("a", "b", "c")})
    assert told(found)[1] == ("7", "0.00", "-0.01")


def test_the_buyers_country_decides_for_each_class():
    found = price(compiled(DISC, BOOK, buyer=Buyer(country="FR"), amounts_are="net"), {})
    assert told(found)[:2] == [("20", "119.00", "23.80"), ("5.5", "53.50", "2.94")]


def test_a_discount_is_spread_over_the_rates_of_what_it_is_of():
    lines = (
        DISC,
        BOOK,
        CRATE,
        {"key": "set", "label": "Set", "percent": -10, "of": ["disc", "book"]},
    )
    found = price(compiled(*lines), {})
    assert told(found)[:3] == [
        ("19", "90.00", "17.10"),
        ("7", "45.00", "3.15"),
        ("0", "3.10", "0.00"),
    ]


def test_a_discount_with_a_class_of_its_own_is_of_that():
    lines = (
        DISC,
        BOOK,
        {
            "key": "set",
            "label": "Set",
            "percent": -10,
            "of": ["disc", "book"],
            "tax_class": "reduced",
        },
    )
    assert told(price(compiled(*lines), {}))[0] == ("19", "100.00", "19.00")


def test_what_raises_a_price_is_spread_over_what_is_above_zero():
    lines = (
        {**DISC, "amount": 60},
        {**BOOK, "amount": 30},
        {**CRATE, "amount": -10},
        {"key": "least", "label": "Least", "minimum": 110},
    )
    found = price(compiled(*lines, amounts_are="net"), {})
    assert [str(each.base) for each in found.taxes] == ["80.00", "40.00", "-10.00"]


def test_bases_come_to_the_total_where_it_is_rounded():
    lines = ({**DISC, "amount": 10.01}, {**BOOK, "amount": 20.01})
    found = price(
        compiled(*lines, amounts_are="net", rounding_of="total", rounding_increment=1), {}
    )
    assert [str(each.base) for each in found.taxes] == ["10.00", "20.00"]
    assert found.net == 30


def test_line_by_line_each_part_of_a_line_is_rounded():
    lines = (
        {**DISC, "amount": 0.10},
        {**BOOK, "amount": 0.10},
        {"key": "more", "label": "More", "percent": 50},
    )
    found = price(compiled(*lines, amounts_are="net", tax_rounding_of="line"), {})
    assert told(found) == [("19", "0.15", "0.03"), ("7", "0.15", "0.01"), ("0.30", "0.04", "0.34")]


def test_what_is_paid_is_rounded_after_all_taxes():
    found = price(compiled(DISC, {**BOOK, "amount": 53.52}, paid_increment=0.05), {})
    assert (found.gross, found.paid_rounding) == (Decimal("172.50"), Decimal("-0.02"))


def test_a_class_without_a_rate_leaves_the_tax_unknown_and_untaxed_lines_do_not():
    prices = compiled(DISC, CRATE, {**BOOK, "tax_class": "zero"})
    assert (price(prices, {}).tax_known, price(prices, {}).net) == (False, None)
    assert price(compiled(DISC, CRATE, country=None), {}).tax == 19


def test_a_class_without_a_rate_is_found_before_publishing():
    lines = [DISC, CRATE, BOOK]
    document = {
        "product": "p",
        "name": "P",
        "options": [],
        "price_lines": lines,
        "tax_rates": RATES,
    }
    shop = {"key": "shop", "name": "Shop", "currency": "EUR", "tax_rate": 19}
    dealers = {
        "key": "dealers",
        "name": "Dealers",
        "currency": "EUR",
        "tax_rate": 19,
        "derived": {"of": "shop"},
    }

    def found(*lists: dict[str, Any]) -> list[tuple[str, tuple[str, ...]]]:
        file = read_document({**document, "price_lists": list(lists)})
        told = findings(expanded(file.model), (*file.price_lists, *file.tax_rates))
        return [(each.path, each.about) for each in told if each.code == "tax-class"]

    assert found(shop) == [("price_lists/shop/country", ("reduced",))]
    assert found({**shop, "country": "DE"}) == []
    assert found({**shop, "country": "DE"}, dealers) == [
        ("price_lists/dealers/country", ("reduced",))
    ]
    assert found({**shop, "country": "AT"}) == [("price_lists/shop/country", ("reduced",))]


def test_rates_at_home_are_a_tax_that_is_known():
    shop = {"key": "shop", "name": "Shop", "currency": "EUR", "shows": "net", "least_over_cost": 5}
    lines = [{**DISC, "cost": 1, "amount": 0.03}, {**BOOK, "cost": 1, "amount": 0.08}]
    document = {
        "product": "p",
        "name": "P",
        "options": [],
        "price_lines": lines,
        "tax_rates": RATES,
    }

    def found(**more: Any) -> list[tuple[str, str]]:
        file = read_document({**document, "price_lists": [{**shop, **more}]})
        told = findings(expanded(file.model), (*file.price_lists, *file.tax_rates))
        return [
            (each.code, each.path)
            for each in told
            if each.code in {"net-costs", "tax-unknown", "no-net-price"}
        ]

    assert found() == [
        ("net-costs", "price_lists/shop/tax_rate"),
        ("tax-unknown", "price_lists/shop/tax_rate"),
    ]
    # With 19 %, 0.02 is 0.02 and 0.03 is 0.04; with 7 %, 0.07 is 0.07 and 0.08 is 0.09.
    assert found(country="DE") == [
        ("no-net-price", "price_lines/disc/amount"),
        ("no-net-price", "price_lines/book/amount"),
    ]


def test_a_floor_over_cost_is_kept_at_all_rates():
    lines = ({**DISC, "cost": 120}, {**BOOK, "cost": 60})
    for quantity in (1, 3):
        found = price(compiled(*lines, least_over_cost=10), {}, quantity)
        assert found.net is not None and found.margin is not None
        assert 198 * quantity <= found.net < 198 * quantity + Decimal("0.05")


def test_a_price_by_hand_is_spread_too():
    prices = compiled(DISC, BOOK)
    before = price(prices, {})
    found = overridden(
        prices, before, Override("final", "Agreed", "ann", AT, amount=Decimal("86.25"))
    )
    assert told(found)[:2] == [("19", "50.00", "9.50"), ("7", "25.00", "1.75")]


@pytest.mark.parametrize("shows", ["net", "gross"])
def test_a_difference_is_that_of_two_prices(shows):
    document = {
        "product": "p",
        "name": "P",
        "options": [
            {"key": "n", "label": "N", "kind": "number", "number": {"first": 1, "last": 9}}
        ],
        "price_lines": [DISC, {**BOOK, "amount": "n * 53.5"}],
    }
    shop = {
        "key": "shop",
        "name": "Shop",
        "currency": "EUR",
        "tax_rate": 19,
        "country": "DE",
        "shows": shows,
    }
    file = read_document({**document, "price_lists": [shop], "tax_rates": RATES})
    prices = compile_prices(
        file.model, in_force(file.tariff, "EUR", AT, line_classes=line_classes(file.model))
    )
    one, two = {"n": Decimal(1)}, {"n": Decimal(3)}
    before, after = price(prices, one), price(prices, two)
    assert (
        difference(prices, before, two, ["n"])
        == after.shown - before.shown
        == (100 if shows == "net" else 107)
    )
    assert price_objective(prices).is_exact is (shows == "gross")


def test_the_breakdown_and_the_reasons_tell_the_rates():
    prices = compiled(DISC, BOOK, {"key": "set", "label": "Set", "percent": -10})
    found = price(prices, {})
    assert breakdown_json(found)["taxes"][1] == {
        "label": "VAT",
        "rate": "7",
        "amount": "3.15",
        "base": "45.00",
    }
    steps = [each.steps[-1] for each in reasons(prices, found, {})]
    spread = "taxed as what it is of: 68.99 % of it at 19 %, 31.01 % of it at 7 %"
    assert steps == ["taxed at 19 %", "taxed at 7 %", spread]


@pytest.mark.parametrize("country", [None, "DE", "IT"])
def test_a_country_without_a_rate_makes_no_gross_price_of_costs_cheaper(country):
    shop = {"key": "shop", "name": "Shop", "currency": "EUR", "tax_rate": 19, "country": "DE"}
    lines = [{**DISC, "cost": 100}, {**BOOK, "cost": 50}]
    document = {
        "product": "p",
        "name": "P",
        "options": [],
        "price_lines": lines,
        "tax_rates": RATES,
    }
    for terms in ({"derived": {"of": "base", "take": "costs"}}, {"least_over_cost": 0}):
        floor = [{**shop, "key": "base"}, {**shop, **terms}]
        less = (
            [{**line, "amount": line["amount"] / 10} for line in lines]
            if "derived" not in terms
            else lines
        )
        file = read_document({**document, "price_lines": less, "price_lists": floor})
        buyer = Buyer(country=country)
        known = in_force(
            file.tariff, "EUR", AT, "shop", buyer, line_classes=line_classes(file.model)
        )
        found = price(compile_prices(file.model, known), {})
        assert found.tax_known == (country != "IT")
        assert Decimal("172.50") <= found.total < Decimal("172.55")


# ---- who pays no tax -----------------------------------------------------------------------------

ABROAD = Buyer(country="FR", tax_status="reverse_charge")


def test_gross_amounts_are_paid_without_the_tax_they_hold_at_home():
    prices = compiled(DISC, BOOK, CRATE, buyer=ABROAD)
    found = price(prices, {}, 2)
    at_home = price(compiled(DISC, BOOK, CRATE), {}, 2)
    assert found.net == found.gross == found.total == found.shown == at_home.net
    assert [(each.key, each.amount) for each in found.order_lines] == [
        ("not_charged", Decimal("-45.00"))
    ]
    assert (found.tax, found.tax_rate, found.tax_from) == (0, 0, "buyer")
    assert told(found)[0] == ("0", "306.20", "0.00")
    assert found.unit_total * 2 + found.order_total == found.total
    assert found.unit_shown == Decimal("153.10")
    assert found.tax_label is not None and found.tax_label.default == "Reverse charge"


def test_why_tells_which_tax_is_not_charged():
    prices = compiled(DISC, BOOK, buyer=ABROAD)
    last = reasons(prices, price(prices, {}), {})[-1]
    assert (last.key, last.amount) == ("not_charged", Decimal("-22.50"))
    assert last.steps == ("19% VAT 19.00, on net 100.00", "7% VAT 3.50, on net 50.00")


def test_a_list_without_a_country_goes_by_its_own_rate():
    assert price(compiled(DISC, buyer=ABROAD, country=None), {}).total == 100


def test_a_price_by_hand_for_who_pays_no_tax_is_what_they_pay():
    prices = compiled(DISC, buyer=ABROAD)
    found = overridden(
        prices, price(prices, {}), Override("discount", "Agreed", "ann", AT, percent=Decimal(10))
    )
    assert (found.total, found.net, found.tax, found.gross) == (90, 90, 0, 90)


def test_a_floor_over_cost_holds_for_who_pays_no_tax():
    assert price(compiled({**DISC, "cost": 200}, buyer=ABROAD, least_over_cost=10), {}).net == 220


def test_a_class_of_lines_for_another_list_decides_nothing():
    elsewhere = {**BOOK, "tax_class": "zero", "price_list": "club"}
    prices = compiled(DISC, elsewhere, buyer=ABROAD)
    assert (price(prices, {}).total, prices.tells_taxes_apart) == (100, False)


def test_where_the_tax_at_home_is_not_known_there_is_no_price():
    prices = compiled(DISC, {**BOOK, "tax_class": "zero"}, buyer=ABROAD)
    assert prices.refusal is not None and "Give the list its tax rate" in prices.refusal.sentence
