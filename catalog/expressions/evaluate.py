"""What a bound expression is worth for given values: `evaluate` to read, `function_of` to call
often.

Both follow the meaning told in `catalog.expressions.nodes` and give the same results; arithmetic is
exact.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from operator import add, eq, ge, gt, le, lt, mul, ne, sub
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
    DayOf,
    Fold,
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
    children,
)
from catalog.plain_texts import length_of
from catalog.product_model import Choice, day_of

type Result = Fraction | bool | str | None
type Values = Mapping[str, Choice]
type Function = Callable[[Values], Result]

_HALF = Fraction(1, 2)

_COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "<": lt,
    "<=": le,
    "==": eq,
    "!=": ne,
    ">=": ge,
    ">": gt,
}


def evaluate(node: Node, values: Values) -> Result:
    """Return what `node` is worth where options have `values`; None for a number or text that is
    undefined.

    `values` holds only options that have a value: the key of a choice, the tuple of keys of a
    multi-choice, a bool, a Decimal, a str (of a date as ISO 8601 writes it). A condition is always
    True or False.
    """
    match node:
        case Constant():
            return node.value
        case DayOf():
            number = _day_of(node.option)(values)
            return None if number is None else Fraction(number)
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
                return _total(
                    by_value.get(key, Fraction(0)) for key in _members(values, node.option)
                )
            chosen = values.get(node.option)
            return by_value.get(chosen) if isinstance(chosen, str) else None
        case CountOf():
            return Fraction(len(_members(values, node.option)))
        case LengthOf():
            text = values.get(node.option)
            return Fraction(length_of(text)) if isinstance(text, str) else Fraction(0)
        case Compare():
            left, right = evaluate(node.left, values), evaluate(node.right, values)
            return left is not None and right is not None and _COMPARED[node.operator](left, right)
        case Arithmetic():
            return _calculated(
                node.operator, evaluate(node.left, values), evaluate(node.right, values)
            )
        case Call():
            return _called(
                node.function, [evaluate(argument, values) for argument in node.arguments]
            )
        case CountTrue():
            return Fraction(sum(1 for condition in node.conditions if evaluate(condition, values)))
        case Fold():
            return _folded(node.function, [evaluate(part, values) for part in node.parts])
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
        return _to_multiple(
            function, arguments[0], abs(arguments[1]) if len(arguments) > 1 else Fraction(1)
        )
    if function == "abs":
        return Fraction(abs(arguments[0]))
    return Fraction(
        min(arguments)
        if function == "min"
        else max(arguments)
        if function == "max"
        else sum(arguments)
    )


def _folded(function: str, numbers: list[Any]) -> Fraction | None:
    defined = [number for number in numbers if number is not None]
    return _called(function, defined) if defined or function == "sum" else None


def _to_multiple(function: str, number: Fraction, step: Fraction) -> Fraction | None:
    """Return `number` taken down, up or to the nearest multiple of `step`; halves go away from
    zero.
    """
    if not step:
        return None
    steps = number / step
    whole = (
        floor(steps)
        if function == "floor"
        else ceil(steps)
        if function == "ceil"
        else _nearest(steps)
    )
    return whole * step


def function_of(node: Node) -> Function:
    """Return a function that gives what `evaluate(node, values)` gives, many times faster."""
    inner = _graph(node)

    def function(values: Values) -> Result:
        result = inner(values)
        return Fraction(result) if type(result) is int else result

    return function


# Inside, whole numbers are ints: adding two ints takes a thirtieth of the time of adding two
# fractions.
type Inner = Callable[[Values], Any]


def plain_function_of(node: Node) -> Inner:
    """Return what `function_of` returns, but with whole numbers as ints where they come about as
    such.

    For callers that go on calculating exactly: `/` between two of the numbers would not be.
    """
    return _graph(node)


class _Once:
    """The values of one evaluation, with what its shared parts have been found to be worth."""

    __slots__ = ("get", "known")

    def __init__(self, values: Values) -> None:
        self.get = values.get
        self.known: dict[int, Any] = {}


# What stands in several places, by identity: None until it is compiled.
type _Shared = dict[int, Inner | None]


def _graph(node: Node) -> Inner:
    """Return `node` compiled; what stands in it in several places is compiled once, and computed
    once each time.
    """
    if next(children(node), None) is None:
        return _alone(node, {})
    shared = _shared(node)
    inner = _compiled(node, shared)
    if not shared:
        return inner
    return lambda values: inner(_Once(values))  # type: ignore[arg-type]


def _shared(node: Node) -> _Shared:
    """Return the parts that are computed from others and stand in several places."""
    met: set[int] = set()
    found: _Shared = {}
    waiting = [node]
    while waiting:
        part = waiting.pop()
        below = tuple(children(part))
        if id(part) not in met:
            met.add(id(part))
            waiting.extend(below)
        elif below:
            found[id(part)] = None
    return found


def _compiled(node: Node, shared: _Shared) -> Inner:
    place = id(node)
    if place not in shared:
        return _alone(node, shared)
    known = shared[place]
    if known is None:
        known = shared[place] = _computed_once(_alone(node, shared), place)
    return known


def _computed_once(inner: Inner, place: int) -> Inner:
    def once(values: Any) -> Any:
        known = values.known
        if place not in known:
            known[place] = inner(values)
        return known[place]

    return once


def _alone(node: Node, shared: _Shared) -> Inner:
    match node:
        case Constant(value):
            constant = _plain(value)
            return lambda values: constant
        case DayOf(option):
            return _day_of(option)
        case NumberOf(option):
            return _number_of(option)
        case TextOf(option):
            return lambda values: values.get(option)
        case IsTrue(option):
            return lambda values: values.get(option) is True
        case IsOneOf(option, keys):
            if len(keys) == 1:
                only = keys[0]
                return lambda values: values.get(option) == only
            some = frozenset(keys)
            return lambda values: values.get(option) in some
        case Has(option, key):
            return lambda values: key in values.get(option, ())  # type: ignore[operator]
        case Given(option):
            return lambda values: values.get(option, ()) != ()
        case AttributeOf(option, _, by_value, summed):
            return _attribute_of(
                option, {key: _plain(content) for key, content in by_value}, summed
            )
        case CountOf(option):
            return lambda values: len(values.get(option, ()))  # type: ignore[arg-type]
        case LengthOf(option):
            return lambda values: length_of(values.get(option, ""))  # type: ignore[arg-type]
        case Compare():
            return _compare(node, shared)
        case Arithmetic():
            return _arithmetic(node, shared)
        case Call():
            return _call(node, shared)
        case CountTrue(conditions):
            counted = tuple(_compiled(condition, shared) for condition in conditions)
            return lambda values: sum(condition(values) for condition in counted)
        case Fold(function, parts):
            return _fold(function, tuple(_compiled(part, shared) for part in parts))
        case If():
            condition, yes, no = (
                _compiled(node.condition, shared),
                _compiled(node.yes, shared),
                _compiled(node.no, shared),
            )
            return lambda values: yes(values) if condition(values) else no(values)
        case And(parts):
            return _all(tuple(_compiled(part, shared) for part in parts))
        case Or(parts):
            return _any(tuple(_compiled(part, shared) for part in parts))
        case Not(part):
            denied = _compiled(part, shared)
            return lambda values: not denied(values)
        case Implies():
            premise, conclusion = (
                _compiled(node.premise, shared),
                _compiled(node.conclusion, shared),
            )
            return lambda values: conclusion(values) if premise(values) else True


def _plain(value: Fraction | str | bool) -> int | Fraction | str | bool:
    return value.numerator if isinstance(value, Fraction) and value.denominator == 1 else value


def _number_of(option: str) -> Inner:
    def number(values: Values) -> Any:
        value: Any = values.get(option)
        if value is None:
            return None
        above, below = value.as_integer_ratio()
        return above if below == 1 else Fraction(above, below)

    return number


def _day_of(option: str) -> Inner:
    def day(values: Values) -> int | None:
        text = values.get(option)
        found = day_of(text) if isinstance(text, str) else None
        return None if found is None else found.toordinal()

    return day


def _attribute_of(option: str, by_value: Mapping[str, Any], summed: bool) -> Inner:
    if not summed:
        return lambda values: by_value.get(values.get(option))  # type: ignore[arg-type]
    return lambda values: sum(by_value.get(key, 0) for key in values.get(option, ()))  # type: ignore[union-attr]


def _compare(node: Compare, shared: _Shared) -> Inner:
    compared = _COMPARED[node.operator]
    if (
        isinstance(node.left, NumberOf)
        and not isinstance(node.left, DayOf)
        and isinstance(node.right, Constant)
    ):
        bound = _decimal(node.right.value)
        if bound is not None:
            option = node.left.option

            def number_against_bound(values: Values) -> bool:
                number = values.get(option)
                return number is not None and compared(number, bound)

            return number_against_bound
    left, right = _compiled(node.left, shared), _compiled(node.right, shared)
    if isinstance(node.right, Constant):
        constant = _plain(node.right.value)

        def against_constant(values: Values) -> bool:
            a = left(values)
            return a is not None and compared(a, constant)

        return against_constant

    def against_each_other(values: Values) -> bool:
        a, b = left(values), right(values)
        return a is not None and b is not None and compared(a, b)

    return against_each_other


def _decimal(value: Fraction | str | bool) -> Decimal | None:
    """Return the decimal that equals `value` exactly, if there is one that is short."""
    if not isinstance(value, Fraction):
        return None
    decimal = Decimal(value.numerator) / value.denominator
    return decimal if Fraction(decimal) == value else None


def _arithmetic(node: Arithmetic, shared: _Shared) -> Inner:
    left, right = _compiled(node.left, shared), _compiled(node.right, shared)
    if node.operator == "/":
        return _quotient(left, right)
    calculated = {"+": add, "-": sub, "*": mul}[node.operator]
    if isinstance(node.right, Constant):
        constant = _plain(node.right.value)

        def with_constant(values: Values) -> Any:
            a = left(values)
            return None if a is None else calculated(a, constant)

        return with_constant

    def with_each_other(values: Values) -> Any:
        a, b = left(values), right(values)
        return None if a is None or b is None else calculated(a, b)

    return with_each_other


def _quotient(left: Inner, right: Inner) -> Inner:
    def quotient(values: Values) -> Any:
        a, b = left(values), right(values)
        if a is None or b is None or not b:
            return None
        if type(a) is int and type(b) is int:
            return a // b if a % b == 0 else Fraction(a, b)
        return a / b

    return quotient


def _call(node: Call, shared: _Shared) -> Inner:
    arguments = tuple(_compiled(argument, shared) for argument in node.arguments)
    first = arguments[0]
    if node.function == "abs":

        def absolute(values: Values) -> Any:
            a = first(values)
            return None if a is None else abs(a)

        return absolute
    if node.function in ("floor", "ceil", "round"):
        return _rounded(node.function, first, arguments[1] if len(arguments) > 1 else None)
    combined = _COMBINED[node.function]

    def together(values: Values) -> Any:
        numbers = []
        for argument in arguments:
            number = argument(values)
            if number is None:
                return None
            numbers.append(number)
        return combined(numbers)

    return together


def _fold(function: str, parts: tuple[Inner, ...]) -> Inner:
    combined = _COMBINED[function]
    empty = 0 if function == "sum" else None

    def fold(values: Values) -> Any:
        numbers = [number for part in parts if (number := part(values)) is not None]
        return combined(numbers) if numbers else empty

    return fold


def _rounded(function: str, number: Inner, step: Inner | None) -> Inner:
    whole = _WHOLE[function]
    if step is None:

        def to_whole(values: Values) -> Any:
            a = number(values)
            return None if a is None else whole(a)

        return to_whole
    steps = _quotient(number, lambda values: None if (size := step(values)) is None else abs(size))

    def to_multiple(values: Values) -> Any:
        a = steps(values)
        return None if a is None else whole(a) * abs(step(values))

    return to_multiple


def _nearest(number: Any) -> int:
    nearest: int = floor(_HALF + abs(number))
    return -nearest if number < 0 else nearest


_COMBINED: dict[str, Callable[[list[Any]], Any]] = {"min": min, "max": max, "sum": sum}
_WHOLE: dict[str, Callable[[Any], int]] = {"floor": floor, "ceil": ceil, "round": _nearest}


def _all(parts: tuple[Inner, ...]) -> Inner:
    if len(parts) == 2:
        first, second = parts
        return lambda values: first(values) and second(values)

    def hold_all(values: Values) -> bool:
        for part in parts:  # noqa: SIM110 - a generator would take twice the time
            if not part(values):
                return False
        return True

    return hold_all


def _any(parts: tuple[Inner, ...]) -> Inner:
    if len(parts) == 2:
        first, second = parts
        return lambda values: first(values) or second(values)

    def holds_one(values: Values) -> bool:
        for part in parts:  # noqa: SIM110 - a generator would take twice the time
            if part(values):
                return True
        return False

    return holds_one
