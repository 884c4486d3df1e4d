"""The forms a price line can have beside amounts and percentages."""

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from configurator.production.bom import bom, compile_bom
from pricing.breakdown import (
    Breakdown,
    PriceRefused,
    breakdown_json,
    compile_prices,
    difference,
    price,
)
from pricing.checks import findings
from pricing.in_force import InForce
from pricing.price_list import read_price_list
from pricing.why import reasons
from tests.examples.desk import desk

OAK = {
    "frame": "steel",
    "top": "oak",
    "width": Decimal(1400),
    "depth": Decimal(700),
    "extras": ("lamp", "tray"),
}
BOARD = {
    "key": "board",
    "label": "Board",
    "part": "B",
    "quantity": 2,
    "measures": {"length": "width", "width": 500},
}


def priced(
    *lines: dict[str, Any], quantity: int = 1, bom_lines: Any = (BOARD,), **terms: Any
) -> Breakdown:
    model = desk(
        price_lines=[{"label": each["key"], **each} for each in lines], bom_lines=list(bom_lines)
    )
    shop = read_price_list({"key": "shop", "name": "Shop", "currency": "EUR", **terms})
    return price(compile_prices(model, shop), OAK, quantity)


def amounts(breakdown: Breakdown) -> dict[str, str]:
    return {line.key: str(line.amount) for line in (*breakdown.lines, *breakdown.order_lines)}


BASE = {"key": "base", "amount": 100}


def test_a_minimum_adds_what_the_lines_before_it_lack():
    assert amounts(priced(BASE, {"key": "least", "minimum": 130})) == {
        "base": "100.00",
        "least": "30.00",
    }
    assert amounts(priced(BASE, {"key": "least", "minimum": 90})) == {"base": "100.00"}


def test_a_maximum_takes_off_what_they_exceed():
    lines = (BASE, {"key": "more", "amount": 50}, {"key": "most", "maximum": 20, "of": ["more"]})
    assert amounts(priced(*lines))["most"] == "-30.00"


def test_a_percentage_of_a_subtotal_is_of_the_lines_that_count_in_it():
    lines = (
        BASE,
        {"key": "wood", "amount": 40, "subtotal": "material"},
        {"key": "steel", "amount": 20, "subtotal": "material"},
        {"key": "scrap", "percent": 10, "of": ["material"]},
    )
    assert amounts(priced(*lines))["scrap"] == "6.00"


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ({"amount": 30, "per": "m2", "parts": ["board"]}, "42.00"),
        ({"amount": 30, "per": "m2", "parts": ["board"], "waste": 15}, "48.30"),
        ({"amount": 30, "per": "m2", "parts": ["board"], "at_least": 2}, "60.00"),
        ({"amount": 3, "per": "m", "parts": ["board"]}, "8.40"),
        ({"amount": 3, "per": "piece", "parts": ["board"]}, "6.00"),
        ({"amount": 3, "per": "kg", "quantity": "width / 100"}, "42.00"),
        ({"amount": 3, "per": "kg", "quantity": 0, "at_least": 5}, None),
    ],
)
def test_a_material_costs_its_price_times_what_is_needed(line, told):
    assert amounts(priced(BASE, {"key": "material", **line})).get("material") == told


def test_weight_and_volume_are_those_of_the_parts():
    part = {
        **BOARD,
        "measures": {"length": 1000, "width": 500, "thickness": 20, "weight": "0.5 * 14"},
    }
    volume = {"key": "volume", "amount": 1000, "per": "m3", "parts": ["board"]}
    weight = {"key": "weight", "amount": 2, "per": "kg", "parts": ["board"]}
    assert amounts(priced(volume, weight, bom_lines=[part])) == {
        "volume": "20.00",
        "weight": "28.00",
    }


def test_a_part_that_is_not_needed_costs_no_material():
    lines = (
        BASE,
        {"key": "material", "amount": 30, "per": "m2", "parts": ["board"], "at_least": 9},
    )
    assert amounts(priced(*lines, bom_lines=[{**BOARD, "when": "top == glass"}])) == {
        "base": "100.00"
    }


def test_a_part_of_which_none_is_chosen_needs_no_measures():
    part = {"key": "tray", "label": "Tray", "option": "extras", "measures": {"length": "width"}}
    model = desk(
        price_lines=[
            {"label": "Base", **BASE},
            {"key": "m", "label": "M", "amount": 3, "per": "m", "parts": ["tray"]},
        ],
        bom_lines=[part],
    )
    shop = read_price_list({"key": "shop", "name": "Shop", "currency": "EUR"})
    assert price(compile_prices(model, shop), {"frame": "steel"}).total == 100


@pytest.mark.parametrize("more", [{}, {"at_least": 2}, {"whole": True}])
def test_a_need_below_zero_is_refused_also_where_more_would_be_charged(more):
    with pytest.raises(PriceRefused, match="a quantity below zero"):
        priced({"key": "m", "amount": 3, "per": "m", "quantity": "1300 mm - width", **more})


def test_a_part_for_each_value_of_a_multi_choice_counts_for_each():
    part = {"key": "board", "label": "Board", "option": "extras", "measures": {"length": 1000}}
    lines = (BASE, {"key": "material", "amount": 3, "per": "m", "parts": ["board"]})
    assert amounts(priced(*lines, bom_lines=[part]))["material"] == "6.00"


BREAKS = [{"pieces": 10, "percent": -10}, {"pieces": 50, "amount": 80}]


@pytest.mark.parametrize(("quantity", "total"), [(9, 900), (10, 900), (49, 4410), (50, 4000)])
def test_a_break_that_is_reached_holds_for_all_pieces(quantity, total):
    assert priced({**BASE, "breaks": BREAKS}, quantity=quantity).total == total


@pytest.mark.parametrize(
    ("quantity", "total"), [(1, 100), (9, 900), (10, 990), (49, 4500), (50, 4580), (51, 4660)]
)
def test_in_tiers_each_piece_costs_what_its_tier_says(quantity, total):
    breakdown = priced({**BASE, "breaks": BREAKS, "tiered": True}, quantity=quantity)
    assert (breakdown.total, breakdown.unit_total, breakdown.order_total) == (total, 0, total)


def test_a_set_up_counts_once_for_the_whole_order():
    breakdown = priced(BASE, {"key": "setup", "amount": 60, "once": True}, quantity=3)
    assert [line.key for line in breakdown.lines] == ["base"]
    assert [line.key for line in breakdown.order_lines] == ["setup"]
    assert (breakdown.unit_total, breakdown.order_total, breakdown.total) == (100, 60, 360)


def test_a_percentage_that_counts_once_is_of_the_whole_order():
    lines = (
        BASE,
        {"key": "setup", "amount": 60, "once": True},
        {"key": "rebate", "percent": -10, "once": True},
    )
    assert amounts(priced(*lines, quantity=3))["rebate"] == "-36.00"


def test_a_percentage_for_each_piece_leaves_out_what_counts_once():
    lines = ({"key": "setup", "amount": 60, "once": True}, BASE, {"key": "rebate", "percent": -10})
    assert amounts(priced(*lines, quantity=3))["rebate"] == "-10.00"


def test_a_difference_is_of_the_total_of_all_pieces():
    model = desk(
        price_lines=[
            {
                "key": "top",
                "label": "Top",
                "option": "top",
                "amounts": {"oak": 100, "glass": 130, "laminate": 80},
            },
            {
                "key": "setup",
                "label": "Glass cut",
                "amount": 50,
                "once": True,
                "when": "top == glass",
            },
        ]
    )
    prices = compile_prices(
        model, read_price_list({"key": "shop", "name": "Shop", "currency": "EUR"})
    )
    assert difference(prices, price(prices, OAK, 3), {**OAK, "top": "glass"}, ["top"]) == 140


@pytest.mark.parametrize(
    ("amount", "mode", "told"),
    [
        ("14.89", "half_up", "9.90"),
        ("14.90", "half_up", "19.90"),
        ("10", "up", "19.90"),
        ("19.89", "down", "9.90"),
        ("2", "down", "9.90"),
        ("-12", "half_up", "-9.90"),
    ],
)
def test_amounts_can_end_in_nines(amount, mode, told):
    breakdown = priced(
        {"key": "free", "amount": 0},
        {"key": "base", "amount": 1000 + 9.9},
        {"key": "more", "amount": amount},
        rounding_increment=10,
        rounding_ending=9.9,
        rounding_mode=mode,
    )
    assert amounts(breakdown) == {"base": "1009.90", "more": told}


def test_an_ending_that_no_coin_can_pay_is_refused():
    with pytest.raises(Exception, match="can end in"):
        read_price_list({"key": "a", "name": "A", "currency": "JPY", "rounding_ending": 0.5})


def test_tax_is_rounded_line_by_line_where_the_list_says_so():
    lines = [{"key": f"line_{each}", "amount": 0.13} for each in range(4)]
    net = {"amounts_are": "net", "tax_rate": 19}
    assert priced(*lines, **net).tax == Decimal("0.10")
    assert priced(*lines, **net, tax_rounding_of="line").tax == Decimal("0.08")


def test_cost_and_margin_are_known_where_every_line_tells_its_cost():
    body = {"key": "body", "amount": 100, "cost": 60}
    extras = {
        "key": "extras",
        "option": "extras",
        "amounts": {"lamp": 50, "tray": 20},
        "costs": {"lamp": 30, "tray": 0},
    }
    rebate = {"key": "rebate", "percent": -10}
    breakdown = priced(body, extras, rebate, quantity=2, tax_rate=20)
    assert (breakdown.net, breakdown.cost, breakdown.margin) == (Decimal("255.00"), 180, 75)
    assert priced(body, {"key": "more", "amount": 1}).cost is None


def test_shoppers_are_not_told_what_it_costs_the_merchant():
    breakdown = priced({"key": "body", "amount": 100, "cost": 61.5})
    assert "61.5" not in str(breakdown_json(breakdown))
    assert breakdown_json(breakdown, costs=True)["lines"][0]["cost"] == "61.50"


def test_yen_and_dinars_are_rounded_to_their_own_smallest_unit():
    for currency, told in (("JPY", "33"), ("BHD", "33.333")):
        model = desk(
            currency=currency, price_lines=[{"key": "a", "label": "A", "amount": "100 / 3"}]
        )
        terms = read_price_list({"key": "a", "name": "A", "currency": currency})
        assert str(price(compile_prices(model, terms), OAK).unit_total) == told


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ({"amount": 1, "per": "m2"}, "material"),
        ({"amount": 1, "quantity": 3}, "material"),
        ({"amount": 1, "per": "m2", "parts": ["bord"]}, "unknown-bom-line"),
        ({"amount": 1, "per": "kg", "parts": ["board"]}, "no-measure"),
        ({"amount": 1, "breaks": [{"pieces": 1, "amount": 3}]}, "break"),
        ({"amount": 1, "breaks": [{"pieces": 5}]}, "break"),
        ({"percent": 1, "tiered": True}, "break"),
        ({"amount": 1, "tiered": True, "once": True}, "break"),
        ({"amount": 1, "breaks": [{"pieces": 5, "amount": 2}]}, "rising-break"),
        (
            {"amount": 1, "breaks": [{"pieces": 5, "percent": -9}, {"pieces": 9, "percent": -5}]},
            "rising-break",
        ),
        ({"percent": 1, "of": ["setup"]}, "once-of"),
        ({"amount": 1, "subtotal": "base"}, "subtotal-key"),
        ({"minimum": 1, "maximum": 2}, "price-form"),
    ],
)
def test_a_line_that_cannot_be_is_found(line, code):
    lines = [BASE, {"key": "setup", "amount": 5, "once": True}, {"key": "odd", **line}]
    model = desk(price_lines=[{"label": each["key"], **each} for each in lines], bom_lines=[BOARD])
    assert code in [finding.code for finding in findings(model)]


def test_what_the_checks_refuse_has_no_price():
    for line in (
        {"per": "kg", "parts": ["board"]},
        {"tiered": True, "once": True},
        {"breaks": [{"pieces": 5}]},
    ):
        with pytest.raises(PriceRefused, match="cannot be used"):
            priced({"key": "odd", "amount": 1, **line})


def test_the_findings_of_lists_tell_cycles_overlaps_gaps_and_missing_costs():
    def terms(key: str, **changes: Any):
        return read_price_list({"key": key, "name": key, "currency": "EUR", **changes})

    lists = [
        terms("retail", is_default=True, amounts_are="net", shows="net"),
        terms("a", channel="x", derived={"of": "b"}),
        terms("b", channel="x", derived={"of": "a"}),
        terms("c", channel="y", valid_until="2027-01-01T00:00:00Z", derived={"of": "retail"}),
        terms(
            "d",
            channel="y",
            valid_from="2027-02-01T00:00:00Z",
            derived={"of": "retail", "take": "costs"},
        ),
        terms("e", channel="z", derived={"of": "retale"}),
    ]
    model = desk(price_lines=[{"key": "a", "label": "A", "amount": 1}])
    assert {finding.code for finding in findings(model, lists)} == {
        "price-list-cycle",
        "price-list-overlap",
        "price-list-gap",
        "derived-terms",
        "net-costs",
        "no-cost",
        "unknown-price-list",
    }


def test_a_material_waits_for_the_option_that_decides_on_its_part():
    line = {"key": "wood", "label": "Wood", "amount": 30, "per": "m2", "parts": ["board"]}
    for part in (BOARD | {"option": "top"}, BOARD | {"when": "top is oak"}):
        model = desk(price_lines=[{**BASE, "label": "Base"}, line], bom_lines=[part])
        shop = read_price_list({"key": "shop", "name": "Shop", "currency": "EUR"})
        prices = compile_prices(model, shop)
        undecided = {key: value for key, value in OAK.items() if key != "top"}
        so_far = price(prices, undecided, undecided=("top",))
        assert (so_far.open, so_far.total) == (("top",), 100)
        assert difference(prices, so_far, OAK, ["top"]) == price(prices, OAK).total - 100 == 42


def test_a_percentage_is_of_what_the_list_below_costs_when_rounded():
    model = desk(
        price_lines=[
            {**BASE, "label": "B"},
            {"key": "less", "label": "L", "percent": -10, "price_list": "b"},
        ]
    )
    below = InForce(
        read_price_list({"key": "a", "name": "A", "currency": "EUR", "rounding_increment": 30})
    )
    below = replace(below, price_list=replace(below.price_list, rounding_of="total"))
    dealer = read_price_list({"key": "b", "name": "B", "currency": "EUR", "derived": {"of": "a"}})
    assert amounts(price(compile_prices(model, InForce(dealer, base=below)), OAK)) == {
        "base": "100.00",
        "rounding": "-10.00",
        "less": "-9.00",
    }


def test_why_tells_of_an_amount_kept_in_a_derived_list_what_it_is_for():
    line = {"key": "wood", "label": "Wood", "amount": 30, "per": "m2", "parts": ["board"]}
    model = desk(price_lines=[line | {"breaks": [{"pieces": 5, "amount": 10}]}], bom_lines=[BOARD])
    below = InForce(read_price_list({"key": "a", "name": "A", "currency": "EUR"}))
    dealer = read_price_list(
        {"key": "b", "name": "B", "currency": "EUR", "derived": {"of": "a", "factor": 0.5}}
    )
    prices = compile_prices(model, InForce(dealer, (("wood", "", "20"),), base=below))
    few, many = price(prices, OAK, 1), price(prices, OAK, 5)
    assert (few.unit_total, many.unit_total) == (28, 7)
    (reason,) = reasons(prices, many, OAK)
    assert reason.rule == "20 per m², times what board needs"
    assert reason.steps == ("an amount kept in this list", "for 5 pieces, 1 of 1 break reached")


@pytest.mark.parametrize(
    "own", [{"paid_increment": 0.05}, {"rounding_increment": 0.05, "rounding_of": "total"}]
)
def test_a_difference_is_of_what_is_paid(own):
    line = {
        "key": "a",
        "label": "A",
        "option": "top",
        "amounts": {"oak": 10, "glass": 11, "laminate": 0},
    }
    model = desk(currency="CHF", price_lines=[line])
    shop = read_price_list(
        {"key": "a", "name": "A", "currency": "CHF", "amounts_are": "net", "tax_rate": 8.1, **own}
    )
    prices = compile_prices(model, shop)
    oak = price(prices, OAK)
    assert (str(oak.gross), str(oak.paid_rounding)) == ("10.80", "-0.01")
    assert difference(prices, oak, OAK | {"top": "glass"}, ["top"]) == Decimal(
        "1.10"
    )  # 11.89 are paid as 11.90


def test_what_is_paid_is_a_multiple_of_a_coin():
    with pytest.raises(Exception, match="what is paid in EUR can be rounded"):
        read_price_list({"key": "a", "name": "A", "currency": "EUR", "paid_increment": 0.005})


def test_a_list_of_gross_amounts_made_from_costs_adds_the_tax():
    model = desk(price_lines=[{"key": "a", "label": "A", "amount": 300, "cost": 100}])
    below = InForce(read_price_list({"key": "a", "name": "A", "currency": "EUR"}))
    own = {
        "key": "b",
        "name": "B",
        "currency": "EUR",
        "derived": {"of": "a", "take": "costs", "percent": 5},
    }
    gross = price(
        compile_prices(model, InForce(read_price_list(own | {"tax_rate": 20}), base=below)), OAK
    )
    assert (gross.gross, gross.net, gross.margin) == (126, 105, 5)
    net = read_price_list(own | {"tax_rate": 20, "amounts_are": "net"})
    assert price(compile_prices(model, InForce(net, base=below)), OAK).net == 105


def test_a_floor_over_cost_compares_net_with_net():
    base = {"key": "a", "amount": 110, "cost": 100}
    breakdown = priced(base, amounts_are="gross", tax_rate=20, least_over_cost=5)
    assert (breakdown.gross, breakdown.net) == (126, 105)
    assert amounts(breakdown) == {"a": "110.00", "least": "16.00"}
    odd = {"key": "a", "amount": 1, "cost": "0.14"}
    assert priced(
        odd, amounts_are="gross", tax_rate=20, rounding_increment=0.05, least_over_cost=700
    ).net >= Decimal("1.12")


def test_a_list_that_goes_by_costs_without_a_tax_says_so():
    model = desk(price_lines=[{"key": "a", "label": "A", "amount": 300, "cost": 100}])
    shop = read_price_list({"key": "a", "name": "A", "currency": "EUR", "least_over_cost": 5})
    assert "net-costs" in {finding.code for finding in findings(model, [shop])}
    known = read_price_list(
        {"key": "a", "name": "A", "currency": "EUR", "least_over_cost": 5, "tax_rate": 20}
    )
    assert "net-costs" not in {finding.code for finding in findings(model, [known])}


PACKS = [
    {"key": "left", "label": "Left", "part": "P-1", "quantity": 0.3, "whole": True},
    {"key": "right", "label": "Right", "part": "P-2", "quantity": 0.5, "whole": True},
]


@pytest.mark.parametrize("pieces", [1, 2, 3, 7])
def test_a_whole_material_charges_what_the_parts_list_takes(pieces):
    line = {
        "key": "packs",
        "label": "Packs",
        "amount": 10,
        "per": "piece",
        "parts": ["left", "right"],
        "whole": True,
    }
    model = desk(price_lines=[line], bom_lines=PACKS)
    shop = read_price_list({"key": "a", "name": "A", "currency": "EUR"})
    packs = sum(item.quantity for item in bom(compile_bom(model), OAK, pieces))
    assert price(compile_prices(model, shop), OAK, pieces).total == 10 * packs
    assert "whole-part" not in {finding.code for finding in findings(model, [shop])}


def test_a_line_that_charges_less_than_the_whole_parts_it_is_for_is_told():
    line = {
        "key": "packs",
        "label": "Packs",
        "amount": 10,
        "per": "piece",
        "parts": ["left", "right"],
    }
    shop = read_price_list({"key": "a", "name": "A", "currency": "EUR"})
    found = findings(desk(price_lines=[line], bom_lines=PACKS), [shop])
    assert [each.code for each in found if each.code == "whole-part"] == ["whole-part"] * 2


@pytest.mark.parametrize("shares", [(20,), (15, 5), (1, 1, 18), (7, 6, 4, 3)])
@pytest.mark.parametrize(
    "line",
    [
        {"amount": 6, "breaks": [{"pieces": 12, "percent": -10}, {"pieces": 96, "amount": 4}]},
        {"amount": 6, "breaks": [{"pieces": 12, "percent": -10}], "tiered": True},
        {"amount": 9, "per": "piece", "quantity": 0.15, "whole": True},
        {
            "option": "top",
            "amounts": {"oak": 4, "glass": 5, "laminate": 2},
            "breaks": [{"pieces": 9, "percent": -50}],
        },
    ],
)
def test_configurations_of_one_order_cost_together_what_one_does(line, shares):
    model = desk(price_lines=[{"key": "a", "label": "A", **line}])
    prices = compile_prices(model, read_price_list({"key": "a", "name": "A", "currency": "EUR"}))
    together = price(prices, OAK, 20)
    apart = [price(prices, OAK, pieces, order_quantity=20) for pieces in shares]
    assert abs(sum(each.total for each in apart) - together.total) <= Decimal("0.005") * len(shares)
    before = apart[0]
    after = price(prices, OAK | {"top": "glass"}, shares[0], order_quantity=20)
    assert difference(prices, before, OAK | {"top": "glass"}, ["top"]) == after.shown - before.shown
    with pytest.raises(PriceRefused, match="The whole order has"):
        price(prices, OAK, 20, order_quantity=19)


@pytest.mark.parametrize(
    ("kept", "total"),
    [
        ((), "54.00"),  # half of 80 + 40 less 10 %
        ((("base", "", "70"),), "81.00"),  # 70 + 20 less 10 %
        ((("base", "", "10"),), "50.00"),  # 10 + 20 less 10 % are 27, and at least half of 100
        ((("base", "", "10"), ("floor", "", "30")), "30.00"),
        ((("base", "", "70"), ("less", "", "-50")), "50.00"),  # 90 less 50 % are 45
    ],
)
def test_what_is_of_an_amount_kept_in_a_derived_list_is_of_what_it_comes_to_there(kept, total):
    lines = [
        {"key": "base", "label": "Base", "amount": 80},
        {"key": "extra", "label": "Extra", "amount": 40},
        {"key": "less", "label": "Less", "percent": -10},
        {"key": "floor", "label": "Least", "minimum": 100},
    ]
    below = InForce(read_price_list({"key": "a", "name": "A", "currency": "EUR"}))
    dealer = read_price_list(
        {"key": "b", "name": "B", "currency": "EUR", "derived": {"of": "a", "factor": 0.5}}
    )
    prices = compile_prices(desk(price_lines=lines), InForce(dealer, kept, base=below))
    found = price(prices, {})
    assert found.total == Decimal(total)
    assert sum(reason.amount for reason in reasons(prices, found, {})) == found.total


@pytest.mark.parametrize(
    ("cost", "percent", "gross"),
    [("0.14", 700, "1.34"), ("100", 5, "126.00"), ("3.33", 10, "4.40")],
)
def test_a_floor_over_cost_is_not_a_cent_more_than_it_has_to_be(cost, percent, gross):
    """The least gross price whose net price, after the tax is rounded, is the cost and so much over
    it.
    """
    line = {"key": "a", "amount": "0.50", "cost": cost}
    found = priced(line, amounts_are="gross", tax_rate=20, least_over_cost=percent)
    least = Decimal(cost) * (100 + percent) / 100
    assert (str(found.gross), found.net >= least) == (gross, True)
    cent = found.gross - Decimal("0.01")
    assert cent - (cent / 6).quantize(Decimal("0.01")) < least
