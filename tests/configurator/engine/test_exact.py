"""Arithmetic on arrays gives what fractions give, however large the numbers become."""

from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from configurator.engine.constraints import exact
from configurator.engine.constraints.exact import Numbers

SMALL = st.fractions(min_value=-1000, max_value=1000, max_denominator=60)
HUGE = st.integers(min_value=-(10**40), max_value=10**40).map(Fraction)
NUMBERS = st.lists(st.none() | SMALL | HUGE, min_size=3, max_size=3)


def told(numbers: Numbers) -> list[Fraction | None]:
    p, q, ok = np.broadcast_arrays(numbers.p, numbers.q, numbers.ok)
    return [
        Fraction(int(a), int(b)) if defined else None
        for a, b, defined in zip(p, q, ok, strict=True)
    ]


@given(NUMBERS, NUMBERS)
def test_sums_differences_and_products_are_those_of_fractions(left, right):
    a, b = exact.of_fractions(left), exact.of_fractions(right)
    pairs = list(zip(left, right, strict=True))
    missing = [x is None or y is None for x, y in pairs]
    assert told(exact.add(a, b)) == [
        None if m else x + y for (x, y), m in zip(pairs, missing, strict=True)
    ]
    assert told(exact.subtract(a, b)) == [
        None if m else x - y for (x, y), m in zip(pairs, missing, strict=True)
    ]
    assert told(exact.multiply(a, b)) == [
        None if m else x * y for (x, y), m in zip(pairs, missing, strict=True)
    ]


@given(NUMBERS, NUMBERS)
def test_a_division_by_zero_is_undefined(left, right):
    found = told(exact.divide(exact.of_fractions(left), exact.of_fractions(right)))
    assert found == [
        None if x is None or not y else x / y for x, y in zip(left, right, strict=True)
    ]


@given(NUMBERS, NUMBERS, st.sampled_from(["<", "<=", "==", "!=", ">=", ">"]))
def test_comparisons_with_something_undefined_are_false(left, right, operator):
    found = exact.compare(operator, exact.of_fractions(left), exact.of_fractions(right)).tolist()
    tests = {
        "<": Fraction.__lt__,
        "<=": Fraction.__le__,
        "==": Fraction.__eq__,
        "!=": lambda x, y: x != y,
        ">=": Fraction.__ge__,
        ">": Fraction.__gt__,
    }
    expected = [
        x is not None and y is not None and tests[operator](x, y)
        for x, y in zip(left, right, strict=True)
    ]
    assert found == expected


@given(NUMBERS)
def test_halves_are_rounded_away_from_zero(numbers):
    def away(number: Fraction) -> Fraction:
        whole = (abs(number) + Fraction(1, 2)).__floor__()
        return Fraction(-whole if number < 0 else whole)

    found = exact.of_fractions(numbers)
    assert told(exact.rounded(found)) == [None if x is None else away(x) for x in numbers]
    assert told(exact.floor(found)) == [
        None if x is None else Fraction(x.__floor__()) for x in numbers
    ]
    assert told(exact.ceil(found)) == [
        None if x is None else Fraction(x.__ceil__()) for x in numbers
    ]


@given(NUMBERS, NUMBERS)
def test_the_least_and_greatest_of_something_undefined_are_undefined(left, right):
    a, b = exact.of_fractions(left), exact.of_fractions(right)
    pairs = list(zip(left, right, strict=True))
    assert told(exact.least(a, b)) == [None if None in pair else min(pair) for pair in pairs]
    assert told(exact.greatest(a, b)) == [None if None in pair else max(pair) for pair in pairs]


@given(NUMBERS)
def test_equal_numbers_have_one_canonical_form(numbers):
    doubled = Numbers(*(np.asarray(part) for part in _doubled(exact.of_fractions(numbers))))
    for one, other in zip(
        exact.canonical(exact.of_fractions(numbers), 3), exact.canonical(doubled, 3), strict=True
    ):
        assert one.tolist() == other.tolist()


def _doubled(numbers: Numbers):
    return numbers.p.astype(object) * 2, numbers.q.astype(object) * 2, numbers.ok
