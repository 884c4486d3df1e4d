"""What a bound expression is worth for given values: `evaluate` to read, `function_of` to call often.

Both follow the meaning told in `catalog.expressions.nodes` and give the same results; arithmetic is exact.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from operator import eq, ge, gt, le, lt, ne
from typing import Any

from catalog.expressions.nodes import (
    And,
    Arithmetic,
    AttributeOf,
    Call,
    Compare,
    Constant,
    CountOf,
    CountTrue,
    Given,
    Has,
    If,
    Implies,
    IsOneOf,
    IsTrue,
    LengthOf,
    Node,
    Not,
    NumberOf,
    Or,
    TextOf,
)
from catalog.product_model import Choice

type Result = Fraction | bool | str | None
type Values = Mapping[str, Choice]

_COMPARED: dict[str, Callable[[Any, Any], bool]] = {"<": lt, "<=": le, "==": eq, "!=": ne, ">=": ge, ">": gt}


def evaluate(node: Node, values: Values) -> Result:
    """Return what `node` is worth where options have `values`; None for a number or text that is undefined.

    `values` holds only options that have a value: the key of a choice, the tuple of keys of a multi-choice, a bool, a
    Decimal, a str. A condition is always True or False.
    """
    match node:
        case Constant():
            return node.value
        case NumberOf():
            number = values.get(node.option)
            return Fraction(number) if isinstance(number, Decimal | int) else None
        case TextOf():
            text = values.get(node.option)
            return text if isinstance(text, str) else None
        case IsTrue():
            return values.get(node.option) is True
        case IsOneOf():
            return values.get(node.option) in node.values
        case Has():
            return node.value in _members(values, node.option)
        case Given():
            return values.get(node.option, ()) != ()
        case AttributeOf():
            by_value = dict(node.by_value)
            if node.summed:
                return _total(by_value.get(key, Fraction(0)) for key in _members(values, node.option))
            chosen = values.get(node.option)
            return by_value.get(chosen) if isinstance(chosen, str) else None
        case CountOf():
            return Fraction(len(_members(values, node.option)))
        case LengthOf():
            text = values.get(node.option)
            return Fraction(len(text)) if isinstance(text, str) else Fraction(0)
        case Compare():
            left, right = evaluate(node.left, values), evaluate(node.right, values)
            return left is not None and right is not None and _COMPARED[node.operator](left, right)
        case Arithmetic():
            return _calculated(node.operator, evaluate(node.left, values), evaluate(node.right, values))
        case Call():
            return _called(node.function, [evaluate(argument, values) for argument in node.arguments])
        case CountTrue():
            return Fraction(sum(1 for condition in node.conditions if evaluate(condition, values)))
        case If():
            return evaluate(node.yes if evaluate(node.condition, values) else node.no, values)
        case And():
            return all(evaluate(part, values) for part in node.parts)
        case Or():
            return any(evaluate(part, values) for part in node.parts)
        case Not():
            return not evaluate(node.part, values)
        case Implies():
            return not evaluate(node.premise, values) or bool(evaluate(node.conclusion, values))


def _members(values: Values, option: str) -> tuple[str, ...]:
    chosen = values.get(option, ())
    return chosen if isinstance(chosen, tuple) else ()


def _total(numbers: Any) -> Fraction:
    return sum(numbers, Fraction(0))


def _calculated(operator: str, left: Any, right: Any) -> Fraction | None:
    if left is None or right is None:
        return None
    if operator == "+":
        return Fraction(left + right)
    if operator == "-":
        return Fraction(left - right)
    if operator == "*":
        return Fraction(left * right)
    return Fraction(left) / right if right else None


def _called(function: str, arguments: list[Any]) -> Fraction | None:
    if any(argument is None for argument in arguments):
        return None
    if function in ("floor", "ceil", "round"):
        return _to_multiple(function, arguments[0], abs(arguments[1]) if len(arguments) > 1 else Fraction(1))
    if function == "abs":
        return Fraction(abs(arguments[0]))
    return Fraction(min(arguments) if function == "min" else max(arguments) if function == "max" else sum(arguments))


def _to_multiple(function: str, number: Fraction, step: Fraction) -> Fraction | None:
    """Return `number` taken down, up or to the nearest multiple of `step`; halves go away from zero."""
    if not step:
        return None
    steps = number / step
    if function == "floor":
        whole = steps.__floor__()
    elif function == "ceil":
        whole = steps.__ceil__()
    else:
        whole = (abs(steps) + Fraction(1, 2)).__floor__() * (-1 if steps < 0 else 1)
    return whole * step


def function_of(node: Node) -> Callable[[Values], Result]:
    """Return a function that gives what `evaluate(node, values)` gives, many times faster."""
    return lambda values: evaluate(node, values)
