"""Amounts by two numbers: in lists, in objectives and in checks, of the size that vendors have."""

from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any

import pytest

from catalog.errors import Malformed
from catalog.expressions.evaluate import function_of
from catalog.expressions.types import Scope, bind
from catalog.product_model import Choice
from configurator.completion.objectives import price_objective
from pricing.breakdown import PriceRefused, breakdown_json, compile_prices, difference, price
from pricing.checks import findings
from pricing.in_force import in_force
from pricing.price_list import read_moment
from pricing.product_file import ProductFile, read_document, read_product_file, write_product_file
from pricing.tables import has_amount, lookup, number_of
from pricing.why import reasons

NOW = read_moment("2026-06-01T00:00:00Z")


def blind(table: dict[str, Any] | None = None, lists: Any = (), **fields: Any) -> ProductFile:
    given = {"columns": "width", "rows": "drop", "column_sizes": [60, 90], "row_sizes": [100, 150]}
    given |= {"amounts": [[45, 52], [52, None]], **(table or {})}
    shop = {"key": "shop", "name": "Shop", "currency": "EUR", "tax_rate": 0, "is_default": True}
    number = {"first": 0, "last": 200, "step": 0.5, "unit": "cm"}
    document = {
        "product": "blind",
        "name": "Blind",
        "price_lists": [shop, *lists],
        "options": [
            {"key": key, "kind": "number", "label": key, "number": number}
            for key in ("width", "drop")
        ],
        "price_lines": [{"key": "size", "label": "Size", "table": given, **fields.pop("line", {})}],
        **fields,
    }
    return read_document(document)


def total(
    file: ProductFile, width: float, drop: float, key: str = "shop", quantity: int = 1
) -> Decimal:
    prices = compile_prices(file.model, in_force(file.tariff, "EUR", NOW, key))
    return price(prices, {"width": Decimal(str(width)), "drop": Decimal(str(drop))}, quantity).total


def test_a_size_between_two_costs_the_next_larger_one():
    assert [total(blind(), *size) for size in ((0, 0), (60, 100), (60.5, 100), (60, 150))] == [
        45,
        45,
        52,
        52,
    ]


def test_only_the_sizes_themselves_cost_something_where_the_table_is_exact():
    assert total(blind({"exact": True}), 60, 150) == 52
    with pytest.raises(PriceRefused, match=r"has no amount for 59\.5 by 150"):
        total(blind({"exact": True}), 59.5, 150)


@pytest.mark.parametrize(
    ("size", "told"), [((90, 150), "for 90 by 150"), ((90.5, 10), "goes up to 90 by 150")]
)
def test_an_empty_cell_and_a_size_beyond_the_last_have_no_price(size, told):
    with pytest.raises(PriceRefused, match=told):
        total(blind(), *size)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"column_sizes": [90, 60]}, "column_sizes must be numbers that rise"),
        ({"row_sizes": [100]}, "a row of amounts for each of the 1 row_sizes"),
        ({"amounts": [[45, 52], [52]]}, "the row of 150 has 1 amount for 2 columns"),
        ({"amounts": [[None, None], [None, None]]}, "needs at least one amount"),
        ({"amounts": [["12/4", 1], [1, 1]]}, "expected a number"),
    ],
)
def test_a_table_that_is_none_is_refused(wrong, told):
    with pytest.raises(Malformed, match=told):
        blind(wrong)


def test_a_table_is_written_as_it_is_read():
    file = blind({"exact": True})
    assert read_product_file(write_product_file(file)) == file


def test_breaks_material_and_what_counts_once_are_as_of_any_amount():
    breaks = {"breaks": [{"pieces": 10, "percent": -10}]}
    assert total(blind(line=breaks), 60, 100, quantity=10) == 405
    assert total(blind(line={"per": "piece", "quantity": "2"}), 60, 100) == 90
    assert total(blind(line={"once": True}), 60, 100, quantity=3) == 45


def test_a_list_keeps_amounts_for_cells_of_the_table():
    derived = {
        "key": "dealer",
        "name": "Dealer",
        "currency": "EUR",
        "derived": {"of": "shop", "percent": -50},
    }
    kept = [
        {"price_list": key, "line": "size", "value": "60x100", "amount": 40}
        for key in ("shop", "dealer")
    ]
    file = blind(lists=[derived], list_amounts=kept)
    assert [total(file, 60, 100, key) for key in ("shop", "dealer")] == [40, 40]
    assert [total(file, 61, 100, key) for key in ("shop", "dealer")] == [52, 26]


def test_the_checks_know_the_cells_that_a_list_keeps_amounts_for():
    kept = [
        {"price_list": "shop", "line": "size", "value": value, "amount": 40}
        for value in ("60x100", "61x100", "")
    ]
    file = blind(list_amounts=kept)
    found = findings(file.model, [*file.tariff.price_lists, *file.tariff.list_amounts])
    assert [each.sentence for each in found if each.path == "list_amounts/shop/size"] == [
        "The price list 'shop' keeps an amount for 'size', which has no value '61x100'; did you mean '60x100'?",
        "The price list 'shop' keeps an amount for 'size', which has amounts for sizes of its table only.",
    ]


def test_the_reason_names_the_cell_and_no_answer_takes_it_for_a_value():
    file = blind()
    prices = compile_prices(file.model, in_force(file.tariff, "EUR", NOW, "shop"))
    values = {"width": Decimal(70), "drop": Decimal(80)}
    answer = price(prices, values)
    (reason,) = reasons(prices, answer, values)
    assert reason.rule == "52 in its table at 90x100, the next size up"
    assert "value" not in breakdown_json(answer)["lines"][0]
    assert difference(prices, answer, {**values, "width": Decimal(60)}, ["width"]) == -7


def test_a_vendors_table_is_one_small_number_for_the_engine():
    luck = Random(7)
    sizes = list(range(10, 201, 5))[:40]
    wide = {"column_sizes": sizes, "row_sizes": sizes}
    wide["amounts"] = [
        [None if luck.random() < 0.05 else luck.randint(1, 900) for _ in sizes] for _ in sizes
    ]
    file = blind(wide)
    (line,) = file.model.price_lines
    assert line.table is not None
    cells, scope = lookup(line.table), Scope.of(file.model)
    numbers = bind(line.table.columns, scope, "number"), bind(line.table.rows, scope, "number")
    asked, has_one = (
        function_of(number_of(line.table, *numbers)),
        function_of(has_amount(line.table, *numbers)),
    )
    for _ in range(2_000):
        width, drop = (Decimal(luck.randint(0, 420)) / 2 for _ in range(2))
        cell = cells.cell(Fraction(width), Fraction(drop))
        amount = None if cell is None else cell[1]
        values: dict[str, Choice] = {"width": width, "drop": drop}
        assert (asked(values), has_one(values)) == (amount, amount is not None)
    objective = price_objective(
        compile_prices(file.model, in_force(file.tariff, "EUR", NOW, "shop"))
    )
    assert objective.is_exact
