"""Intervals hold every number that is calculated from numbers within them."""

from fractions import Fraction
from math import inf
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.expressions import nodes
from catalog.expressions.evaluate import function_of
from configurator.engine.constraints.intervals import (
    UNKNOWN,
    Interval,
    calculated,
    called,
    hull,
    inverse,
)

NUMBERS = st.fractions(min_value=-6, max_value=6, max_denominator=4)


@st.composite
def ranges(draw: st.DrawFn) -> tuple[Interval, Fraction]:
    """An interval, of which an end may be infinite, and a number within it."""
    low, number, high = sorted(draw(st.tuples(NUMBERS, NUMBERS, NUMBERS)))
    ends: tuple[Any, Any] = (draw(st.sampled_from([low, -inf])), draw(st.sampled_from([high, inf])))
    return ends, number


def worth(node: nodes.Node) -> Any:
    return function_of(node)({})


@given(st.sampled_from("+-*/"), ranges(), ranges())
def test_what_is_calculated_lies_within(operator: Any, left: Any, right: Any) -> None:
    number = worth(nodes.Arithmetic(operator, nodes.Constant(left[1]), nodes.Constant(right[1])))
    found = calculated(operator, left[0], right[0])
    if number is not None:
        assert found is not None
        assert found[0] <= number <= found[1]


@given(st.sampled_from(["sum", "min", "max"]), ranges(), ranges())
def test_a_function_of_several_lies_within(function: Any, one: Any, other: Any) -> None:
    number = worth(nodes.Call(function, (nodes.Constant(one[1]), nodes.Constant(other[1]))))
    found = called(function, [one[0], other[0]])
    assert found is not None
    assert found[0] <= number <= found[1]


@given(st.sampled_from(["abs", "floor", "ceil", "round"]), ranges())
def test_a_function_of_one_lies_within(function: Any, one: Any) -> None:
    number = worth(nodes.Call(function, (nodes.Constant(one[1]),)))
    found = called(function, [one[0]])
    assert found is not None
    assert found[0] <= number <= found[1]


@given(st.sampled_from(["floor", "ceil", "round"]), ranges(), ranges())
def test_what_is_rounded_to_multiples_lies_within(function: Any, one: Any, step: Any) -> None:
    number = worth(nodes.Call(function, (nodes.Constant(one[1]), nodes.Constant(step[1]))))
    found = called(function, [one[0], step[0]])
    assert found is not None
    if number is not None:
        assert found[0] <= number <= found[1]


def test_a_step_that_may_have_either_sign_is_no_single_step() -> None:
    two = Fraction(2)
    assert called("floor", [(Fraction(5), Fraction(5)), (-two, two)]) == (Fraction(0), Fraction(7))


def test_nothing_is_known_of_what_is_divided_by_nothing() -> None:
    assert inverse((Fraction(0), Fraction(0))) is None
    assert inverse((Fraction(-1), Fraction(1))) == UNKNOWN
    assert inverse((Fraction(2), inf)) == (Fraction(0), Fraction(1, 2))


def test_what_is_undefined_adds_nothing_to_a_hull() -> None:
    one = (Fraction(1), Fraction(2))
    assert hull([None, one]) == one
    assert hull([None]) is None
    assert calculated("+", None, one) is None
    assert called("sum", [one, None]) is None


@pytest.mark.parametrize("huge", [Fraction(10) ** 400])
def test_numbers_that_no_float_holds_stay_exact(huge: Fraction) -> None:
    assert calculated("*", (huge, huge), (Fraction(1), inf)) == (huge, inf)
    assert calculated("+", (huge, huge), (-huge, inf)) == (Fraction(0), inf)
