"""Between which numbers an expression lies, told by its form alone: quick, safe, and not always tight."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from catalog.expressions import nodes
from catalog.expressions.nodes import Node
from catalog.kinds.register import kind_of
from catalog.product_model import Option, ProductModel


@dataclass(frozen=True, slots=True)
class Bounds:
    """All values lie from `least` to `most`, both included; None where there is no bound."""

    least: Fraction | None = None
    most: Fraction | None = None


def bounds(model: ProductModel, node: Node) -> Bounds:
    """Return bounds of what a bound numeric expression is worth wherever it is defined."""
    match node:
        case nodes.Constant(value=Fraction() as value):
            return Bounds(value, value)
        case nodes.NumberOf():
            option = model.option_by_key[node.option]
            domain = kind_of(option).scale(option)
            return Bounds() if domain is None else Bounds(Fraction(domain.first), Fraction(domain.last))
        case nodes.AttributeOf():
            return _of_attribute(model.option_by_key[node.option], node)
        case nodes.CountOf():
            option = model.option_by_key[node.option]
            return Bounds(Fraction(0), Fraction(len(option.values)))
        case nodes.LengthOf():
            text = model.option_by_key[node.option].text
            return Bounds(Fraction(0), None if text is None else Fraction(text.max_length))
        case nodes.CountTrue():
            return Bounds(Fraction(0), Fraction(len(node.conditions)))
        case nodes.Arithmetic():
            return _of_arithmetic(node.operator, bounds(model, node.left), bounds(model, node.right))
        case nodes.Call():
            return _of_call(node.function, [bounds(model, part) for part in node.arguments])
        case nodes.Fold():
            parts = [bounds(model, part) for part in node.parts]
            if node.function == "sum":
                return _sum(_hull([each, Bounds(Fraction(0), Fraction(0))]) for each in parts)
            return _hull(parts)
        case nodes.If():
            return _hull([bounds(model, node.yes), bounds(model, node.no)])
        case _:
            return Bounds()


def _of_attribute(option: Option, node: nodes.AttributeOf) -> Bounds:
    amounts = [amount for _, amount in node.by_value if isinstance(amount, Fraction)]
    if len(amounts) < len(node.by_value) or not amounts:
        return Bounds()
    if node.summed or kind_of(option).is_several:
        below = sum((amount for amount in amounts if amount < 0), Fraction(0))
        return Bounds(below, sum((amount for amount in amounts if amount > 0), Fraction(0)))
    return Bounds(min(amounts), max(amounts))


def _of_arithmetic(operator: str, left: Bounds, right: Bounds) -> Bounds:
    match operator:
        case "+":
            return _sum([left, right])
        case "-":
            return _sum([left, _negative(right)])
        case "*":
            return _product(left, right)
        case _:
            if right.least is not None and right.least > 0:
                most = Fraction(0) if right.most is None else 1 / right.most
                return _product(left, Bounds(most, 1 / right.least))
            if right.most is not None and right.most < 0:
                return _of_arithmetic("/", _negative(left), _negative(right))
            return Bounds()


def _of_call(function: str, parts: list[Bounds]) -> Bounds:
    first = parts[0]
    match function:
        case "sum":
            return _sum(parts)
        case "min":
            upper = [each.most for each in parts if each.most is not None]
            return Bounds(_hull(parts).least, min(upper, default=None))
        case "max":
            lower = [each.least for each in parts if each.least is not None]
            return Bounds(max(lower, default=None), _hull(parts).most)
        case "abs":
            if first.least is not None and first.least >= 0:
                return first
            ends = [abs(end) for end in (first.least, first.most) if end is not None]
            return Bounds(Fraction(0), max(ends) if len(ends) == 2 else None)
        case _:
            step = Fraction(1) if len(parts) == 1 else _size(parts[1])
            least = None if first.least is None or step is None else first.least - step
            most = None if first.most is None or step is None else first.most + step
            # Rounding never leads beyond zero.
            if first.least is not None and first.least >= 0:
                least = Fraction(0)
            return Bounds(least, Fraction(0) if first.most is not None and first.most <= 0 else most)


def _size(part: Bounds) -> Fraction | None:
    return None if part.least is None or part.most is None else max(abs(part.least), abs(part.most))


def _sum(parts: Iterable[Bounds]) -> Bounds:
    known = list(parts)
    least = [each.least for each in known if each.least is not None]
    most = [each.most for each in known if each.most is not None]
    return Bounds(
        sum(least, Fraction(0)) if len(least) == len(known) else None,
        sum(most, Fraction(0)) if len(most) == len(known) else None,
    )


def _negative(part: Bounds) -> Bounds:
    return Bounds(None if part.most is None else -part.most, None if part.least is None else -part.least)


def _product(left: Bounds, right: Bounds) -> Bounds:
    if None not in (left.least, left.most, right.least, right.most):
        ends = [a * b for a in (left.least, left.most) for b in (right.least, right.most)]  # type: ignore[operator]
        return Bounds(min(ends), max(ends))
    if left.least is not None and right.least is not None and left.least >= 0 and right.least >= 0:
        return Bounds(left.least * right.least, None)
    return Bounds()


def _hull(parts: Iterable[Bounds]) -> Bounds:
    known = list(parts)
    least = [each.least for each in known if each.least is not None]
    most = [each.most for each in known if each.most is not None]
    return Bounds(
        min(least) if len(least) == len(known) else None,
        max(most) if len(most) == len(known) else None,
    )
