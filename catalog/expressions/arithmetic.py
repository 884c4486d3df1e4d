"""Numbers put together from nodes: sums, multiples, and what holds only under conditions."""

from collections.abc import Iterable
from fractions import Fraction

from catalog.expressions.nodes import And, Arithmetic, Call, Constant, If, Node

type Conditions = tuple[Node, ...]


def constant(number: int | Fraction) -> Node:
    """Return a number as a node."""
    return Constant(Fraction(number))


ZERO, ONE = constant(0), constant(1)
UNDEFINED = Arithmetic("/", ONE, ZERO)


def sum_of(parts: Iterable[Node]) -> Node:
    """Return the sum of numbers; those that are nothing are left out."""
    known = tuple(part for part in parts if part != ZERO)
    return ZERO if not known else known[0] if len(known) == 1 else Call("sum", known)


def times(number: Node, factor: int | Fraction) -> Node:
    """Return a number times a factor that is known."""
    if factor == 1 or number == ZERO:
        return number
    if isinstance(number, Constant) and isinstance(number.value, Fraction):
        return constant(number.value * factor)
    return Arithmetic("*", number, constant(factor))


def where(conditions: Conditions, number: Node) -> Node:
    """Return a number that is nothing where one of the conditions does not hold."""
    if not conditions or number == ZERO:
        return number
    return If(conditions[0] if len(conditions) == 1 else And(conditions), number, ZERO)


def undefined_with(number: Node, other: Node | None) -> Node:
    """Return `number`, undefined also where `other` is."""
    if other is None or isinstance(other, Constant):
        return number
    return Arithmetic("+", number, Arithmetic("*", other, ZERO))
