"""What a part needs is one meaning: parts list, price of its material and completion agree."""

from decimal import Decimal
from fractions import Fraction

import pytest

from catalog.expressions.errors import ExpressionRefused
from catalog.expressions.evaluate import function_of
from catalog.expressions.types import Scope
from catalog.part_needs import PartNeed, for_pieces
from configurator.production.bom import bom, compile_bom
from pricing.breakdown import compile_prices, price
from pricing.price_list import read_price_list
from tests.examples.desk import desk

SIZES = {"width": Decimal(1400), "depth": Decimal(700)}
DESK = {"frame": "steel", "top": "oak", "drawers": "two", **SIZES}
PRICES = read_price_list({"key": "shop", "name": "Shop", "currency": "EUR"})
PARTS = [
    {"quantity": "2.5", "whole": True},
    {"quantity": "drawers.count"},
    {"quantity": "0.5", "option": "extras"},
    {"quantity": 3, "option": "top"},
    {"quantity": 1, "when": "drawers == none"},
    {"quantity": "2", "when": "width > 1000", "option": "extras", "whole": True},
]
MEASURES = {"length": "width", "width": "depth - 10"}


@pytest.mark.parametrize("told", PARTS)
@pytest.mark.parametrize("extras", [(), ("tray",), ("tray", "lamp")])
@pytest.mark.parametrize("pieces", [1, 3])
def test_parts_list_and_price_of_the_material_need_the_same(told, extras, pieces):
    part = {"key": "board", "part": "B", "label": "Board", "measures": MEASURES, **told}
    line = {"key": "wood", "label": "Wood", "amount": 100, "per": "m2", "parts": ["board"]}
    base = {"key": "base", "label": "Base", "amount": 1000}
    model = desk(bom_lines=[part], price_lines=[base, line])
    values = {**DESK, "extras": extras}
    area = Fraction(1400 * 690, 10**6)
    needed = sum(Fraction(item.quantity) for item in bom(compile_bom(model), values, pieces))
    read = PartNeed(model.bom_lines[0], Scope.of(model))
    one = function_of(read.needed(("length", "width"), 10**6))(values)
    if not told.get("whole"):
        assert needed * area == one * pieces
        total = price(compile_prices(model, PRICES), values).total - 1000
        assert abs(Fraction(total) - 100 * one) <= Fraction(1, 200)
    else:
        chosen = len(extras) if "option" in told else 1
        assert needed == chosen * for_pieces(Fraction(str(told["quantity"])), pieces, True)
        assert function_of(read.needed(is_whole=True))(values) == chosen * for_pieces(
            Fraction(str(told["quantity"])), 1, True
        )


def test_whole_parts_are_rounded_up_for_all_pieces_together():
    assert for_pieces(Fraction(5, 2), 3, True) == 8
    assert for_pieces(Fraction(5, 2), 3, False) == Fraction(15, 2)
    assert for_pieces(Fraction(-5, 2), 3, True) == Fraction(-15, 2)


def test_only_what_is_asked_for_is_read():
    measures = {"length": "widht", "width": "width"}
    model = desk(bom_lines=[{"key": "a", "part": "A", "label": "A", "measures": measures}])
    read = PartNeed(model.bom_lines[0], Scope.of(model))
    assert function_of(read.measure("width"))(DESK) == 1400
    with pytest.raises(ExpressionRefused):
        read.measure("length")
    with pytest.raises(KeyError):
        read.measure("height")
