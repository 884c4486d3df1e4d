"""Bound expressions and how they combine: units, sizes, and how long numbers can grow."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from math import lcm
from typing import Literal, cast

from catalog.expressions import nodes
from catalog.expressions.errors import ExpressionRefused
from catalog.expressions.nodes import Node
from catalog.expressions.syntax import Span
from catalog.product_model import Option
from catalog.units import PLAIN, STANDARD, Unit

# How many nodes an expression may have by itself, and with all derived values it reads written out
# in their places.
MAX_NODES = 5_000
MAX_WRITTEN_OUT = 50_000
MAX_NODE_DEPTH = 150
MAX_BITS = 4_000


type BoundKind = Literal["condition", "number", "date", "text", "choice", "multi"]

# How far the unit of a number can be trusted: it is the unit; it is a unit times a count (`2 *
# width`), which converts but may also be an amount per unit; it was multiplied by something that
# may carry a unit of its own (`0.05 * width`).
FIRM, MULTIPLE, AMOUNT = 2, 1, 0


@dataclass(frozen=True, slots=True)
class Bound:
    """A bound expression and what must be known of it to build larger ones.

    `unit` is a number's, `firmness` how far it can be trusted; `option` is set for a bare choice,
    multi-choice or boolean. `size` counts its nodes, a derived value as one, `whole` all with
    derived values written out, and `depth` how deep these go; `bits` is the longest numerator and
    denominator it can compute, `reads_text` tells whether it depends on the characters of a text.
    """

    node: Node
    kind: BoundKind
    unit: Unit = PLAIN
    firmness: int = FIRM
    option: Option | None = None
    size: int = 1
    depth: int = 1
    bits: tuple[int, int] = (1, 1)
    reads_text: bool = False
    whole: int = 1


def made(
    node: Node,
    kind: BoundKind,
    below: Sequence[Bound],
    span: Span,
    unit: Unit = PLAIN,
    firmness: int = FIRM,
    bits: tuple[int, int] = (1, 1),
) -> Bound:
    """Return a node over others, within the bounds on what an expression may grow to."""
    size = 1 + sum(each.size for each in below)
    whole = 1 + sum(each.whole for each in below)
    depth = 1 + max((each.depth for each in below), default=0)
    if size > MAX_NODES or whole > MAX_WRITTEN_OUT or depth > MAX_NODE_DEPTH:
        raise ExpressionRefused(
            "the expression grows too large",
            *span,
            "derived values count with their whole formulas",
        )
    if max(bits) > MAX_BITS:
        raise ExpressionRefused("the numbers here can grow too long", *span, "round a part of it")
    reads_text = any(each.reads_text for each in below)
    return Bound(node, kind, unit, firmness, None, size, depth, bits, reads_text, whole)


def converted(bound: Bound, unit: Unit, span: Span) -> Bound:
    """Return a number of the same dimension counted in `unit`, exactly."""
    factor = bound.unit.factor / unit.factor
    if factor == 1:
        return replace(bound, unit=unit)
    return scaled(bound, factor, unit, span)


def scaled(bound: Bound, factor: Fraction, unit: Unit, span: Span) -> Bound:
    """Return the number times `factor`, said to be in `unit`."""
    if isinstance(bound.node, nodes.Constant):
        value = cast(Fraction, bound.node.value) * factor
        return Bound(nodes.Constant(value), "number", unit, bound.firmness, bits=bits_of([value]))
    constant = Bound(nodes.Constant(factor), "number")
    bits = product_bits(bound.bits, bits_of([factor]))
    node = nodes.Arithmetic("*", bound.node, constant.node)
    return made(node, "number", [bound, constant], span, unit, bound.firmness, bits)


def in_one_unit(numbers: list[Bound], span: Span, doing: str) -> tuple[list[Bound], Unit, int]:
    """Return the numbers counted in one unit, that unit and its firmness; refuse millimetres with
    kilograms.

    The unit is that of the first number that has one and is not a literal. Where factors may carry
    units of their own (`0.05 * width + 3 * weight`), different dimensions are taken as they are and
    the result has no unit.
    """
    measured = [each for each in numbers if each.unit.dimension]
    if not measured:
        return numbers, PLAIN, FIRM
    if len({each.unit for each in measured}) == 1:
        return numbers, measured[0].unit, min(each.firmness for each in measured)
    target = next(
        (each for each in measured if not isinstance(each.node, nodes.Constant)), measured[0]
    )
    strict = [each for each in measured if each.firmness == FIRM]
    stated = [each for each in strict if isinstance(each.node, nodes.Constant)]
    for each, other in [(strict[0], each) for each in strict[1:]] + [
        (target, each) for each in stated
    ]:
        if each.unit.dimension != other.unit.dimension:
            raise ExpressionRefused(f"cannot {doing} {each.unit.name} and {other.unit.name}", *span)
    if any(each.unit.dimension != target.unit.dimension for each in measured):
        return numbers, PLAIN, FIRM
    factors = {each.unit.factor for each in measured}
    loose = {each.unit.factor for each in measured if each.firmness != FIRM}
    if len(loose) > 1 or (len(factors) > 1 and any(each.firmness == AMOUNT for each in measured)):
        named = " and ".join(dict.fromkeys(each.unit.name for each in measured))
        example = target.unit.name if target.unit.name in STANDARD else "mm"
        raise ExpressionRefused(
            f"cannot {doing} {named} after multiplying by a number that may have converted them already",
            *span,
            f"leave conversions to the units; for an amount per unit write '0.05 * (width / 1 {example})'",
        )
    same = [converted(each, target.unit, span) if each.unit.dimension else each for each in numbers]
    return same, target.unit, min(each.firmness for each in measured)


def negative(bound: Bound, span: Span) -> Bound:
    """Return the number with its sign changed."""
    if isinstance(bound.node, nodes.Constant):
        return replace(bound, node=nodes.Constant(-cast(Fraction, bound.node.value)))
    zero = Bound(nodes.Constant(Fraction(0)), "number")
    node = nodes.Arithmetic("-", zero.node, bound.node)
    return made(node, "number", [zero, bound], span, bound.unit, bound.firmness, bound.bits)


def added(terms: list[tuple[bool, Bound]], span: Span) -> Bound:
    """Return the sum of terms (False: subtracted), as a tree whose depth grows with the logarithm
    of a long one.
    """
    if len(terms) == 1:
        return terms[0][1]
    middle = len(terms) // 2 if len(terms) > 8 else len(terms) - 1
    left = added(terms[:middle], span)
    sign = terms[middle][0]
    right = added([(each == sign, bound) for each, bound in terms[middle:]], span)
    return arithmetic("+" if sign else "-", left, right, span)


def multiplied(factors: list[Bound], span: Span) -> Bound:
    """Return the product of factors, as a shallow tree; its unit is the caller's business."""
    if len(factors) == 1:
        return factors[0]
    middle = len(factors) // 2
    left, right = multiplied(factors[:middle], span), multiplied(factors[middle:], span)
    return arithmetic("*", left, right, span)


def arithmetic(
    operator: Literal["+", "-", "*", "/"], left: Bound, right: Bound, span: Span
) -> Bound:
    """Return the operation, done at once where both sides are constants; its unit is the caller's
    business.
    """
    if operator in ("+", "-"):
        bits = sum_bits(left.bits, right.bits)
    elif operator == "*":
        bits = product_bits(left.bits, right.bits)
    else:
        bits = product_bits(left.bits, (right.bits[1], right.bits[0]))
    if isinstance(left.node, nodes.Constant) and isinstance(right.node, nodes.Constant):
        a, b = cast(Fraction, left.node.value), cast(Fraction, right.node.value)
        if operator != "/" or b:
            value = (
                a + b
                if operator == "+"
                else a - b
                if operator == "-"
                else a * b
                if operator == "*"
                else a / b
            )
            bits = bits_of([value])
            if max(bits) <= MAX_BITS:
                return Bound(nodes.Constant(value), "number", left.unit, left.firmness, bits=bits)
    node = nodes.Arithmetic(operator, left.node, right.node)
    return made(node, "number", [left, right], span, left.unit, left.firmness, bits)


def in_unit(bound: Bound, unit: Unit, span: Span) -> Bound:
    """Return a number as one counted in `unit`: converted where its own unit is known, else taken
    as it is.
    """
    if bound.unit.dimension == unit.dimension and bound.unit.factor != unit.factor:
        if bound.firmness == AMOUNT:
            raise ExpressionRefused(
                f"the formula counts in {bound.unit.name} times a factor, and {unit.name} are wanted",
                *span,
                "units convert by themselves, so leave the conversion out",
            )
        return converted(bound, unit, span)
    if bound.unit.dimension and bound.unit.dimension != unit.dimension and bound.firmness == FIRM:
        raise ExpressionRefused(f"expected {unit.name}, found {bound.unit.name}", *span)
    return replace(bound, unit=unit, firmness=FIRM)


def counted_in(bound: Bound, unit: Unit, span: Span, is_strict: bool) -> Bound:
    """Return a number at a place that wants it in `unit`: converted where its own unit is known,
    else as it is.

    With `is_strict` refuses what does not fit: another dimension, and a unit times a factor that
    may have converted it already, unless it is the very factor that converts. Without, such a
    number is taken as it was always taken.
    """
    own = bound.unit
    if not own.dimension:
        return bound
    if own.dimension == unit.dimension:
        factor = own.factor / unit.factor
        if factor == 1:
            return bound
        if bound.firmness != AMOUNT:
            return converted(bound, unit, span)
        if is_strict and not _converts(bound.node, factor):
            raise ExpressionRefused(
                f"the formula counts in {own.name} times a factor, and {unit.name} are wanted",
                *span,
                "units convert by themselves, so leave the conversion out; or divide by the unit first, as in "
                f"'0.5 * (width / 1 {own.name})'",
            )
    elif (
        is_strict
        and bound.firmness == FIRM
        and all(base in _STANDARD_BASES for base, _ in own.dimension)
    ):
        wanted = unit.name if unit.dimension else "a number without unit"
        raise ExpressionRefused(f"expected {wanted}, found {own.name}", *span)
    return bound


_STANDARD_BASES = frozenset(base for unit in STANDARD.values() for base, _ in unit.dimension)


def _converts(node: Node, factor: Fraction) -> bool:
    """Tell whether somewhere in `node` a product has the constant factor that converts."""
    waiting = [node]
    while waiting:
        part = waiting.pop()
        if (
            isinstance(part, nodes.Arithmetic)
            and part.operator in ("*", "/")
            and _constant_in(part) == factor
        ):
            return True
        waiting += nodes.children(part)
    return False


def _constant_in(node: Node) -> Fraction:
    """Return the product of the constants that `node` is multiplied with or divided by."""
    if isinstance(node, nodes.Constant) and isinstance(node.value, Fraction):
        return node.value
    if isinstance(node, nodes.Arithmetic) and node.operator in ("*", "/"):
        left, right = _constant_in(node.left), _constant_in(node.right)
        return left * right if node.operator == "*" else left / right if right else left
    return Fraction(1)


def product_unit(unit: Unit, other: Unit, operator: str) -> Unit:
    """Return the unit of a product or quotient; a side without unit leaves the other's name."""
    combined = unit * other if operator == "*" else unit / other
    if not other.dimension:
        return replace(combined, name=unit.name)
    return (
        replace(combined, name=other.name) if operator == "*" and not unit.dimension else combined
    )


def factor_firmness(factor: Bound) -> int:
    """Return how firm the unit of a product can be with this factor."""
    if factor.unit.dimension:
        return factor.firmness
    match factor.node:
        case nodes.Constant(Fraction() as value) if value.denominator == 1 and value % 10:
            return MULTIPLE
        case (
            nodes.NumberOf()
            | nodes.CountOf()
            | nodes.CountTrue()
            | nodes.Call("ceil" | "floor" | "round", (_,))
        ):
            return MULTIPLE
        case _:
            return AMOUNT


def bits_of(numbers: Sequence[Decimal | Fraction]) -> tuple[int, int]:
    """Return how many bits numerators and denominators take over the common denominator of
    `numbers`.
    """
    if len(numbers) == 1 and isinstance(numbers[0], Fraction):
        return numbers[0].numerator.bit_length() + 1, numbers[0].denominator.bit_length()
    exact = [Fraction(number) for number in numbers]
    below = lcm(*(each.denominator for each in exact))
    above = max(abs(each.numerator) * (below // each.denominator) for each in exact)
    return above.bit_length() + 1, below.bit_length()


def sum_bits(left: tuple[int, int], right: tuple[int, int]) -> tuple[int, int]:
    if left[1] == right[1] == 1:
        return max(left[0], right[0]) + 1, 1
    return max(left[0] + right[1], right[0] + left[1]) + 1, left[1] + right[1]


def product_bits(left: tuple[int, int], right: tuple[int, int]) -> tuple[int, int]:
    return left[0] + right[0], 1 if left[1] == right[1] == 1 else left[1] + right[1]


def larger_bits(left: tuple[int, int], right: tuple[int, int]) -> tuple[int, int]:
    return max(left[0], right[0]), max(left[1], right[1])
