"""What bound expressions are worth, slowly and fast."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given

from catalog.expressions import nodes
from catalog.expressions.errors import ExpressionRefused
from catalog.expressions.evaluate import evaluate, function_of
from catalog.expressions.types import Scope, bind
from tests.catalog.expressions.strategies import (
    arithmetic,
    bound_conditions,
    bound_numbers,
    look_alikes,
    sayings,
    values,
)
from tests.catalog.expressions.wardrobe import WARDROBE

SCOPE = Scope.of(WARDROBE)


@given(bound_numbers, values)
def test_a_number_is_the_same_slowly_and_fast(node, given_values):
    fast = function_of(node)(given_values)
    assert fast == evaluate(node, given_values)
    assert fast is None or type(fast) is Fraction


@given(bound_conditions, values)
def test_a_condition_is_the_same_slowly_and_fast_and_never_undefined(node, given_values):
    fast = function_of(node)(given_values)
    assert fast is evaluate(node, given_values)
    assert type(fast) is bool


@given(look_alikes | sayings, values)
def test_whatever_can_be_bound_can_be_evaluated(text, given_values):
    try:
        node = bind(text, SCOPE, "any", lengths=True)
    except ExpressionRefused:
        return
    assert function_of(node)(given_values) == evaluate(node, given_values)


@given(arithmetic)
def test_arithmetic_is_that_of_fractions(text):
    try:
        node = bind(text, SCOPE, "number")
    except ExpressionRefused as refused:
        assert "nested" in refused.sentence or "large" in refused.sentence
        return
    try:
        expected = eval("".join(f"Fraction({part})" if part.isdigit() else part for part in text))
    except ZeroDivisionError:
        expected = None
    assert evaluate(node, {}) == function_of(node)({}) == expected


def test_numbers_are_exact():
    node = bind("0.1 * width", SCOPE, "number")
    assert evaluate(node, {"width": Decimal("1200.5")}) == Fraction(2401, 20)


def test_a_text_and_a_yes_come_out_as_they_are():
    assert function_of(nodes.Constant("oak"))({}) == "oak"
    assert function_of(nodes.Constant(True))({}) is True


def test_rounding_to_a_negative_multiple_is_rounding_to_its_size():
    node = nodes.Call("ceil", (nodes.NumberOf("width"), nodes.Constant(Fraction(-50))))
    assert (
        evaluate(node, {"width": Decimal(601)}) == function_of(node)({"width": Decimal(601)}) == 650
    )


@pytest.mark.parametrize("rungs", [5, 10, 20, 200])
def test_what_stands_in_several_places_is_computed_once(rungs: int) -> None:
    node: nodes.Node = nodes.NumberOf("width")
    for _ in range(rungs):
        node = nodes.Arithmetic("+", node, nodes.Arithmetic("/", node, nodes.Constant(Fraction(2))))
    values = Counted(width=Decimal(2))
    assert function_of(node)(values) == 2 * Fraction(3, 2) ** rungs
    assert values.looks == 2


class Counted(dict[str, Decimal]):
    """Values that count how often one is looked up."""

    looks = 0

    def get(self, key: str, default: Any = None) -> Any:
        self.looks += 1
        return super().get(key, default)
