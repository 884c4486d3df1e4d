"""Numbers of shapes as their expressions give them, held against what can be built."""

from math import inf
from typing import Any

from catalog.errors import Refusal

LEAST_SIZE, MOST_SIZE = 0.001, 100_000
MOST_AWAY = 1_000_000


class NumberRefused(Refusal):
    """A number that is none, too far away, or no count."""

    slug = "number-refused"
    title = "There is no such number"


def length_of(number: Any) -> float:
    """Return a length in millimetres; refuses with NumberRefused what is none or too far away."""
    length = as_float(_some(number))
    if abs(length) > MOST_AWAY:
        raise NumberRefused(f"{length:.6g} mm is farther than {MOST_AWAY:,} mm")
    # Tenths of a nanometre: what a third is rounded to, so that equal lengths are equal numbers.
    return round(length, 7) + 0.0


def size_of(length: float) -> float:
    """Return a length that something may have; refuses with NumberRefused any other."""
    if not LEAST_SIZE <= length <= MOST_SIZE:
        raise NumberRefused(f"{length:.6g} mm is no size from {LEAST_SIZE:g} to {MOST_SIZE:,} mm")
    return length


def count_of(number: Any, least: int, most: int) -> int:
    """Return a whole number from `least` to `most`; refuses with NumberRefused any other."""
    if _some(number) != int(number) or not least <= number <= most:
        told = f"{as_float(number):.6g} is no whole number from {least} to {most:,}"
        raise NumberRefused(told)
    return int(number)


def as_float(number: Any) -> float:
    """Return the float nearest to an exact number."""
    try:
        return float(number)
    except OverflowError:
        return inf


def share_of(number: Any) -> float:
    """Return a number from 0 to 1; what is beyond is the nearer end, and where there is none, 0."""
    return round(min(max(as_float(number or 0), 0.0), 1.0), 4)


def plain_worth(worth: Any) -> Any:
    """Return what an expression gave as a plain value: a number without the tail of a division."""
    if worth is None or isinstance(worth, bool | str):
        return worth
    number = round(as_float(worth), 7)
    return int(number) if number.is_integer() else number


def _some(number: Any) -> Any:
    if number is None:
        raise NumberRefused("there is no such number with these choices")
    return number
