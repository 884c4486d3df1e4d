"""Between which numbers an expression lies, told by its form alone: quick, safe, and not always
tight.
"""

from dataclasses import dataclass
from fractions import Fraction
from math import inf

from catalog.expressions import nodes
from catalog.expressions.nodes import Node
from catalog.kinds.register import kind_of
from catalog.product_model import Option, ProductModel
from configurator.engine.face.examination import (
    UNKNOWN,
    ZERO,
    Interval,
    calculated,
    called,
    hull,
    or_nothing,
    total,
)


@dataclass(frozen=True, slots=True)
class Bounds:
    """All values lie from `least` to `most`, both included; None where there is no bound."""

    least: Fraction | None = None
    most: Fraction | None = None


def bounds(model: ProductModel, node: Node) -> Bounds:
    """Return bounds of what a bound numeric expression is worth wherever it is defined."""
    least, most = _interval(model, node) or UNKNOWN
    return Bounds(None if least == -inf else least, None if most == inf else most)


def _interval(model: ProductModel, node: Node) -> Interval | None:
    match node:
        case nodes.Constant(value=Fraction() as value):
            return value, value
        case nodes.NumberOf():
            option = model.option_by_key[node.option]
            domain = kind_of(option).scale(option)
            return UNKNOWN if domain is None else (Fraction(domain.first), Fraction(domain.last))
        case nodes.AttributeOf():
            return _of_attribute(model.option_by_key[node.option], node)
        case nodes.CountOf():
            option = model.option_by_key[node.option]
            return ZERO, Fraction(len(option.values))
        case nodes.LengthOf():
            text = model.option_by_key[node.option].text
            return ZERO, inf if text is None else Fraction(text.max_length)
        case nodes.CountTrue():
            return ZERO, Fraction(len(node.conditions))
        case nodes.Arithmetic():
            return calculated(
                node.operator, _interval(model, node.left), _interval(model, node.right)
            )
        case nodes.Call():
            return called(node.function, [_interval(model, part) for part in node.arguments])
        case nodes.Fold():
            parts = [_interval(model, part) for part in node.parts]
            if node.function == "sum":
                return total(or_nothing(part) for part in parts if part is not None)
            return hull(parts)
        case nodes.If():
            return hull([_interval(model, node.yes), _interval(model, node.no)])
        case _:
            return UNKNOWN


def _of_attribute(option: Option, node: nodes.AttributeOf) -> Interval:
    amounts = [amount for _, amount in node.by_value if isinstance(amount, Fraction)]
    if len(amounts) < len(node.by_value) or not amounts:
        return UNKNOWN
    if node.summed or kind_of(option).is_several:
        return total(or_nothing((amount, amount)) for amount in amounts)
    return min(amounts), max(amounts)
