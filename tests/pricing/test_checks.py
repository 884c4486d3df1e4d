from dataclasses import replace
from typing import Any

import pytest

from catalog import checks
from catalog.product_model import PriceLine, Text
from pricing.checks import Elsewhere, HasEnded, findings
from pricing.in_force import ListAmount
from pricing.price_list import read_moment, read_price_list
from tests.examples.desk import desk

NOW = read_moment("2026-06-01T00:00:00Z")


def terms(key: str, currency: str = "EUR", **changes: Any):
    return read_price_list({"key": key, "name": key, "currency": currency, **changes})


def told(*lines: dict[str, Any], lists: Any = (), **changes: Any) -> list[tuple[str, str]]:
    model = desk(price_lines=[{"label": each["key"], **each} for each in lines], **changes)
    return [(finding.code, finding.path) for finding in findings(model, lists)]


def test_the_prices_of_the_desk_are_sound():
    assert findings(desk(), [terms("shop", tax_rate=19)]) == []


def test_the_pricing_check_runs_at_publish():
    model = desk(price_lines=[{"key": "a", "label": "A", "option": "frame", "amounts": {"oak": 1}}])
    assert ("unpriced-value", "price_lines/a/amounts/steel") in [
        (finding.code, finding.path) for finding in checks.findings(model)
    ]


def test_a_value_without_amount_is_found_with_an_example():
    (finding,) = findings(
        desk(price_lines=[{"key": "a", "label": "A", "option": "extras", "amounts": {"lamp": 1}}])
    )
    assert (finding.path, finding.example) == ("price_lines/a/amounts/tray", {"extras": ["tray"]})


def test_both_answers_of_a_boolean_need_an_amount():
    (finding,) = findings(
        desk(price_lines=[{"key": "a", "label": "A", "option": "engraved", "amounts": {"true": 1}}])
    )
    assert finding.example == {"engraved": False}


def test_an_amount_for_an_unknown_value_is_found_with_a_suggestion():
    line = {
        "key": "a",
        "label": "A",
        "option": "frame",
        "amounts": {"oak": 1, "steel": 1, "steal": 1},
    }
    (finding,) = findings(desk(price_lines=[line]))
    assert finding.sentence.endswith("did you mean 'steel'?")


def test_a_line_has_exactly_one_form():
    assert told({"key": "a"}) == [("price-form", "price_lines/a")]
    assert told({"key": "a", "amount": 1, "percent": 2}) == [("price-form", "price_lines/a")]


def test_amounts_belong_to_an_option_with_listed_values():
    assert told({"key": "a", "option": "topp", "amounts": {"x": 1}}) == [
        ("unknown-option", "price_lines/a/option")
    ]
    assert told({"key": "a", "option": "width", "amounts": {"x": 1}}) == [
        ("price-form", "price_lines/a/option")
    ]
    assert told({"key": "a", "amount": 1, "amounts": {"x": 1}}) == [
        ("price-form", "price_lines/a/amounts")
    ]


def test_a_percentage_is_of_lines_that_stand_before_it():
    base = {"key": "base", "amount": 1}
    assert told({"key": "a", "percent": 5, "of": ["base"]}, base) == [
        ("later-price-line", "price_lines/a/of")
    ]
    assert told(base, {"key": "a", "percent": 5, "of": ["bas"]}) == [
        ("unknown-price-line", "price_lines/a/of")
    ]
    assert told({"key": "a", "percent": 5}) == [("percentage-of-nothing", "price_lines/a/of")]
    assert told(base, {"key": "a", "percent": 5, "of": ["a"]}) == [
        ("later-price-line", "price_lines/a/of")
    ]


def test_lines_of_an_amount_that_is_no_percentage_mean_nothing():
    assert told({"key": "a", "amount": 5}, {"key": "b", "amount": 5, "of": ["a"]}) == [
        ("idle-of", "price_lines/b/of")
    ]


@pytest.mark.parametrize(
    "beside", [{"once": True}, {"tiered": True}, {"at_least": 2}, {"per": None, "quantity": None}]
)
def test_whole_units_beside_what_counts_otherwise_are_found_since_there_is_no_price(beside):
    line = {"key": "pack", "amount": 4, "per": "piece", "quantity": "0.3", "whole": True, **beside}
    assert told(line) == [("material", "price_lines/pack")]


def test_a_list_that_no_line_holds_in_is_found():
    assert told({"key": "a", "amount": 5}, lists=[terms("japan", "JPY")]) == [
        ("no-price-lines", "price_lists/japan"),
        ("list-currency", "currency"),
    ]


def test_a_product_outside_a_list_is_worth_a_warning_only_where_everybody_gets_that_list():
    own = terms("own", own_lines_only=True)
    found = [
        [each.severity for each in findings(model, lists) if each.code == "not-in-price-list"]
        for model in [replace(desk(), price_lines=(PriceLine("a", Text("A"), amount="5"),))]
        for lists in (
            [replace(own, is_default=True)],
            [replace(own, is_default=True, on_request=True)],
            [terms("all", is_default=True), own],
        )
    ]
    assert found == [["warning"], ["note"], ["note"]]


def test_lists_in_other_currencies_alone_are_named_though_none_of_them_is_the_products():
    model = desk(price_lines=[{"key": "a", "label": "A", "amount": 5}])
    (finding,) = findings(model, [Elsewhere((("states", "USD"),))])
    assert (finding.severity, finding.code) == ("warning", "list-currency")
    assert "'states' in USD" in finding.sentence
    assert findings(model, [terms("own"), Elsewhere((("states", "USD"),))]) == []


LAST_DAY = "2027-01-01T00:00:00+01:00"


def test_a_last_list_that_ends_is_told_before_and_an_error_once_it_has():
    model = desk(price_lines=[{"key": "a", "label": "A", "amount": 5}])
    ending = terms("y26", valid_until=LAST_DAY)
    (before,) = findings(model, [ending])
    (after,) = findings(model, [ending, HasEnded("EUR")])
    assert (before.severity, before.code, before.path) == (
        "warning",
        "price-list-end",
        "price_lists/y26/valid_until",
    )
    assert LAST_DAY in before.sentence
    assert (after.severity, after.code) == ("error", "price-list-end")


def test_a_list_that_is_followed_by_another_may_end():
    line = {"key": "a", "amount": 5}
    ending = terms("y26", valid_until=LAST_DAY, is_default=True)
    following = terms("y27", valid_from=LAST_DAY, is_default=True)
    assert told(line, lists=[ending, following]) == []
    assert told(line, lists=[ending, terms("dealers", customer_group="dealers")]) == [
        ("price-list-end", "price_lists/y26/valid_until")
    ]


def test_a_list_ends_with_the_one_it_is_made_from():
    line = {"key": "a", "amount": 5}
    below = terms("base", "USD", valid_until=LAST_DAY)
    assert ("price-list-end", "price_lists/shop/valid_until") in told(
        line, lists=[below, terms("shop", derived={"of": "base"})]
    )


def test_a_line_for_an_unknown_list_is_found():
    assert told(
        {"key": "a", "amount": 5, "price_list": "shp"},
        {"key": "b", "amount": 1},
        lists=[terms("shop")],
    ) == [("unknown-price-list", "price_lines/a/price_list")]


def test_a_percentage_whose_lines_are_in_other_lists_is_found():
    lines = (
        {"key": "base", "amount": 5},
        {"key": "a", "amount": 5, "price_list": "shop"},
        {"key": "b", "percent": 5, "of": ["a"]},
    )
    assert told(*lines, lists=[terms("shop", is_default=True), terms("dealer")]) == [
        ("absent-price-line", "price_lines/b/of")
    ]


def test_several_lists_of_one_currency_need_one_default():
    line = {"key": "a", "amount": 5}
    assert told(line, lists=[terms("a"), terms("b")]) == [("default-price-list", "price_lists")]
    assert told(line, lists=[terms("a", is_default=True), terms("b")]) == []


def test_a_tax_that_is_to_be_shown_and_is_not_known_is_noted():
    assert told({"key": "a", "amount": 5}, lists=[terms("a", amounts_are="net")]) == [
        ("tax-unknown", "price_lists/a/tax_rate")
    ]


def test_a_currency_that_nobody_knows_is_found():
    assert told({"key": "a", "amount": 5}, currency="EUU") == [("unknown-currency", "currency")]


def test_a_product_without_prices_is_noticed():
    assert told() == [("no-prices", "price_lines")]


def test_a_gross_amount_that_no_net_price_leads_to_is_told_where_buyers_read_net_prices():
    def found(amount: str, **more: object) -> bool:
        shop = read_price_list({"key": "a", "name": "A", "currency": "EUR", "tax_rate": 20, **more})
        model = desk(price_lines=[{"key": "a", "label": "A", "amount": amount}])
        return "no-net-price" in {finding.code for finding in findings(model, [shop])}

    missed = [cents for cents in range(1, 601) if found(f"{cents / 100:.2f}", shows="net")]
    assert len(missed) == 100
    assert not found("10.03") and not found("10.02", shows="net")


def test_an_amount_kept_in_a_list_that_cannot_be_read_is_found():
    model = replace(desk(), price_lines=(PriceLine("a", Text("A"), amount="40"),))
    found = {
        text: [
            each.sentence
            for each in findings(model, [terms("shop"), ListAmount("shop", "a", text)])
        ]
        for text in ("3,5", "widht * 2", "1 / (2 - 2)", "width / 50")
    }
    assert (
        "'3,5' of 'a' in the price list 'shop' cannot be read: expected an operator"
        in found["3,5"][0]
    )
    assert "unknown option 'widht'" in found["widht * 2"][0]
    assert "it has no value, whatever is chosen: it divides by zero" in found["1 / (2 - 2)"][0]
    assert found["width / 50"] == []
