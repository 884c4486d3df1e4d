"""Exact arithmetic on whole arrays: rational numbers as numerators over denominators, undefined
where one is missing.

Integers of 64 bits are used as long as every product is certain to fit, Python's own integers
otherwise.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

type Array = npt.NDArray[Any]

_ROOM = 1 << 62


@dataclass(frozen=True, slots=True)
class Numbers:
    """An array of rational numbers `p / q` (q > 0), each defined where `ok`; the three broadcast
    together.
    """

    p: Array
    q: Array
    ok: Array

    def reshaped(self, shape: tuple[int, ...]) -> "Numbers":
        return Numbers(self.p.reshape(shape), self.q.reshape(shape), self.ok.reshape(shape))

    def at(self, positions: Array) -> "Numbers":
        """Return the numbers at `positions` of a one-dimensional array."""
        return Numbers(self.p[positions], self.q[positions], self.ok[positions])


def constant(value: Fraction) -> Numbers:
    return of_integers([value.numerator], [value.denominator])


def of_integers(
    p: Sequence[int] | Array, q: Sequence[int] | Array, ok: Array | None = None
) -> Numbers:
    """Return numbers from integers of any size; all defined without `ok`."""
    numerators, denominators = _array(p), _array(q)
    shape = np.broadcast_shapes(numerators.shape, denominators.shape)
    return Numbers(numerators, denominators, np.ones(shape, bool) if ok is None else ok)


def of_fractions(values: Sequence[Fraction | None]) -> Numbers:
    """Return numbers from fractions, undefined where None."""
    known = [Fraction(0) if value is None else value for value in values]
    return of_integers(
        [value.numerator for value in known],
        [value.denominator for value in known],
        np.array([value is not None for value in values]),
    )


def add(left: Numbers, right: Numbers) -> Numbers:
    return _reduced(_sum(left, right, 1))


def subtract(left: Numbers, right: Numbers) -> Numbers:
    return _reduced(_sum(left, right, -1))


def multiply(left: Numbers, right: Numbers) -> Numbers:
    (a, c), (b, d) = _fitting((left.p, right.p), _product), _fitting((left.q, right.q), _product)
    return _reduced(Numbers(a * c, b * d, left.ok & right.ok))


def divide(left: Numbers, right: Numbers) -> Numbers:
    """Return the quotients, undefined where `right` is 0."""
    ok = left.ok & right.ok & (right.p != 0)
    sign = np.where(right.p < 0, -1, 1)
    size = np.where(right.p == 0, 1, abs(right.p))
    return multiply(Numbers(left.p * sign, left.q, ok), Numbers(right.q, size, ok))


def least(left: Numbers, right: Numbers) -> Numbers:
    return _chosen(compare("<=", left, right), left, right)


def greatest(left: Numbers, right: Numbers) -> Numbers:
    return _chosen(compare(">=", left, right), left, right)


def absolute(numbers: Numbers) -> Numbers:
    return Numbers(abs(numbers.p), numbers.q, numbers.ok)


def floor(numbers: Numbers) -> Numbers:
    return _whole(numbers.p // numbers.q, numbers)


def ceil(numbers: Numbers) -> Numbers:
    return _whole(-((-numbers.p) // numbers.q), numbers)


def rounded(numbers: Numbers) -> Numbers:
    """Return the nearest whole numbers, halves away from zero."""
    p, q = _fitting((numbers.p, numbers.q), lambda p, q: 2 * p + 2 * q)
    size = (2 * abs(p) + q) // (2 * q)
    return _whole(np.where(p < 0, -size, size), numbers)


def in_multiples(
    function: Callable[[Numbers], Numbers], numbers: Numbers, multiple: Numbers
) -> Numbers:
    """Return floor, ceil or rounded to a multiple of the size of `multiple`; undefined where that
    is 0.
    """
    size = absolute(multiple)
    return multiply(function(divide(numbers, size)), size)


def choose(condition: Array, yes: Numbers, no: Numbers) -> Numbers:
    """Return `yes` where the condition holds, else `no`."""
    return Numbers(
        np.where(condition, yes.p, no.p),
        np.where(condition, yes.q, no.q),
        np.where(condition, yes.ok, no.ok),
    )


def compare(operator: str, left: Numbers, right: Numbers) -> Array:
    """Return where the comparison holds; false where either side is undefined."""
    a, d = _fitting((left.p, right.q), _product)
    c, b = _fitting((right.p, left.q), _product)
    return np.asarray(_COMPARISONS[operator](a * d, c * b) & left.ok & right.ok, dtype=bool)


def canonical(numbers: Numbers, length: int) -> tuple[Array, Array]:
    """Return `length` numerators and denominators in lowest terms, 0 / 0 where undefined: equal
    rows, equal numbers.
    """
    p, q, ok = (np.broadcast_to(part, (length,)) for part in (numbers.p, numbers.q, numbers.ok))
    common = np.gcd(p, q)
    return np.where(ok, p // common, 0), np.where(ok, q // common, 0)


def ranks(numbers: Numbers, length: int) -> Array:
    """Return for each of `length` numbers how many different ones are smaller; undefined ones as 0."""
    p, q, ok = (
        np.broadcast_to(part, (length,)).tolist() for part in (numbers.p, numbers.q, numbers.ok)
    )
    known = [
        Fraction(a, b) if defined else Fraction(0) for a, b, defined in zip(p, q, ok, strict=True)
    ]
    places = {number: place for place, number in enumerate(sorted(set(known)))}
    return np.array([places[number] for number in known], np.int64)


_COMPARISONS: dict[str, Callable[[Any, Any], Any]] = {
    "<": lambda a, b: a < b,
    "<=": lambda a, b: a <= b,
    "==": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    ">=": lambda a, b: a >= b,
    ">": lambda a, b: a > b,
}


def _sum(left: Numbers, right: Numbers, sign: int) -> Numbers:
    ok = left.ok & right.ok
    if left.q.size == 1 and right.q.size == 1 and left.q.flat[0] == right.q.flat[0]:
        a, c = _fitting((left.p, right.p), lambda a, c: a + c)
        return Numbers(a + sign * c, left.q, ok)
    a, b, c, d = _fitting(
        (left.p, left.q, right.p, right.q), lambda a, b, c, d: a * d + c * b + b * d
    )
    return Numbers(a * d + sign * (c * b), b * d, ok)


def _chosen(first: Array, left: Numbers, right: Numbers) -> Numbers:
    chosen = choose(first, left, right)
    return Numbers(chosen.p, chosen.q, left.ok & right.ok)


def _whole(p: Array, numbers: Numbers) -> Numbers:
    return Numbers(p, _array([1]).reshape((1,) * p.ndim), numbers.ok)


def _array(values: Sequence[int] | Array) -> Array:
    array = np.array(values, dtype=object) if not isinstance(values, np.ndarray) else values
    if array.dtype == object and all(-_ROOM < value < _ROOM for value in array.flat):
        return array.astype(np.int64)
    return array


def _product(a: int, b: int) -> int:
    return a * b


def _fitting(arrays: tuple[Array, ...], bound: Callable[..., int]) -> tuple[Array, ...]:
    """Return the arrays in a type that holds numbers as large as `bound` of their largest members."""
    if any(array.dtype == object for array in arrays):
        return tuple(array.astype(object) for array in arrays)
    if bound(*(_largest(array) for array in arrays)) < _ROOM:
        return arrays
    return tuple(array.astype(object) for array in arrays)


def _largest(array: Array) -> int:
    return max(abs(int(array.max())), abs(int(array.min()))) if array.size else 0


def _reduced(numbers: Numbers) -> Numbers:
    """Return the same numbers, in 64 bits again where lowest terms allow it."""
    if numbers.p.dtype != object and numbers.q.dtype != object:
        return numbers
    p, q = numbers.p.astype(object), numbers.q.astype(object)
    if numbers.q.size > 1:
        common = np.gcd(p, q)
        p, q = p // common, q // common
    return Numbers(_array(p), _array(q), numbers.ok)
