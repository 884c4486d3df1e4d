"""A price per running metre of the longest part, wherever prices are told."""

from decimal import Decimal
from typing import Any

import pytest

from catalog import drafts
from catalog.product_model import ProductModel, read
from configurator.compiled_product import compile_product
from configurator.completion.completion import Wish, completion
from configurator.engine_checks.findings import findings as engine_findings
from pricing.breakdown import (
    Breakdown,
    Differences,
    PriceRefused,
    compile_prices,
    difference,
    price,
)
from pricing.checks import findings
from pricing.operations import import_product
from pricing.price_list import read_price_list
from pricing.product_file import ProductFile, read_product_file, write_product_file
from pricing.why import reasons
from tests.api import Api, make_shop, told
from tests.factories import make_merchant

SHOP = read_price_list({"key": "shop", "name": "Shop", "currency": "EUR"})
CARRIAGE = {
    "key": "carriage",
    "label": "Carriage",
    "amount": 12,
    "per": "m_of_longest",
    "parts": ["board", "rail"],
}
VALUES = {"width": Decimal(1400), "rail": True, "wood": "oak"}


def shelf(**changes: Any) -> ProductModel:
    """Return a shelf with boards as wide as it is and, where it has one, a rail a metre longer."""
    measures = {"length": "width", "width": 300}
    bom_lines = [
        {"key": "board", "label": "Board", "part": "B", "quantity": 4, "measures": measures},
        {
            "key": "rail",
            "label": "Rail",
            "part": "R",
            "when": "rail",
            "measures": {"length": "width + 1 m"},
        },
    ]
    wood = [{"key": key, "label": key.title()} for key in ("oak", "pine")]
    options = [
        {
            "key": "width",
            "kind": "number",
            "label": "Width",
            "number": {"first": 600, "last": 2000, "step": 100, "unit": "mm"},
        },
        {"key": "rail", "kind": "boolean", "label": "Rail"},
        {"key": "wood", "kind": "choice", "label": "Wood", "values": wood},
    ]
    base = {"key": "base", "label": "Base", "amount": 100}
    line = {**CARRIAGE, **changes.pop("line", {})}
    return read(
        {
            "product": "shelf",
            "name": "Shelf",
            "options": options,
            "bom_lines": bom_lines,
            "price_lines": [base, {name: each for name, each in line.items() if each is not None}],
            **changes,
        }
    )


def carriage(values: dict[str, Any] = VALUES, quantity: int = 1, **line: Any) -> Breakdown:
    return price(compile_prices(shelf(line=line), SHOP), values, quantity)


@pytest.mark.parametrize(
    ("line", "amount"),
    [
        ({}, "28.80"),
        ({"parts": ["board"]}, "16.80"),
        ({"waste": 10}, "31.68"),
        ({"at_least": 3}, "36.00"),
        ({"amount": None, "option": "wood", "amounts": {"oak": 20, "pine": 10}}, "48.00"),
    ],
)
def test_the_longest_of_the_parts_alone_counts(line, amount):
    assert [str(each.amount) for each in carriage(**line).lines] == ["100.00", amount]


def test_a_part_that_is_not_there_has_no_length():
    without = {**VALUES, "rail": False}
    assert str(carriage(without).lines[1].amount) == "16.80"
    assert [line.key for line in carriage(without, parts=["rail"], at_least=1).lines] == ["base"]


@pytest.mark.parametrize(
    ("line", "quantity", "unit", "order"),
    [
        ({}, 3, "128.80", "0.00"),
        ({"once": True}, 3, "100.00", "28.80"),
        ({"whole": True}, 3, "100.00", "96.00"),
    ],
)
def test_each_piece_has_a_longest_part_of_its_own_and_an_order_that_counts_once_has_one(
    line, quantity, unit, order
):
    found = carriage(quantity=quantity, **line)
    assert (str(found.unit_total), str(found.order_total)) == (unit, order)


def test_the_reason_names_the_parts_and_what_their_lengths_read():
    prices = compile_prices(shelf(), SHOP)
    reason = reasons(prices, price(prices, VALUES), VALUES)[1]
    assert reason.rule == "12 per m, times the length of the longest of board, rail"
    assert reason.inputs == {"rail": True, "width": Decimal(1400)}


def test_a_difference_is_told_from_the_lengths():
    prices = compile_prices(shelf(), SHOP)
    found = price(prices, VALUES)
    without = {**VALUES, "rail": False}
    assert difference(prices, found, without, ["rail"]) == Decimal("-12.00")
    assert Differences(prices, found).of(
        {**VALUES, "width": Decimal(600)}, ["width"], (), ()
    ) == Decimal("-9.60")


def test_the_cheapest_completion_has_the_shortest_parts():
    model = shelf()
    found = completion(
        compile_product(model), compile_prices(model, SHOP), {"wood": "oak"}, Wish("cheapest")
    )
    assert found.breakdown is not None
    assert (found.values["width"], found.values["rail"], found.proven) == (600, False, True)
    assert found.breakdown.total == Decimal("107.20")


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ({}, []),
        ({"parts": None, "quantity": "width"}, [("material", "price_lines/carriage")]),
        ({"parts": None}, [("material", "price_lines/carriage")]),
        ({"parts": ["bord"]}, [("unknown-bom-line", "price_lines/carriage/parts")]),
    ],
)
def test_what_is_half_told_is_found_before_it_is_published(line, found):
    assert [(each.code, each.path) for each in findings(shelf(line=line))] == found


def test_parts_without_a_length_are_found_and_have_no_price():
    model = shelf(bom_lines=[{"key": key, "label": key, "part": key} for key in ("board", "rail")])
    assert [each.code for each in findings(model)] == ["no-measure", "no-measure"]
    with pytest.raises(PriceRefused, match="has no measure length"):
        price(compile_prices(model, SHOP), VALUES)


def test_a_whole_part_of_which_only_the_length_counts_is_no_remark():
    boards = [
        {**each, "whole": True}
        for each in ({"key": "board", "label": "B", "part": "B", "quantity": "0.3"},)
    ]
    boards[0]["measures"] = {"length": "width"}
    assert findings(shelf(bom_lines=boards, line={"parts": ["board"]})) == []


def test_a_length_or_number_that_is_not_known_is_no_price():
    part = {"key": "board", "label": "B", "part": "B", "measures": {"length": "width"}}
    for change in (
        {"quantity": "1 / (width - 1400 mm)"},
        {"measures": {"length": "1 m / (width / 1 mm - 1400)"}},
    ):
        model = shelf(bom_lines=[{**part, **change}], line={"parts": ["board"]})
        prices = compile_prices(model, SHOP)
        with pytest.raises(PriceRefused, match="no quantity with these choices"):
            price(prices, VALUES)
        assert price(prices, {**VALUES, "width": Decimal(1500)}).total
        listed = [each.code for each in engine_findings(model, [SHOP]) if hasattr(each, "code")]
        assert "quantity-undefined" in listed or "measure-undefined" in listed


def test_a_total_that_is_too_large_is_found_from_the_length():
    model = shelf(line={"amount": "900000000000 * 100"})
    assert [each.code for each in engine_findings(model, [SHOP]) if hasattr(each, "code")] == [
        "price-overflow"
    ]


def test_the_product_file_keeps_it():
    file = ProductFile(shelf(), (SHOP,))
    assert read_product_file(write_product_file(file)) == file


@pytest.mark.django_db
def test_a_draft_keeps_it():
    model = shelf()
    assert (
        drafts.read(import_product(make_merchant("joinery"), ProductFile(model, (SHOP,)))) == model
    )


@pytest.mark.django_db
def test_the_api_prices_it():
    merchant = make_shop(model=shelf())
    answer = Api(merchant).post(
        "products/shelf/evaluate", {"choices": {"width": 1400, "rail": True, "wood": "oak"}}
    )
    assert answer.status_code == 200, answer.content
    lines = told(answer)["price"]["lines"]
    assert [(each["key"], each["kind"], each["amount"]) for each in lines][1] == (
        "carriage",
        "material",
        "28.80",
    )
