"""Arithmetic of intervals: between which numbers a calculated number lies, told by where its parts
lie.

An interval is its least and its greatest number, both included, exact or infinite. Where nothing
better is known it is `UNKNOWN`. None stands for a number that is undefined wherever it is looked
at.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from math import ceil, floor, inf
from typing import Any

type Interval = tuple[Any, Any]

UNKNOWN: Interval = (-inf, inf)
ZERO = Fraction(0)
NOTHING: Interval = (ZERO, ZERO)


def hull(parts: Iterable[Interval | None]) -> Interval | None:
    """Return the interval around all parts that are somewhere defined; None where there is none."""
    known = [part for part in parts if part is not None]
    return (min(low for low, _ in known), max(high for _, high in known)) if known else None


def total(parts: Iterable[Interval]) -> Interval:
    """Return where a sum of numbers from these intervals lies."""
    low = high = ZERO
    for least, most in parts:
        low, high = _plus(low, least), _plus(high, most)
    return low, high


def or_nothing(part: Interval) -> Interval:
    """Return where a summand lies that may be left out of its sum."""
    return min(ZERO, part[0]), max(ZERO, part[1])


def negative(part: Interval) -> Interval:
    return -part[1], -part[0]


def product(left: Interval, right: Interval) -> Interval:
    ends = [_times(one, other) for one in left for other in right]
    return min(ends), max(ends)


def inverse(part: Interval) -> Interval | None:
    """Return where one divided by a number lies; `UNKNOWN` where that number may be zero, None
    where it is.
    """
    low, high = part
    if low <= 0 <= high:
        return None if low == high else UNKNOWN
    return _one_over(high), _one_over(low)


def calculated(operator: str, left: Interval | None, right: Interval | None) -> Interval | None:
    """Return where `left` and `right` lead, joined by "+", "-", "*" or "/"."""
    if left is None or right is None:
        return None
    match operator:
        case "+":
            return total((left, right))
        case "-":
            return total((left, negative(right)))
        case "*":
            return product(left, right)
    divisor = inverse(right)
    return None if divisor is None else product(left, divisor)


def called(function: str, arguments: Sequence[Interval | None]) -> Interval | None:
    """Return where a function of numbers leads: sum, min, max, abs, floor, ceil or round."""
    known = [part for part in arguments if part is not None]
    if len(known) < len(arguments):
        return None
    match function:
        case "sum":
            return total(known)
        case "min" | "max":
            chosen = min if function == "min" else max
            return chosen(low for low, _ in known), chosen(high for _, high in known)
        case "abs":
            low, high = known[0]
            return (ZERO if low <= 0 <= high else min(abs(low), abs(high))), max(
                abs(low), abs(high)
            )
    return _rounded(function, known[0], known[1] if len(known) > 1 else (Fraction(1), Fraction(1)))


def _rounded(function: str, number: Interval, step: Interval) -> Interval:
    """Return where numbers lie that are rounded to multiples of the size of `step`."""
    low, high = number
    most = max(map(abs, step))
    if step[0] == step[1] and most:
        return _in_multiples(function, low, most), _in_multiples(function, high, most)
    # Rounding never leads beyond zero.
    return (ZERO if low >= 0 else _plus(low, -most)), (ZERO if high <= 0 else _plus(high, most))


def _in_multiples(function: str, number: Any, step: Any) -> Any:
    return number if _is_endless(number) else Fraction(_WHOLE[function](number / step)) * step


def _nearest(number: Fraction) -> int:
    size = floor(abs(number) + Fraction(1, 2))
    return size if number >= 0 else -size


_WHOLE: Mapping[str, Callable[[Any], int]] = {"floor": floor, "ceil": ceil, "round": _nearest}


def _is_endless(end: Any) -> bool:
    """Tell whether an end is infinite: no finite one is a float."""
    return isinstance(end, float)


def _plus(one: Any, other: Any) -> Any:
    """Return a sum of two ends, exact unless one is infinite."""
    return one if _is_endless(one) else other if _is_endless(other) else one + other


def _times(one: Any, other: Any) -> Any:
    """Return a product of two ends; nothing times a number without bound is nothing."""
    if not (_is_endless(one) or _is_endless(other)):
        return one * other
    if one == 0 or other == 0:
        return ZERO
    return inf if (one > 0) == (other > 0) else -inf


def _one_over(end: Any) -> Any:
    return ZERO if _is_endless(end) else 1 / Fraction(end)
